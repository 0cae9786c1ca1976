using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.AccessLogs.AccessLogCard>;

namespace Crm.Grains.AccessLogs;

public static class AccessLogSlice
{
    public static Slice<AccessLog, AccessLogCommand, AccessLogEvent, AccessLogCard> Definition { get; } = new()
    {
        Kind = "accesslog",
        Plural = "audit",
        Json = JsonTypeInfoResolver.Combine(AccessLogJson.Default, AccessLogStateJson.Default),
        Initial = AccessLog.Initial,
        Decide = AccessLogRules.Decide,
        Evolve = AccessLogRules.Evolve,
        Project = AccessLogBoard.Project,
        Describe = AccessLogTimeline.Describe,
        Holder = AccessLogRules.Holder,
        Columns =
        [
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Day("day", c => c.Day, Indexed: true),
            new Integer("peak", c => c.Peak),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(AccessLogEvent))]
[JsonSerializable(typeof(AccessLogCard))]
[JsonSerializable(typeof(AccessLogCommand.Note))]
internal sealed partial class AccessLogJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(AccessLog))]
internal sealed partial class AccessLogStateJson : JsonSerializerContext;
