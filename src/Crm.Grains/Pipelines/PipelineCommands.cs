using System.Text.Json.Serialization;

namespace Crm.Grains.Pipelines;

/// <summary>What may be asked of one pipeline. A command states intent and may be refused.</summary>
public abstract record PipelineCommand
{
    private PipelineCommand() { }

    /// <param name="Preset">One of <see cref="PipelinePresets.All"/>; default <c>simple</c>. Not together with stages.</param>
    /// <param name="Stages">In their order; exactly one with the rate 100.</param>
    /// <param name="NameEn">For those who read English; default: the name.</param>
    public sealed record Create(
        string Key,
        string Name,
        [property: JsonConverter(typeof(CodeConverter))] string? Preset = null,
        IReadOnlyList<PipelineStageDraft>? Stages = null,
        string? NameEn = null) : PipelineCommand;

    /// <param name="NameEn">For those who read English; none takes away the one there was.</param>
    public sealed record Rename(string Name, string? NameEn = null) : PipelineCommand;

    /// <param name="WinRate">In percent, 0 to 99: there is one won stage already.</param>
    /// <param name="Key">Default: made from the name.</param>
    /// <param name="After">The key of the stage it stands behind; default: right before the won stage.</param>
    /// <param name="NameEn">For those who read English; default: the name.</param>
    public sealed record AddStage(string Name, int WinRate, string? Key = null, string? After = null, string? NameEn = null) : PipelineCommand;

    /// <param name="NameEn">For those who read English; none takes away the one there was.</param>
    public sealed record RenameStage(string Stage, string Name, string? NameEn = null) : PipelineCommand;

    /// <param name="WinRate">In percent, 0 to 100.</param>
    public sealed record RateStage(string Stage, int WinRate) : PipelineCommand;

    /// <param name="Stages">All keys, retired ones too, each once.</param>
    public sealed record ReorderStages(IReadOnlyList<string> Stages) : PipelineCommand;

    public sealed record RetireStage(string Stage) : PipelineCommand;

    public sealed record RestoreStage(string Stage) : PipelineCommand;

    public sealed record Retire : PipelineCommand;

    public sealed record Restore : PipelineCommand;
}

/// <summary>A stage as somebody describes it.</summary>
/// <param name="WinRate">In percent, 0 to 100.</param>
/// <param name="Key">Default: made from the name.</param>
/// <param name="NameEn">For those who read English; default: the name.</param>
public sealed record PipelineStageDraft(string Name, int WinRate, string? Key = null, string? NameEn = null);
