using System.Text.Json.Serialization;

namespace Crm.Grains.Pipelines;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="PipelineCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Known), "known")]
public abstract record Pipeline
{
    private Pipeline() { }

    public static Pipeline Initial { get; } = new Unknown();

    public sealed record Unknown : Pipeline;

    /// <param name="Stages">In their order, retired ones included.</param>
    /// <param name="NameEn">As <see cref="PipelineStage.NameEn"/>.</param>
    public sealed record Known(string Key, string Name, IReadOnlyList<PipelineStage> Stages, bool IsRetired, string? NameEn = null) : Pipeline
    {
        /// <summary>The stage of that key, or null.</summary>
        public PipelineStage? Find(string? key) => Stages.FirstOrDefault(stage => stage.Key == key);
    }
}

/// <summary>One step of a pipeline.</summary>
/// <param name="Key">Unique in the pipeline; never changes.</param>
/// <param name="WinRate">How likely an opportunity in it is won, in percent, 0 to 100. Exactly one stage has 100: entering it wins.</param>
/// <param name="Retired">Opportunities may still sit in it, but none may enter.</param>
/// <param name="NameEn">What those who read English call it; null when there is one name for all.</param>
public sealed record PipelineStage(string Key, string Name, int WinRate, bool Retired = false, string? NameEn = null);
