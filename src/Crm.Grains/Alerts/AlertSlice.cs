using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Alerts.AlertCard>;

namespace Crm.Grains.Alerts;

public static class AlertSlice
{
    public static Slice<Alert, AlertCommand, AlertEvent, AlertCard> Definition { get; } = new()
    {
        Kind = "alert",
        Plural = "alerts",
        IsReadByOwner = true,
        Json = JsonTypeInfoResolver.Combine(AlertJson.Default, AlertStateJson.Default),
        Initial = Alert.Initial,
        Decide = AlertRules.Decide,
        Evolve = AlertRules.Evolve,
        Project = AlertBoard.Project,
        Describe = AlertTimeline.Describe,
        Holder = AlertRules.Holder,
        Columns =
        [
            new Choice("type", c => c.Type),
            new Id("personId", c => c.PersonId),
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Choice("step", c => c.Step),
            new Choice("status", c => c.Status, Indexed: true),
            new Instant("raisedAt", c => c.RaisedAt, Indexed: true),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(AlertEvent))]
[JsonSerializable(typeof(AlertCard))]
[JsonSerializable(typeof(AlertCommand.Raise))]
[JsonSerializable(typeof(AlertCommand.Release))]
internal sealed partial class AlertJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Alert))]
internal sealed partial class AlertStateJson : JsonSerializerContext;
