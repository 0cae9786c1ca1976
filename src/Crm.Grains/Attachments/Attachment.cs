using System.Text.Json.Serialization;

namespace Crm.Grains.Attachments;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="AttachmentCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Attached), "attached")]
[JsonDerivedType(typeof(Removed), "removed")]
[JsonDerivedType(typeof(Gone), "gone")]
[JsonDerivedType(typeof(Erased), "erased")]
public abstract record Attachment
{
    private Attachment() { }

    public static Attachment Initial { get; } = new Unknown();

    public sealed record Unknown : Attachment;

    public sealed record Attached(string Name) : Attachment;

    /// <param name="Until">When it goes for good.</param>
    public sealed record Removed(string Name, DateTimeOffset Until) : Attachment;

    /// <summary>Its bytes are gone, or will be.</summary>
    public sealed record Gone : Attachment;

    /// <summary>Nothing is left of it.</summary>
    public sealed record Erased : Attachment;
}
