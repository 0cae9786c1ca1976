using System.Diagnostics;
using static Crm.Grains.Opportunities.OpportunityCommand;
using static Crm.Grains.Opportunities.OpportunityEvent;

namespace Crm.Grains.Opportunities;

/// <summary>An opportunity's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class OpportunityRules
{
    /// <summary>The name of the clock that runs until the planned step is due.</summary>
    public const string StepClock = "step";

    /// <summary>Says what <paramref name="command"/> does to <paramref name="opportunity"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="OpportunityRefusals"/> entry.</returns>
    public static Decision<OpportunityEvent> Decide(Opportunity opportunity, OpportunityCommand command, DateTimeOffset now) => (opportunity, command) switch
    {
        (_, Create c) when Wrong(c) is { } wrong => wrong,                                                      // OP1
        (Opportunity.Unknown, Create { Stage.Retired: true }) => OpportunityRefusals.StageRetired,              // OP3
        (Opportunity.Unknown, Create { Stage.Wins: true } c) => [CreatedBy(c), new Won(From: null, c.Stage.Key, c.Today)],  // OP4
        (Opportunity.Unknown, Create { NextStep: { } step } c) => [CreatedBy(c), new StepPlanned(step, Replaced: null)],  // OP19
        (Opportunity.Unknown, Create c) => [CreatedBy(c)],
        (Opportunity.Unknown, _) => OpportunityRefusals.NotFound,
        (_, Create) => [],                                                                                      // OP1
        (_, Compute) => [],                                                                                     // OP18

        (_, LogActivity a) when a.Activity.Wrong(now) is { } wrong => wrong,                                    // OP12
        (_, LogActivity a) => [new ActivityLogged(a.Activity.At(now))],
        (_, Assign a) => OwnerOf(opportunity) is var owner && owner == a.OwnerId ? [] : [new Assigned(owner, a.OwnerId)],  // OP8
        (_, NameCustomer n) when Check.Required("name", n.Name) is { } wrong => wrong,
        (_, NameCustomer n) => Named(DetailsOf(opportunity), n),                                                // OP13

        (Opportunity.Won, Win or StepDue) => [],                                                                // OP4
        (Opportunity.Won won, Move m) when m.Stage.In(won.Pipeline)?.Key == won.Stage => [],                    // OP4
        (Opportunity.Won won, Reopen r) => Reopening(won, r),                                                   // OP6
        (Opportunity.Won, _) => OpportunityRefusals.Won,                                                        // OP7

        (Opportunity.Lost, Lose or StepDue) => [],                                                              // OP5
        (Opportunity.Lost lost, Reopen) => [new Reopened("lost", lost.Stage, lost.Stage)],                      // OP6
        (Opportunity.Lost, _) => OpportunityRefusals.Lost,                                                      // OP7

        (Opportunity.Open, Reopen) => OpportunityRefusals.NotClosed,
        (Opportunity.Open open, Amend a) when Wrong(open.Details, a) is { } wrong => wrong,                     // OP1
        (Opportunity.Open open, Amend a) => Difference(open.Details, a) is { Count: > 0 } changes ? [new Amended(changes)] : [],  // OP9
        (Opportunity.Open open, Move m) when m.Stage.In(open.Pipeline)?.Key == open.Stage => [],                // OP2
        (Opportunity.Open open, Move m) => Entering(open, m.Stage.In(open.Pipeline), m.Today),                  // OP2, OP3, OP4
        (Opportunity.Open open, Win w) when w.Stage.In(open.Pipeline) is { Wins: false } => OpportunityRefusals.StageDoesNotWin,
        (Opportunity.Open open, Win w) => Entering(open, w.Stage.In(open.Pipeline), w.Today),                   // OP4
        (Opportunity.Open, Lose l) when Wrong(l) is { } wrong => wrong,                                         // OP5
        (Opportunity.Open open, Lose l) => [LostBy(open, l)],
        (Opportunity.Open, PlanStep p) when p.Step.Wrong(now) is { } wrong => wrong,
        (Opportunity.Open open, PlanStep p) => Planned(open, p.Step with { Text = p.Step.Text.Trim() }),        // OP11
        (Opportunity.Open, CompleteStep c) when Check.Note("outcome", c.Outcome) is { } wrong => wrong,
        (Opportunity.Open { NextStep: { } step }, CompleteStep c) => [new StepCompleted(step, Normal.Text(c.Outcome))],  // OP11
        (Opportunity.Open, CompleteStep) => OpportunityRefusals.NoStep,
        (Opportunity.Open { NextStep: { } step, IsOverdue: false }, StepDue) when step.DueAt <= now => [new StepOverdue(step)],  // OP11
        (Opportunity.Open, StepDue) => [],
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {opportunity.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Opportunity Evolve(Opportunity opportunity, OpportunityEvent happened) => (opportunity, happened) switch
    {
        (_, Created e) => new Opportunity.Open(e.Details, e.Pipeline, e.Stage, e.OwnerId, NextStep: null, IsOverdue: false),
        (Opportunity.Open open, Amended e) => open with { Details = open.Details.With(e.Changes) },
        (Opportunity.Open open, Computed e) => open with { Details = open.Details.With(e.Changes) },
        (Opportunity.Won won, Computed e) => won with { Details = won.Details.With(e.Changes) },
        (Opportunity.Lost lost, Computed e) => lost with { Details = lost.Details.With(e.Changes) },
        (Opportunity.Open open, Moved e) => open with { Stage = e.To },
        (Opportunity.Open open, Won e) => new Opportunity.Won(open.Details, open.Pipeline, e.To, e.From, open.OwnerId),
        (Opportunity.Open open, Lost e) => new Opportunity.Lost(open.Details.With(e.Changes), open.Pipeline, open.Stage, open.OwnerId),
        (Opportunity.Won won, Reopened e) => new Opportunity.Open(won.Details, won.Pipeline, e.Stage, won.OwnerId, NextStep: null, IsOverdue: false),
        (Opportunity.Lost lost, Reopened e) => new Opportunity.Open(lost.Details, lost.Pipeline, e.Stage, lost.OwnerId, NextStep: null, IsOverdue: false),
        (Opportunity.Open open, Assigned e) => open with { OwnerId = e.To },
        (Opportunity.Won won, Assigned e) => won with { OwnerId = e.To },
        (Opportunity.Lost lost, Assigned e) => lost with { OwnerId = e.To },
        (Opportunity.Open open, StepPlanned e) => open with { NextStep = e.Step, IsOverdue = false },
        (Opportunity.Open open, StepCompleted) => open with { NextStep = null, IsOverdue = false },
        (Opportunity.Open open, StepOverdue) => open with { IsOverdue = true },
        (Opportunity.Open open, CustomerNamed e) => open with { Details = open.Details with { CustomerName = e.To } },
        (Opportunity.Won won, CustomerNamed e) => won with { Details = won.Details with { CustomerName = e.To } },
        (Opportunity.Lost lost, CustomerNamed e) => lost with { Details = lost.Details with { CustomerName = e.To } },
        _ => opportunity,
    };

    public static IReadOnlyList<Clock> Clocks(Opportunity opportunity) =>
        opportunity is Opportunity.Open { NextStep: { } step, IsOverdue: false } ? [new(StepClock, step.DueAt)] : [];

    public static Holder Holder(Opportunity opportunity) => opportunity is Opportunity.Unknown ? default : new(OwnerOf(opportunity), Exists: true);

    private static Guid? OwnerOf(Opportunity opportunity) => opportunity switch
    {
        Opportunity.Open open => open.OwnerId,
        Opportunity.Won won => won.OwnerId,
        Opportunity.Lost lost => lost.OwnerId,
        _ => null,
    };

    /// <summary>What happened, with the results of formulas that come of it.</summary>
    public static OpportunityEvent? Together(OpportunityEvent happened, IReadOnlyList<FieldChange> results) => happened switch
    {
        Created e => e with { Details = e.Details.With(results) },
        Amended e => e with { Changes = [.. e.Changes, .. results] },
        _ => null,
    };

    /// <summary>The fields of the tenant's own that the opportunity has.</summary>
    public static IReadOnlyDictionary<string, CustomValue>? CustomOf(Opportunity opportunity) => DetailsOf(opportunity)?.Custom;

    private static OpportunityDetails? DetailsOf(Opportunity opportunity) => opportunity switch
    {
        Opportunity.Open open => open.Details,
        Opportunity.Won won => won.Details,
        Opportunity.Lost lost => lost.Details,
        _ => null,
    };

    private static Refusal? Wrong(Create c) =>
        Check.Required("name", c.Name)
        ?? Check.Line("customerName", c.CustomerName)
        ?? Check.Amount("amount", c.Amount)
        ?? Check.Day("expectedCloseOn", c.ExpectedCloseOn)
        ?? Check.Day("today", c.Today)
        ?? Check.Note("note", c.Note)
        ?? Check.Custom("custom", c.Custom);

    private static Refusal? Wrong(OpportunityDetails known, Amend a) =>
        (a.Name.IsGiven ? Check.Required("name", a.Name.Value) : null)
        ?? a.Amount switch
        {
            { IsGiven: false } => null,
            { Value: { } amount } => Check.Amount("amount", amount.Or(known.Amount.Currency)),
            _ => OpportunityRefusals.AmountNeeded,
        }
        ?? Check.Day("expectedCloseOn", a.ExpectedCloseOn.Value)
        ?? Check.Note("note", a.Note.Value)
        ?? Check.Custom("custom", a.Custom.Value, known.Custom)
        ?? Check.Line("customerName", a.CustomerName.Value)
        ?? Check.Line("competitor", a.Competitor.Value);

    private static Refusal? Wrong(Lose l) =>
        Check.Required("reason", l.Reason)
        ?? Check.Line("competitor", l.Competitor)
        ?? Check.Note("note", l.Note)
        ?? Check.Day("today", l.Today);

    private static Created CreatedBy(Create c) => new(
        new(c.Name.Trim(), c.CustomerId, Normal.Text(c.CustomerName), c.ContactId, c.Amount, c.ExpectedCloseOn, Competitor: null, Normal.Text(c.Note), Normal.Custom(c.Custom)),
        c.Stage.Pipeline, c.Stage.Key, c.OwnerId, c.LeadId);

    private static IReadOnlyList<FieldChange> Difference(OpportunityDetails known, Amend a)
    {
        var isOther = a.CustomerId.IsGiven && a.CustomerId.Value != known.CustomerId;                           // OP10
        return new Changes()
            .Text("name", known.Name, a.Name)
            .Id("customerId", known.CustomerId, a.CustomerId)
            .Text("customerName", known.CustomerName, isOther ? new(a.CustomerId.Value is null ? null : a.CustomerName.Value) : default)
            .Id("contactId", known.ContactId, a.ContactId.IsGiven || !isOther ? a.ContactId : new(null))
            .Amount("amount", known.Amount, a.Amount.Value is { } amount ? new(amount) : default)
            .Day("expectedCloseOn", known.ExpectedCloseOn, a.ExpectedCloseOn)
            .Text("competitor", known.Competitor, a.Competitor)
            .Text("note", known.Note, a.Note)
            .Custom(known.Custom, a.Custom)
            .ToList();
    }

    private static Decision<OpportunityEvent> Entering(Opportunity.Open open, StageRef? stage, DateOnly today) => stage switch
    {
        null => OpportunityRefusals.StageNotInPipeline,
        { Retired: true } => OpportunityRefusals.StageRetired,
        { Wins: true } => Check.Day("today", today) is { } wrong ? wrong : [new Won(open.Stage, stage.Key, today)],
        _ => [new Moved(open.Stage, stage.Key)],
    };

    private static Lost LostBy(Opportunity.Open open, Lose l) => new(
        l.Reason.Trim(),
        Normal.Text(l.Note),
        Normal.Text(l.Competitor) is { } competitor ? new Changes().Text("competitor", open.Details.Competitor, competitor).ToList() : [],
        open.Stage,
        l.Today);

    private static Decision<OpportunityEvent> Reopening(Opportunity.Won won, Reopen r) => (won.WonFrom, r.Stage?.In(won.Pipeline)) switch
    {
        ({ } before, _) => [new Reopened("won", won.Stage, before)],
        (null, null) => r.Stage is null ? OpportunityRefusals.StageNeeded : OpportunityRefusals.StageNotInPipeline,
        (null, { Retired: true }) => OpportunityRefusals.StageRetired,
        (null, { Wins: true }) => OpportunityRefusals.StageWins,
        (null, { } stage) => [new Reopened("won", won.Stage, stage.Key)],
    };

    private static Decision<OpportunityEvent> Planned(Opportunity.Open open, Step step) =>
        open.NextStep == step ? [] : [new StepPlanned(step, open.NextStep)];

    private static Decision<OpportunityEvent> Named(OpportunityDetails? known, NameCustomer n) =>
        known?.CustomerId != n.CustomerId || known.CustomerName == n.Name.Trim() ? [] : [new CustomerNamed(known.CustomerName, n.Name.Trim())];
}
