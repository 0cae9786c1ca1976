namespace Crm.Grains.Opportunities;

/// <summary>Every "no" of an opportunity.</summary>
public static class OpportunityRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such opportunity.");
    public static readonly Refusal Won = Refusal.Conflict("state-conflict", "The opportunity has been won; reopen it first.");
    public static readonly Refusal Lost = Refusal.Conflict("state-conflict", "The opportunity has been lost; reopen it first.");
    public static readonly Refusal NotClosed = Refusal.Conflict("state-conflict", "The opportunity is open.");
    public static readonly Refusal StageNotInPipeline = Refusal.Invalid("stage-not-in-pipeline", "The stage belongs to another pipeline.", "stage");
    public static readonly Refusal StageRetired = Refusal.Conflict("stage-retired", "The stage is retired and cannot be entered.", "stage");
    public static readonly Refusal StageDoesNotWin = Refusal.Invalid("stage-not-won", "An opportunity is won by entering the stage with the win rate 100.", "stage");
    public static readonly Refusal StageWins = Refusal.Invalid("stage-not-open", "An opportunity cannot be reopened in the stage with the win rate 100.", "stage");
    public static readonly Refusal StageNeeded = Refusal.Invalid("field-required", "It was created as won: name the stage to reopen it in.", "stage");
    public static readonly Refusal AmountNeeded = Refusal.Invalid("field-required", "This field must be filled in.", "amount");
    public static readonly Refusal NoStep = Refusal.Conflict("no-step-planned", "No step is planned.");
}
