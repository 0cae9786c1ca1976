using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Exports.ExportCard>;

namespace Crm.Grains.Exports;

public static class ExportSlice
{
    public static Slice<Export, ExportCommand, ExportEvent, ExportCard> Definition { get; } = new()
    {
        Kind = "export",
        Plural = "exports",
        IsReadByOwner = true,
        Json = JsonTypeInfoResolver.Combine(ExportJson.Default, ExportStateJson.Default),
        Initial = Export.Initial,
        Decide = ExportRules.Decide,
        Evolve = ExportRules.Evolve,
        Project = ExportBoard.Project,
        Describe = ExportTimeline.Describe,
        Clocks = ExportRules.Clocks,
        OnClock = _ => new ExportCommand.Expire(),
        Holder = ExportRules.Holder,
        Columns =
        [
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Choice("slice", c => c.Slice),
            new Choice("format", c => c.Format),
            new Choice("status", c => c.Status, Indexed: true),
            new Integer("rows", c => c.Rows),
            new Instant("requestedAt", c => c.RequestedAt, Indexed: true),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(ExportEvent))]
[JsonSerializable(typeof(ExportCard))]
[JsonSerializable(typeof(ExportCommand.Request))]
[JsonSerializable(typeof(ExportCommand.Deny))]
[JsonSerializable(typeof(ExportCommand.Approve))]
[JsonSerializable(typeof(ExportCommand.Refuse))]
internal sealed partial class ExportJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Export))]
internal sealed partial class ExportStateJson : JsonSerializerContext;
