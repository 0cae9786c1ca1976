using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Imports.ImportCard>;

namespace Crm.Grains.Imports;

public static class ImportSlice
{
    public static Slice<Import, ImportCommand, ImportEvent, ImportCard> Definition { get; } = new()
    {
        Kind = "import",
        Plural = "imports",
        Module = new("imports", "leads"),
        Json = JsonTypeInfoResolver.Combine(ImportJson.Default, ImportStateJson.Default),
        Initial = Import.Initial,
        Decide = ImportRules.Decide,
        Evolve = ImportRules.Evolve,
        Project = ImportBoard.Project,
        Describe = ImportTimeline.Describe,
        Holder = ImportRules.Holder,
        Claims = ImportRules.Claims,
        Claimed = _ => ImportRefusals.AlreadyApplied,
        Columns =
        [
            new Text("fileName", c => c.FileName),
            new Choice("status", c => c.Status),
            new Integer("total", c => c.Total),
            new Integer("read", c => c.Read),
            new Integer("created", c => c.Created),
            new Integer("merged", c => c.Merged),
            new Integer("refused", c => c.Refused),
            new Instant("startedAt", c => c.StartedAt),
            new Instant("endedAt", c => c.EndedAt),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(ImportEvent))]
[JsonSerializable(typeof(ImportCard))]
[JsonSerializable(typeof(ImportCommand.RequestUndo))]
internal sealed partial class ImportJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Import))]
internal sealed partial class ImportStateJson : JsonSerializerContext;
