using Crm.Grains.Kernel;
using Crm.Grains.Opportunities;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;

namespace Crm.Web.Opportunities;

/// <summary>Looks up the stage that a command names.</summary>
internal static class StageLookup
{
    /// <param name="stage">Null is the pipeline's first live stage.</param>
    /// <param name="path">Goes before the field's name in a refusal.</param>
    public static async ValueTask<(StageRef Stage, Refusal? Wrong)> FindAsync(
        CrmSilo silo, string tenant, string pipeline, string? stage, string path, CancellationToken cancel)
    {
        if (await silo.Pipelines.FindAsync(tenant, pipeline, cancel) is not { } card)
        {
            return (null!, Refusal.Invalid("pipeline-unknown", "There is no such pipeline.", $"{path}pipeline")); // a refusal goes with it
        }

        var found = stage is null ? card.Stages.FirstOrDefault(one => !one.Retired) : card.Stages.FirstOrDefault(one => one.Key == stage);
        return found is null
            ? (null!, Refusal.Invalid("stage-not-in-pipeline", $"The pipeline '{pipeline}' has no such stage.", $"{path}stage")) // a refusal goes with it
            : (PipelineDirectory.RefOf(card, found), null);
    }
}
