using System.Globalization;
using static Crm.Grains.Pipelines.PipelineEvent;

namespace Crm.Grains.Pipelines;

public static class PipelineTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(PipelineEvent happened) => happened switch
    {
        Renamed e => new(new Changes().Text("name", e.From, e.To).Text("nameEn", e.FromEn, e.ToEn).ToList()),
        StageAdded e => TimelineFacts.Changed($"stages.{e.Stage.Key}", null, e.Stage.Name),
        StageRenamed e => new(new Changes().Text($"stages.{e.Stage}.name", e.From, e.To).Text($"stages.{e.Stage}.nameEn", e.FromEn, e.ToEn).ToList()),
        StageRated e => TimelineFacts.Changed($"stages.{e.Stage}.winRate", Written(e.From), Written(e.To)),
        StagesReordered e => TimelineFacts.Changed("stages", string.Join(", ", e.From), string.Join(", ", e.To)),
        StageRetired e => TimelineFacts.Changed($"stages.{e.Stage}.retired", "false", "true"),
        StageRestored e => TimelineFacts.Changed($"stages.{e.Stage}.retired", "true", "false"),
        Retired => TimelineFacts.Changed("retired", "false", "true"),
        Restored => TimelineFacts.Changed("retired", "true", "false"),
        _ => TimelineFacts.None,
    };

    private static string Written(int rate) => rate.ToString(CultureInfo.InvariantCulture);
}
