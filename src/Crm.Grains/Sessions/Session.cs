using System.Text.Json.Serialization;

namespace Crm.Grains.Sessions;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="SessionCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Refused), "refused")]
public abstract record Session
{
    private Session() { }

    public static Session Initial { get; } = new Unknown();

    public sealed record Unknown : Session;

    public sealed record Open(Guid UserId) : Session;

    public sealed record Ended(Guid UserId) : Session;

    /// <summary>It never began.</summary>
    public sealed record Refused(Guid UserId) : Session;
}
