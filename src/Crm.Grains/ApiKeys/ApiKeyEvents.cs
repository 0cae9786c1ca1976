using System.Text.Json.Serialization;

namespace Crm.Grains.ApiKeys;

/// <summary>What has happened to one API key. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Issued), "apikey-issued-v1")]
[JsonDerivedType(typeof(Revoked), "apikey-revoked-v1")]
public abstract record ApiKeyEvent
{
    private ApiKeyEvent() { }

    public sealed record Issued(string Name, string Role) : ApiKeyEvent;

    public sealed record Revoked : ApiKeyEvent;
}
