using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Handovers.HandoverCard>;

namespace Crm.Grains.Handovers;

public static class HandoverSlice
{
    public static Slice<Handover, HandoverCommand, HandoverEvent, HandoverCard> Definition { get; } = new()
    {
        Kind = "handover",
        Plural = "handovers",
        Json = JsonTypeInfoResolver.Combine(HandoverJson.Default, HandoverStateJson.Default),
        Initial = Handover.Initial,
        Decide = HandoverRules.Decide,
        Evolve = HandoverRules.Evolve,
        Project = HandoverBoard.Project,
        Describe = HandoverTimeline.Describe,
        Holder = HandoverRules.Holder,
        Claims = HandoverRules.Claims,
        Claimed = _ => HandoverRefusals.UnderWay,
        Columns =
        [
            new Id("fromId", c => c.FromId, Indexed: true),
            new Choice("status", c => c.Status),
            new Instant("startedAt", c => c.StartedAt),
            new Instant("endedAt", c => c.EndedAt),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(HandoverEvent))]
[JsonSerializable(typeof(HandoverCard))]
[JsonSerializable(typeof(HandoverCommand.RequestUndo))]
internal sealed partial class HandoverJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Handover))]
internal sealed partial class HandoverStateJson : JsonSerializerContext;
