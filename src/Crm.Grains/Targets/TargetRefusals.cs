namespace Crm.Grains.Targets;

/// <summary>Every "no" of a target.</summary>
public static class TargetRefusals
{
    public static readonly Refusal Exists = Refusal.Conflict("target-exists", "There is a target for this pipeline, month and person already.");
    public static readonly Refusal OtherTarget = Refusal.Conflict("state-conflict", "This target is for another pipeline, month or person.");
}
