using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Crm.Grains.Policies;

public static class PolicySlice
{
    public static Slice<Policy, PolicyCommand, PolicyEvent, PolicyCard> Definition { get; } = new()
    {
        Kind = "policy",
        Plural = "policies",
        Json = JsonTypeInfoResolver.Combine(PolicyJson.Default, PolicyStateJson.Default),
        Initial = Policy.Initial,
        Decide = PolicyRules.Decide,
        Evolve = PolicyRules.Evolve,
        Project = PolicyBoard.Project,
        Describe = PolicyTimeline.Describe,
        Holder = PolicyRules.Holder,
        Columns = [],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(PolicyEvent))]
[JsonSerializable(typeof(PolicyCard))]
[JsonSerializable(typeof(PolicyCommand.SetLimits))]
internal sealed partial class PolicyJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Policy))]
internal sealed partial class PolicyStateJson : JsonSerializerContext;
