namespace Crm.Grains.Attachments;

/// <summary>What may be asked of one file. A command states intent and may be refused.</summary>
public abstract record AttachmentCommand
{
    private AttachmentCommand() { }

    /// <summary>Its bytes are kept and were looked at.</summary>
    /// <param name="Kind">The kind of the record it belongs to.</param>
    /// <param name="MediaType">What its bytes are, not what was said of them.</param>
    /// <param name="Bytes">1 or more.</param>
    /// <param name="Sha256">Of its bytes, 64 lower-case hexadecimal digits.</param>
    public sealed record Attach(string Kind, Guid RecordId, string Name, string MediaType, long Bytes, string Sha256) : AttachmentCommand;

    public sealed record Remove : AttachmentCommand;

    /// <summary>Takes a removal back.</summary>
    public sealed record Restore : AttachmentCommand;

    /// <summary>The time to take a removal back is over.</summary>
    public sealed record Purge : AttachmentCommand;

    /// <summary>The person whom the record is about is forgotten.</summary>
    public sealed record Erase : AttachmentCommand;
}
