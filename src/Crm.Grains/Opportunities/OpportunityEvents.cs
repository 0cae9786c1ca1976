using System.Text.Json.Serialization;

namespace Crm.Grains.Opportunities;

/// <summary>What has happened to one opportunity. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Created), "opportunity-created-v1")]
[JsonDerivedType(typeof(Amended), "opportunity-amended-v1")]
[JsonDerivedType(typeof(Computed), "opportunity-computed-v1")]
[JsonDerivedType(typeof(Moved), "opportunity-moved-v1")]
[JsonDerivedType(typeof(Won), "opportunity-won-v1")]
[JsonDerivedType(typeof(Lost), "opportunity-lost-v1")]
[JsonDerivedType(typeof(Reopened), "opportunity-reopened-v1")]
[JsonDerivedType(typeof(Assigned), "opportunity-assigned-v1")]
[JsonDerivedType(typeof(ActivityLogged), "opportunity-activity-logged-v1")]
[JsonDerivedType(typeof(StepPlanned), "opportunity-step-planned-v1")]
[JsonDerivedType(typeof(StepCompleted), "opportunity-step-completed-v1")]
[JsonDerivedType(typeof(StepOverdue), "opportunity-step-overdue-v1")]
[JsonDerivedType(typeof(CustomerNamed), "opportunity-customer-named-v1")]
public abstract record OpportunityEvent
{
    private OpportunityEvent() { }

    public sealed record Created(OpportunityDetails Details, string Pipeline, string Stage, Guid? OwnerId, Guid? LeadId) : OpportunityEvent;

    public sealed record Amended(IReadOnlyList<FieldChange> Changes) : OpportunityEvent;

    /// <summary>Formulas have other results than before.</summary>
    public sealed record Computed(IReadOnlyList<FieldChange> Changes) : OpportunityEvent;

    public sealed record Moved(string From, string To) : OpportunityEvent;

    /// <param name="From">Null when it was created as won.</param>
    /// <param name="On">The day, in the tenant's time zone.</param>
    public sealed record Won(string? From, string To, DateOnly On) : OpportunityEvent;

    /// <param name="Changes">Of the competitor, when another one was named.</param>
    /// <param name="On">The day, in the tenant's time zone.</param>
    public sealed record Lost(string Reason, string? Note, IReadOnlyList<FieldChange> Changes, string Stage, DateOnly On) : OpportunityEvent;

    /// <param name="From">The status it had.</param>
    public sealed record Reopened(string From, string FromStage, string Stage) : OpportunityEvent;

    public sealed record Assigned(Guid? From, Guid? To) : OpportunityEvent;

    public sealed record ActivityLogged(Activity Activity) : OpportunityEvent;

    public sealed record StepPlanned(Step Step, Step? Replaced) : OpportunityEvent;

    public sealed record StepCompleted(Step Step, string? Outcome) : OpportunityEvent;

    public sealed record StepOverdue(Step Step) : OpportunityEvent;

    public sealed record CustomerNamed(string? From, string To) : OpportunityEvent;
}
