using System.Text.Json.Serialization;

namespace Crm.Grains.Policies;

/// <summary>What has happened to an organisation's policy. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(LimitsSet), "policy-limits-set-v1")]
public abstract record PolicyEvent
{
    private PolicyEvent() { }

    public sealed record LimitsSet(PolicyLimits From, PolicyLimits To) : PolicyEvent;
}
