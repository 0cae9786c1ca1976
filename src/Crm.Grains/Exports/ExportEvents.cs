using System.Text.Json.Serialization;

namespace Crm.Grains.Exports;

/// <summary>What has happened to one export. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Requested), "export-requested-v1")]
[JsonDerivedType(typeof(Denied), "export-denied-v1")]
[JsonDerivedType(typeof(Approved), "export-approved-v1")]
[JsonDerivedType(typeof(Refused), "export-refused-v1")]
[JsonDerivedType(typeof(Started), "export-started-v1")]
[JsonDerivedType(typeof(Finished), "export-done-v1")]
[JsonDerivedType(typeof(Failed), "export-failed-v1")]
[JsonDerivedType(typeof(Downloaded), "export-downloaded-v1")]
[JsonDerivedType(typeof(Expired), "export-expired-v1")]
public abstract record ExportEvent
{
    private ExportEvent() { }

    public sealed record Requested(ExportOrder Order, Guid RequesterId, string Role, int Rows, bool NeedsApproval) : ExportEvent;

    public sealed record Denied(ExportOrder Order, Guid RequesterId) : ExportEvent;

    public sealed record Approved(Guid ById) : ExportEvent;

    public sealed record Refused(Guid ById, string? Reason) : ExportEvent;

    public sealed record Started : ExportEvent;

    /// <param name="KeptUntil">When the file is deleted, UTC.</param>
    public sealed record Finished(int Rows, int Kilobytes, DateTimeOffset KeptUntil) : ExportEvent;

    public sealed record Failed(string Reason) : ExportEvent;

    public sealed record Downloaded(Guid ById) : ExportEvent;

    public sealed record Expired : ExportEvent;
}
