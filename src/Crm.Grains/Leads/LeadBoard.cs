using static Crm.Grains.Leads.LeadEvent;

namespace Crm.Grains.Leads;

/// <summary>One row of the lead list, and the head of a lead's page. Every field is always present; absent values are null.</summary>
/// <param name="Captures">How often the lead came in.</param>
/// <param name="Status"><c>open</c>, <c>qualified</c>, <c>converted</c> or <c>ruled-out</c>.</param>
public sealed record LeadCard(
    Guid Id, long Version, string Name, string? Company, string? Mobile, string? Email, string Source, string? Region, string? Product, string? Note,
    IReadOnlyDictionary<string, CustomValue> Custom, string Status, string? RuledOutReason, Guid? OwnerId, int Captures, Step? NextStep, bool Overdue,
    DateTimeOffset? LastActivityAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    Guid? CustomerId, Guid? ContactId, Guid? OpportunityId, Guid? ImportId) : ICard;

public static class LeadBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was. A withdrawn lead has no card.</summary>
    public static LeadCard? Project(LeadCard? card, Recorded<LeadEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Withdrawn) => null,
        (_, Captured e) => New(r, e),
        (_, Erased e) => Remaining(r, e.Remains),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version, UpdatedAt = r.At },
        _ => card,
    };

    private static LeadCard New(Recorded<LeadEvent> r, Captured e) => Detailed(
        new(r.Id, r.Version, e.Details.Name, null, null, null, e.Details.Source, null, null, null, e.Details.Custom, "open", null, e.OwnerId, Captures: 1,
            NextStep: null, Overdue: false, LastActivityAt: null, CreatedAt: r.At, UpdatedAt: r.At, null, null, null, e.ImportId),
        e.Details);

    private static LeadCard Remaining(Recorded<LeadEvent> r, LeadRemains e) => new(
        r.Id, r.Version, Erasure.Name, null, null, null, e.Source, e.Region, e.Product, null, new Dictionary<string, CustomValue>(), e.Status, e.RuledOutReason, e.OwnerId, e.Captures,
        NextStep: null, Overdue: false, LastActivityAt: null, e.CreatedAt, UpdatedAt: r.At, e.CustomerId, e.ContactId, e.OpportunityId, ImportId: null);

    private static LeadCard Changed(LeadCard card, LeadEvent happened, DateTimeOffset at) => happened switch
    {
        CapturedAgain e => Detailed(card, DetailsOf(card).With(e.Filled)) with
        {
            Captures = card.Captures + 1,
            Status = e.Reopens ? "open" : card.Status,
            RuledOutReason = e.Reopens ? null : card.RuledOutReason,
            LastActivityAt = at,
        },
        Amended e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Computed e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Assigned e => card with { OwnerId = e.To },
        ActivityLogged => card with { LastActivityAt = at },
        StepPlanned e => card with { NextStep = e.Step, Overdue = false },
        StepCompleted => card with { NextStep = null, Overdue = false, LastActivityAt = at },
        StepOverdue => card with { Overdue = true },
        Qualified => card with { Status = "qualified" },
        RuledOut e => card with { Status = "ruled-out", RuledOutReason = e.Reason, NextStep = null, Overdue = false },
        Reopened => card with { Status = "open", RuledOutReason = null },
        Converted e => card with
        {
            Status = "converted",
            NextStep = null,
            Overdue = false,
            CustomerId = e.CustomerId,
            ContactId = e.ContactId,
            OpportunityId = e.OpportunityId,
        },
        CustomerNamed e => card with { CustomerId = e.CustomerId, ContactId = e.ContactId },
        _ => card,
    };

    private static LeadDetails DetailsOf(LeadCard card) =>
        new(card.Name, card.Company, card.Mobile, card.Email, card.Source, card.Region, card.Product, card.Note, card.Custom);

    private static LeadCard Detailed(LeadCard card, LeadDetails details) => card with
    {
        Name = details.Name,
        Company = details.Company,
        Mobile = details.Mobile,
        Email = details.Email,
        Source = details.Source,
        Region = details.Region,
        Product = details.Product,
        Note = details.Note,
        Custom = details.Custom,
    };
}
