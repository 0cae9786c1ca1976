using System.Text.Json.Serialization;

namespace Crm.Grains.ApiKeys;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="ApiKeyCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Active), "active")]
[JsonDerivedType(typeof(Revoked), "revoked")]
public abstract record ApiKey
{
    private ApiKey() { }

    public static ApiKey Initial { get; } = new Unknown();

    public sealed record Unknown : ApiKey;

    /// <param name="Role">One of the keys of the role book.</param>
    /// <param name="Scopes">Null of keys issued before there were scopes: everything.</param>
    public sealed record Active(string Role, IReadOnlyList<string>? Scopes = null, int? RequestsPerSecond = null) : ApiKey;

    public sealed record Revoked : ApiKey;
}
