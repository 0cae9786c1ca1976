using System.Text.Json.Serialization;

namespace Crm.Grains.Sessions;

/// <summary>What has happened to one session. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Started), "session-started-v1")]
[JsonDerivedType(typeof(Denied), "session-denied-v1")]
[JsonDerivedType(typeof(Closed), "session-closed-v1")]
public abstract record SessionEvent
{
    private SessionEvent() { }

    public sealed record Started(Guid UserId, string Method, string? From, string? Agent) : SessionEvent;

    public sealed record Denied(Guid UserId, string Reason, string? From, string? Agent) : SessionEvent;

    public sealed record Closed(string Reason) : SessionEvent;
}
