namespace Crm.Grains.Pipelines;

/// <summary>Every "no" of a pipeline.</summary>
public static class PipelineRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such pipeline.");
    public static readonly Refusal KeyTaken = Refusal.Conflict("pipeline-key-taken", "Another pipeline has this key.", "key");
    public static readonly Refusal Retired = Refusal.Conflict("state-conflict", "The pipeline is retired; restore it first.");
    public static readonly Refusal PresetOrStages = Refusal.Invalid("field-invalid", "Give a preset or stages, not both.", "stages");
    public static readonly Refusal StageUnknown = Refusal.Invalid("stage-unknown", "The pipeline has no such stage.", "stage");
    public static readonly Refusal AfterUnknown = StageUnknown with { Field = "after" };
    public static readonly Refusal StageKeyTaken = Refusal.Conflict("stage-key-taken", "Another stage of the pipeline has this key.", "key");
    public static readonly Refusal StageKeyTwice = StageKeyTaken with { Field = "stages" };
    public static readonly Refusal StageLimit = Refusal.Conflict("stage-limit", "A pipeline has 1 to 50 stages.", "stages");
    public static readonly Refusal WonStageNeeded = Refusal.Conflict("won-stage-needed", "One stage must keep the win rate 100: entering it wins.");
    public static readonly Refusal WonStageExists = Refusal.Conflict("won-stage-exists", "Another stage has the win rate 100 already.", "winRate");
    public static readonly Refusal WonStageTwice = WonStageExists with { Field = "stages" };
    public static readonly Refusal OrderIncomplete = Refusal.Invalid("stage-order-incomplete", "Name every stage of the pipeline exactly once.", "stages");
    public static readonly Refusal WinRateOutOfRange = Refusal.Invalid("number-out-of-range", "A win rate is 0 to 100 percent.", "winRate");
}
