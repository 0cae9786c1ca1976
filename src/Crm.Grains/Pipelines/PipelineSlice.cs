using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Pipelines.PipelineCard>;

namespace Crm.Grains.Pipelines;

public static class PipelineSlice
{
    public static Slice<Pipeline, PipelineCommand, PipelineEvent, PipelineCard> Definition { get; } = new()
    {
        Kind = "pipeline",
        Plural = "pipelines",
        Module = new("opportunities"),
        IsReadByAll = true,
        Json = JsonTypeInfoResolver.Combine(PipelineJson.Default, PipelineStateJson.Default),
        Initial = Pipeline.Initial,
        Decide = PipelineRules.Decide,
        Evolve = PipelineRules.Evolve,
        Project = PipelineBoard.Project,
        Describe = PipelineTimeline.Describe,
        Holder = PipelineRules.Holder,
        Claims = PipelineRules.Claims,
        Claimed = _ => PipelineRefusals.KeyTaken,
        Columns =
        [
            new Choice("key", c => c.Key),
            new Text("name", c => c.Name),
            new Flag("retired", c => c.Retired),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(PipelineEvent))]
[JsonSerializable(typeof(PipelineCard))]
[JsonSerializable(typeof(PipelineCommand.Create))]
[JsonSerializable(typeof(PipelineCommand.Rename))]
[JsonSerializable(typeof(PipelineCommand.AddStage))]
[JsonSerializable(typeof(PipelineCommand.RenameStage))]
[JsonSerializable(typeof(PipelineCommand.RateStage))]
[JsonSerializable(typeof(PipelineCommand.ReorderStages))]
[JsonSerializable(typeof(PipelineCommand.RetireStage))]
[JsonSerializable(typeof(PipelineCommand.RestoreStage))]
[JsonSerializable(typeof(PipelineCommand.Retire))]
[JsonSerializable(typeof(PipelineCommand.Restore))]
internal sealed partial class PipelineJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Pipeline))]
internal sealed partial class PipelineStateJson : JsonSerializerContext;
