using System.Text.Json.Serialization;

namespace Crm.Grains.Targets;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="TargetCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Known), "known")]
public abstract record Target
{
    private Target() { }

    public static Target Initial { get; } = new Unknown();

    public sealed record Unknown : Target;

    public sealed record Known(string Pipeline, string Month, Guid? OwnerId, Money Amount) : Target;
}
