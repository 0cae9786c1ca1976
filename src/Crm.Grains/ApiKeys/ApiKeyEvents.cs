using System.Text.Json.Serialization;

namespace Crm.Grains.ApiKeys;

/// <summary>What has happened to one API key. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Issued), "apikey-issued-v1")]
[JsonDerivedType(typeof(Scoped), "apikey-issued-v2")]
[JsonDerivedType(typeof(Rescoped), "apikey-rescoped-v1")]
[JsonDerivedType(typeof(Rotated), "apikey-rotated-v1")]
[JsonDerivedType(typeof(Revoked), "apikey-revoked-v1")]
public abstract record ApiKeyEvent
{
    private ApiKeyEvent() { }

    /// <summary>Issued before there were scopes: for everything.</summary>
    public sealed record Issued(string Name, string Role) : ApiKeyEvent;

    /// <summary>Issued, for these uses.</summary>
    public sealed record Scoped(string Name, string Role, IReadOnlyList<string> Scopes, int? RequestsPerSecond) : ApiKeyEvent;

    public sealed record Rescoped(IReadOnlyList<string> From, IReadOnlyList<string> To, int? RequestsPerSecond) : ApiKeyEvent;

    public sealed record Rotated(DateTimeOffset OldKeyUntil) : ApiKeyEvent;

    public sealed record Revoked : ApiKeyEvent;
}
