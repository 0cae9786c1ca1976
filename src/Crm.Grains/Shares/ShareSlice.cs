using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Shares.ShareCard>;

namespace Crm.Grains.Shares;

public static class ShareSlice
{
    public static Slice<Share, ShareCommand, ShareEvent, ShareCard> Definition { get; } = new()
    {
        Kind = "share",
        Plural = "shares",
        Json = JsonTypeInfoResolver.Combine(ShareJson.Default, ShareStateJson.Default),
        Initial = Share.Initial,
        Decide = ShareRules.Decide,
        Evolve = ShareRules.Evolve,
        Project = ShareBoard.Project,
        Describe = ShareTimeline.Describe,
        Holder = ShareRules.Holder,
        Columns =
        [
            new Choice("kind", c => c.Kind),
            new Id("recordId", c => c.RecordId, Indexed: true),
            new Choice("withKind", c => c.WithKind),
            new Id("withId", c => c.WithId, Indexed: true),
            new Choice("right", c => c.Right),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(ShareEvent))]
[JsonSerializable(typeof(ShareCard))]
[JsonSerializable(typeof(ShareCommand.Give))]
[JsonSerializable(typeof(ShareCommand.End))]
internal sealed partial class ShareJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Share))]
internal sealed partial class ShareStateJson : JsonSerializerContext;
