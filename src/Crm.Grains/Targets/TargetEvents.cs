using System.Text.Json.Serialization;

namespace Crm.Grains.Targets;

/// <summary>What has happened to one target. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Agreed), "target-agreed-v1")]
[JsonDerivedType(typeof(Changed), "target-changed-v1")]
public abstract record TargetEvent
{
    private TargetEvent() { }

    public sealed record Agreed(string Pipeline, string Month, Guid? OwnerId, Money Amount) : TargetEvent;

    public sealed record Changed(Money From, Money To) : TargetEvent;
}
