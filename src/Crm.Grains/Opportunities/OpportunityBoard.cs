using System.Globalization;
using static Crm.Grains.Opportunities.OpportunityEvent;

namespace Crm.Grains.Opportunities;

/// <summary>One card on the opportunity board and one row of the table. Every field is always present; absent values are null.</summary>
/// <param name="Status"><c>open</c>, <c>won</c> or <c>lost</c>.</param>
/// <param name="ClosedOn">The day it was won or lost.</param>
/// <param name="StageSince">When it entered its stage.</param>
public sealed record OpportunityCard(
    Guid Id, long Version, string Name, Guid? CustomerId, string? CustomerName, Guid? ContactId, Guid? LeadId,
    string Pipeline, string Stage, string Status, Money Amount, Guid? OwnerId, DateOnly? ExpectedCloseOn, DateOnly? ClosedOn, DateTimeOffset StageSince,
    string? LossReason, string? Competitor, string? Note, IReadOnlyDictionary<string, CustomValue> Custom, Step? NextStep, bool Overdue,
    DateTimeOffset? LastActivityAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt) : ICard;

public static class OpportunityBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static OpportunityCard? Project(OpportunityCard? card, Recorded<OpportunityEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Created e) => New(r, e),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version, UpdatedAt = r.At },
        _ => card,
    };

    /// <summary>What the card adds to the running totals (OP14).</summary>
    public static IReadOnlyList<Tally> Tallies(OpportunityCard card)
    {
        var month = card.Status == "open" ? card.ExpectedCloseOn : card.ClosedOn;
        // computed before and after each command: no part of it becomes a string of its own
        Span<char> key = stackalloc char[128];
        Span<char> owner = stackalloc char[36];
        Span<char> monthText = stackalloc char[10];
        return
        [
            new(
                string.Create(CultureInfo.InvariantCulture, key, $"{card.Status}|{card.Pipeline}|{card.Stage}|{Text(card.OwnerId, owner)}|{Text(month, monthText)}|{card.Amount.Currency}"),
                Count: 1,
                card.Amount.Hundredths),
        ];
    }

    private static ReadOnlySpan<char> Text(Guid? id, Span<char> text) => id is { } some && some.TryFormat(text, out var length) ? text[..length] : "-";

    private static ReadOnlySpan<char> Text(DateOnly? month, Span<char> text) =>
        month is { } some && some.TryFormat(text, out _, "O", CultureInfo.InvariantCulture) ? text[..7] : "-"; // yyyy-MM of yyyy-MM-dd

    private static OpportunityCard New(Recorded<OpportunityEvent> r, Created e) => Detailed(
        new(r.Id, r.Version, e.Details.Name, null, null, null, e.LeadId, e.Pipeline, e.Stage, "open", e.Details.Amount, e.OwnerId, null, ClosedOn: null,
            StageSince: r.At, LossReason: null, null, null, e.Details.Custom, NextStep: null, Overdue: false, LastActivityAt: null, CreatedAt: r.At, UpdatedAt: r.At),
        e.Details);

    private static OpportunityCard Changed(OpportunityCard card, OpportunityEvent happened, DateTimeOffset at) => happened switch
    {
        Amended e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Computed e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Moved e => card with { Stage = e.To, StageSince = at },
        Won e => card with { Status = "won", Stage = e.To, StageSince = at, ClosedOn = e.On, NextStep = null, Overdue = false },
        Lost e => Detailed(card, DetailsOf(card).With(e.Changes)) with { Status = "lost", LossReason = e.Reason, ClosedOn = e.On, NextStep = null, Overdue = false },
        Reopened e => card with
        {
            Status = "open",
            Stage = e.Stage,
            StageSince = e.Stage == e.FromStage ? card.StageSince : at,
            LossReason = null,
            ClosedOn = null,
        },
        Assigned e => card with { OwnerId = e.To },
        ActivityLogged => card with { LastActivityAt = at },
        StepPlanned e => card with { NextStep = e.Step, Overdue = false },
        StepCompleted => card with { NextStep = null, Overdue = false, LastActivityAt = at },
        StepOverdue => card with { Overdue = true },
        CustomerNamed e => card with { CustomerName = e.To },
        _ => card,
    };

    private static OpportunityDetails DetailsOf(OpportunityCard card) =>
        new(card.Name, card.CustomerId, card.CustomerName, card.ContactId, card.Amount, card.ExpectedCloseOn, card.Competitor, card.Note, card.Custom);

    private static OpportunityCard Detailed(OpportunityCard card, OpportunityDetails details) => card with
    {
        Name = details.Name,
        CustomerId = details.CustomerId,
        CustomerName = details.CustomerName,
        ContactId = details.ContactId,
        Amount = details.Amount,
        ExpectedCloseOn = details.ExpectedCloseOn,
        Competitor = details.Competitor,
        Note = details.Note,
        Custom = details.Custom,
    };
}
