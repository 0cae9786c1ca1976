using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Targets.TargetCard>;

namespace Crm.Grains.Targets;

public static class TargetSlice
{
    public static Slice<Target, TargetCommand, TargetEvent, TargetCard> Definition { get; } = new()
    {
        Kind = "target",
        Plural = "targets",
        Module = new("opportunities"),
        IsReadByAll = true,
        Json = JsonTypeInfoResolver.Combine(TargetJson.Default, TargetStateJson.Default),
        Initial = Target.Initial,
        Decide = TargetRules.Decide,
        Evolve = TargetRules.Evolve,
        Project = TargetBoard.Project,
        Describe = TargetTimeline.Describe,
        Holder = TargetRules.Holder,
        Claims = TargetRules.Claims,
        Claimed = _ => TargetRefusals.Exists,
        Columns =
        [
            new Choice("pipeline", c => c.Pipeline, Indexed: true),
            new Choice("month", c => c.Month),
            new Id("ownerId", c => c.OwnerId),
            new Amount("amount", c => c.Amount),
            new Choice("currency", c => c.Amount.Currency),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(TargetEvent))]
[JsonSerializable(typeof(TargetCard))]
[JsonSerializable(typeof(TargetCommand.Set))]
internal sealed partial class TargetJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Target))]
internal sealed partial class TargetStateJson : JsonSerializerContext;
