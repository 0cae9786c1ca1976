namespace Crm.Grains.Leads;

/// <summary>Every "no" of a lead.</summary>
public static class LeadRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such lead.");
    public static readonly Refusal Converted = Refusal.Conflict("state-conflict", "The lead has been converted.");
    public static readonly Refusal RuledOut = Refusal.Conflict("state-conflict", "The lead has been ruled out; reopen it first.");
    public static readonly Refusal NotRuledOut = Refusal.Conflict("state-conflict", "The lead is not ruled out.");
    public static readonly Refusal NoStep = Refusal.Conflict("no-step-planned", "No step is planned.");
    public static readonly Refusal StepPlanned = Refusal.Conflict(
        "step-planned", "The lead has a planned step and nothing to take it over: make an opportunity that is not won yet, complete the step, or let it end with keepStep false.", "keepStep");
    public static readonly Refusal Touched = Refusal.Conflict("edited-since", "People have worked on this lead since it was imported.");
    public static readonly Refusal SourceInvalid = Refusal.Invalid("enum-invalid", "A source is a code of 1 to 40 letters a-z, digits and '-'.", "source");
    public static readonly Refusal Duplicate = Refusal.Conflict("lead-duplicate", "Another lead has this company or mobile with the same product.");
}
