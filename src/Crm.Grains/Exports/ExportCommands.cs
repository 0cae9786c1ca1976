using System.Text.Json.Serialization;

namespace Crm.Grains.Exports;

/// <summary>What may be asked of one export. A command states intent and may be refused.</summary>
public abstract record ExportCommand
{
    private ExportCommand() { }

    /// <param name="Role">The requester's role, for an API key, which has no place in the organisation.</param>
    /// <param name="Rows">How many rows it has as of now.</param>
    /// <param name="NeedsApproval">Whether that is more than the policy lets go by itself.</param>
    /// <param name="Unfinished">The requester's exports that are waiting, queued or running.</param>
    /// <param name="RowsLeft">What is left of the requester's daily quota.</param>
    public sealed record Request(ExportOrder Order, Guid RequesterId, string Role, int Rows, bool NeedsApproval, int Unfinished, int RowsLeft) : ExportCommand;

    /// <summary>Somebody without the right has tried.</summary>
    public sealed record Deny(ExportOrder Order, Guid RequesterId) : ExportCommand;

    /// <param name="ById">Who approves; filled in by the host.</param>
    public sealed record Approve([property: JsonIgnore] Guid ById = default) : ExportCommand;

    /// <param name="ById">Who refuses; filled in by the host.</param>
    public sealed record Refuse(string? Reason = null, [property: JsonIgnore] Guid ById = default) : ExportCommand;

    public sealed record Start : ExportCommand;

    /// <param name="Kilobytes">Size of the file, rounded up.</param>
    public sealed record Finish(int Rows, int Kilobytes) : ExportCommand;

    public sealed record Fail(string Reason) : ExportCommand;

    public sealed record NoteDownload(Guid ById) : ExportCommand;

    public sealed record Expire : ExportCommand;
}
