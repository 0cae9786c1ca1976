using System.Text.Json.Serialization;

namespace Crm.Grains.AccessLogs;

/// <summary>What has happened to one person's log of one day. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Noted), "accesslog-noted-v1")]
public abstract record AccessLogEvent
{
    private AccessLogEvent() { }

    public sealed record Noted(Guid PersonId, DateOnly Day, IReadOnlyList<AccessNote> Notes, int Peak) : AccessLogEvent;
}
