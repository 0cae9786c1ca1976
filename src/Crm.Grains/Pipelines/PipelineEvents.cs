using System.Text.Json.Serialization;

namespace Crm.Grains.Pipelines;

/// <summary>What has happened to one pipeline. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Created), "pipeline-created-v1")]
[JsonDerivedType(typeof(Renamed), "pipeline-renamed-v1")]
[JsonDerivedType(typeof(StageAdded), "pipeline-stage-added-v1")]
[JsonDerivedType(typeof(StageRenamed), "pipeline-stage-renamed-v1")]
[JsonDerivedType(typeof(StageRated), "pipeline-stage-rated-v1")]
[JsonDerivedType(typeof(StagesReordered), "pipeline-stages-reordered-v1")]
[JsonDerivedType(typeof(StageRetired), "pipeline-stage-retired-v1")]
[JsonDerivedType(typeof(StageRestored), "pipeline-stage-restored-v1")]
[JsonDerivedType(typeof(Retired), "pipeline-retired-v1")]
[JsonDerivedType(typeof(Restored), "pipeline-restored-v1")]
public abstract record PipelineEvent
{
    private PipelineEvent() { }

    public sealed record Created(string Key, string Name, IReadOnlyList<PipelineStage> Stages, string? NameEn = null) : PipelineEvent;

    /// <param name="FromEn">The names for those who read English; null when there is one for all.</param>
    public sealed record Renamed(string From, string To, string? FromEn = null, string? ToEn = null) : PipelineEvent;

    /// <param name="After">The key of the stage it stands behind; null when it is the first.</param>
    public sealed record StageAdded(PipelineStage Stage, string? After) : PipelineEvent;

    /// <param name="FromEn">The names for those who read English; null when there is one for all.</param>
    public sealed record StageRenamed(string Stage, string From, string To, string? FromEn = null, string? ToEn = null) : PipelineEvent;

    /// <summary>Rates in percent.</summary>
    public sealed record StageRated(string Stage, int From, int To) : PipelineEvent;

    /// <summary>The keys of all stages, before and after.</summary>
    public sealed record StagesReordered(IReadOnlyList<string> From, IReadOnlyList<string> To) : PipelineEvent;

    public sealed record StageRetired(string Stage) : PipelineEvent;

    public sealed record StageRestored(string Stage) : PipelineEvent;

    public sealed record Retired : PipelineEvent;

    public sealed record Restored : PipelineEvent;
}
