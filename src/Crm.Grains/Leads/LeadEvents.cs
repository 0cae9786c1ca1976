using System.Text.Json.Serialization;

namespace Crm.Grains.Leads;

/// <summary>What has happened to one lead. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Captured), "lead-captured-v1")]
[JsonDerivedType(typeof(CapturedAgain), "lead-captured-again-v1")]
[JsonDerivedType(typeof(Amended), "lead-amended-v1")]
[JsonDerivedType(typeof(Computed), "lead-computed-v1")]
[JsonDerivedType(typeof(Assigned), "lead-assigned-v1")]
[JsonDerivedType(typeof(ActivityLogged), "lead-activity-logged-v1")]
[JsonDerivedType(typeof(StepPlanned), "lead-step-planned-v1")]
[JsonDerivedType(typeof(StepCompleted), "lead-step-completed-v1")]
[JsonDerivedType(typeof(StepOverdue), "lead-step-overdue-v1")]
[JsonDerivedType(typeof(Qualified), "lead-qualified-v1")]
[JsonDerivedType(typeof(RuledOut), "lead-ruled-out-v1")]
[JsonDerivedType(typeof(Reopened), "lead-reopened-v1")]
[JsonDerivedType(typeof(Converted), "lead-converted-v1")]
[JsonDerivedType(typeof(CustomerNamed), "lead-customer-named-v1")]
[JsonDerivedType(typeof(Withdrawn), "lead-withdrawn-v1")]
[JsonDerivedType(typeof(Erased), "lead-erased-v1")]
public abstract record LeadEvent
{
    private LeadEvent() { }

    public sealed record Captured(LeadDetails Details, Guid? OwnerId, Guid? ImportId) : LeadEvent;

    /// <param name="Filled">Fields that were empty and got a value from this capture.</param>
    /// <param name="ImportId">The import that captured it, if one did.</param>
    public sealed record CapturedAgain(string Source, string? Note, IReadOnlyList<FieldChange> Filled, bool Reopens, Guid? ImportId = null) : LeadEvent;

    public sealed record Amended(IReadOnlyList<FieldChange> Changes) : LeadEvent;

    /// <summary>Formulas have other results than before.</summary>
    public sealed record Computed(IReadOnlyList<FieldChange> Changes) : LeadEvent;

    public sealed record Assigned(Guid? From, Guid? To) : LeadEvent;

    public sealed record ActivityLogged(Activity Activity) : LeadEvent;

    public sealed record StepPlanned(Step Step, Step? Replaced) : LeadEvent;

    public sealed record StepCompleted(Step Step, string? Outcome) : LeadEvent;

    public sealed record StepOverdue(Step Step) : LeadEvent;

    public sealed record Qualified(string? Note) : LeadEvent;

    public sealed record RuledOut(string Reason, string? Note, string From) : LeadEvent;

    public sealed record Reopened(string From) : LeadEvent;

    /// <summary>Carries all that the customer, contact and opportunity are made of, so that conversion needs no look back.</summary>
    /// <param name="NextStep">The planned step that the opportunity takes over.</param>
    public sealed record Converted(
        Guid CustomerId, bool IsNewCustomer, Guid ContactId, Guid? OpportunityId, ConvertedOpportunity? Opportunity,
        LeadDetails Details, Guid? OwnerId, string From, Step? NextStep = null) : LeadEvent;

    public sealed record CustomerNamed(Guid From, Guid CustomerId, Guid ContactId) : LeadEvent;

    public sealed record Withdrawn(Guid ImportId) : LeadEvent;

    /// <summary>All that came before is emptied; this is enough to make the card from.</summary>
    public sealed record Erased(LeadRemains Remains) : LeadEvent;
}
