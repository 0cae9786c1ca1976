using System.Diagnostics;
using static Crm.Grains.Leads.LeadCommand;
using static Crm.Grains.Leads.LeadEvent;

namespace Crm.Grains.Leads;

/// <summary>A lead's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class LeadRules
{
    public static readonly IReadOnlySet<string> RuleOutReasons = new HashSet<string> { "wrong", "no-intent", "irrelevant", "duplicate", "unreachable" };

    /// <summary>The source of a lead that came without one.</summary>
    public const string UnknownSource = "other";

    /// <summary>The name of the clock that runs until the planned step is due.</summary>
    public const string StepClock = "step";

    /// <summary>Says what <paramref name="command"/> does to <paramref name="lead"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="LeadRefusals"/> entry.</returns>
    public static Decision<LeadEvent> Decide(Lead lead, LeadCommand command, DateTimeOffset now) => (lead, command) switch
    {
        (_, Capture c) when Wrong(c) is { } wrong => wrong,                                                     // LD1, LD2
        (Lead.Erased, Erase or Withdraw or StepDue or NameCustomer) => [],                                      // LD17
        (Lead.Erased, _) => Erasure.Erased,                                                                     // LD17
        (Lead.Unknown or Lead.Withdrawn, Capture c) => [new Captured(DetailsOf(c), c.OwnerId, c.ImportId)],
        (Lead.Unknown or Lead.Withdrawn, Withdraw) => [],
        (Lead.Unknown or Lead.Withdrawn, _) => LeadRefusals.NotFound,
        (_, Compute) => [],                                                                                     // LD18
        (_, Erase { Remains: { } r }) when (Erasure.Wrong(r.Source, r.Region, r.Product, r.Status, r.RuledOutReason) ?? Erasure.Wrong(r.CreatedAt)) is { } wrong => wrong,
        (_, Erase e) => e.Remains is { } remains ? [new Erased(remains)] : LeadRefusals.NotFound,               // LD17
        (Lead.Open open, Capture c) => [Again(open.Details, c, reopens: false)],                                // LD4
        (Lead.RuledOut gone, Capture c) => [Again(gone.Details, c, reopens: true)],                             // LD5
        (Lead.Converted done, Capture c) => [Again(done.Details, c, reopens: false)],                           // LD12

        (_, LogActivity a) when a.Activity.Wrong(now) is { } wrong => wrong,                                    // LD13
        (_, LogActivity a) => [new ActivityLogged(a.Activity.At(now))],                                         // LD12

        (_, HandOver h) => OwnerOf(lead) is var owner && owner == h.OwnerId ? [] : [new Assigned(owner, h.OwnerId)],  // LD16

        (Lead.Converted done, NameCustomer n) => Named(done, n),                                                // LD14
        (Lead.Converted, StepDue) => [],
        (Lead.Converted, _) => LeadRefusals.Converted,                                                          // LD11, LD12

        (Lead.RuledOut, Reopen) => [new Reopened("ruled-out")],                                                 // LD10
        (Lead.RuledOut, RuleOut or StepDue) => [],
        (Lead.RuledOut, _) => LeadRefusals.RuledOut,                                                            // LD12

        (Lead.Open, Reopen) => LeadRefusals.NotRuledOut,
        (Lead.Open, NameCustomer) => [],
        (Lead.Open open, Amend a) when Wrong(open.Details, a) is { } wrong => wrong,                                         // LD1
        (Lead.Open open, Amend a) => Difference(open.Details, a) is { Count: > 0 } changes ? [new Amended(changes)] : [],  // LD6
        (Lead.Open open, Assign a) => open.OwnerId == a.OwnerId ? [] : [new Assigned(open.OwnerId, a.OwnerId)], // LD7
        (Lead.Open, PlanStep p) when p.Step.Wrong(now) is { } wrong => wrong,
        (Lead.Open open, PlanStep p) => Planned(open, p.Step with { Text = p.Step.Text.Trim() }),               // LD8
        (Lead.Open, CompleteStep c) when Check.Note("outcome", c.Outcome) is { } wrong => wrong,
        (Lead.Open { NextStep: { } step }, CompleteStep c) => [new StepCompleted(step, Normal.Text(c.Outcome))],  // LD8
        (Lead.Open, CompleteStep) => LeadRefusals.NoStep,
        (Lead.Open { NextStep: { } step, IsOverdue: false }, StepDue) when step.DueAt <= now => [new StepOverdue(step)],  // LD8
        (Lead.Open, StepDue) => [],
        (Lead.Open, Qualify q) when Check.Note("note", q.Note) is { } wrong => wrong,
        (Lead.Open open, Qualify q) => open.IsQualified ? [] : [new Qualified(Normal.Text(q.Note))],            // LD9
        (Lead.Open, RuleOut r) when (Check.OneOf("reason", r.Reason, RuleOutReasons) ?? Check.Note("note", r.Note)) is { } wrong => wrong,
        (Lead.Open open, RuleOut r) => [new RuledOut(r.Reason, Normal.Text(r.Note), StatusOf(open))],           // LD10
        (Lead.Open, LeadCommand.Convert c) when Wrong(c) is { } wrong => wrong,
        (Lead.Open { NextStep: not null }, LeadCommand.Convert { KeepsStep: true, Opportunity: null or { WinRate: 100 } }) => LeadRefusals.StepPlanned,  // LD19
        (Lead.Open open, LeadCommand.Convert c) => [ConvertedBy(open, c)],                                      // LD11, LD19
        (Lead.Open { ImportId: { } import }, Withdraw w) when import == w.ImportId => [new Withdrawn(w.ImportId)],  // LD15
        (Lead.Open, Withdraw) => LeadRefusals.Touched,
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {lead.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Lead Evolve(Lead lead, LeadEvent happened) => (lead, happened) switch
    {
        (_, Captured e) => new Lead.Open(e.Details, e.OwnerId, IsQualified: false, NextStep: null, IsOverdue: false, e.ImportId),
        (Lead.Open open, CapturedAgain e) => open with { Details = open.Details.With(e.Filled), ImportId = e.ImportId == open.ImportId ? open.ImportId : null },  // LD15
        (Lead.RuledOut gone, CapturedAgain e) => new Lead.Open(gone.Details.With(e.Filled), gone.OwnerId, IsQualified: false, NextStep: null, IsOverdue: false, ImportId: null),
        (Lead.Converted done, CapturedAgain e) => done with { Details = done.Details.With(e.Filled) },
        (Lead.Open open, Amended e) => open with { Details = open.Details.With(e.Changes), ImportId = null },
        (Lead.Open open, Computed e) => open with { Details = open.Details.With(e.Changes) },
        (Lead.RuledOut gone, Computed e) => gone with { Details = gone.Details.With(e.Changes) },
        (Lead.Converted done, Computed e) => done with { Details = done.Details.With(e.Changes) },
        (Lead.Open open, Assigned e) => open with { OwnerId = e.To, ImportId = null },
        (Lead.RuledOut gone, Assigned e) => gone with { OwnerId = e.To },
        (Lead.Converted done, Assigned e) => done with { OwnerId = e.To },
        (Lead.Open open, ActivityLogged) => open with { ImportId = null },
        (Lead.Open open, StepPlanned e) => open with { NextStep = e.Step, IsOverdue = false, ImportId = null },
        (Lead.Open open, StepCompleted) => open with { NextStep = null, IsOverdue = false },
        (Lead.Open open, StepOverdue) => open with { IsOverdue = true },
        (Lead.Open open, Qualified) => open with { IsQualified = true, ImportId = null },
        (Lead.Open open, RuledOut) => new Lead.RuledOut(open.Details, open.OwnerId),
        (Lead.RuledOut gone, Reopened) => new Lead.Open(gone.Details, gone.OwnerId, IsQualified: false, NextStep: null, IsOverdue: false, ImportId: null),
        (Lead.Open open, Converted e) => new Lead.Converted(open.Details, open.OwnerId, e.CustomerId, e.ContactId),
        (Lead.Converted done, CustomerNamed e) => done with { CustomerId = e.CustomerId, ContactId = e.ContactId },
        (_, Withdrawn) => new Lead.Withdrawn(),
        (_, Erased e) => new Lead.Erased(e.Remains.OwnerId, e.Remains.Region),
        _ => lead,
    };

    /// <summary>The keys that make a later capture the same lead (LD3).</summary>
    public static IReadOnlyList<string> Claims(Lead lead) => lead switch
    {
        Lead.Open { Details: var details } => Keys(details.Company, details.Mobile, details.Email, details.Product),
        Lead.RuledOut { Details: var details } => Keys(details.Company, details.Mobile, details.Email, details.Product),
        Lead.Converted { Details: var details } => Keys(details.Company, details.Mobile, details.Email, details.Product),
        _ => [],
    };

    /// <inheritdoc cref="Claims(Lead)"/>
    public static IReadOnlyList<string> Keys(string? company, string? mobile, string? email, string? product)
    {
        var (who, number, what) = (Normal.Key(company), Normal.Phone(mobile), Normal.Key(product));
        return (who.Length > 0, number.Length > 0) switch
        {
            (true, true) => [$"lead-company:{who}|{what}", $"lead-mobile:{number}|{what}"],
            (true, false) => [$"lead-company:{who}|{what}"],
            (false, true) => [$"lead-mobile:{number}|{what}"],
            _ => Normal.Email(email) is { Length: > 0 } address ? [$"lead-email:{address}|{what}"] : [],
        };
    }

    public static IReadOnlyList<Clock> Clocks(Lead lead) =>
        lead is Lead.Open { NextStep: { } step, IsOverdue: false } ? [new(StepClock, step.DueAt)] : [];

    private static Guid? OwnerOf(Lead lead) => lead switch
    {
        Lead.Open open => open.OwnerId,
        Lead.RuledOut gone => gone.OwnerId,
        Lead.Converted done => done.OwnerId,
        _ => null,
    };

    public static Holder Holder(Lead lead) => lead switch
    {
        Lead.Open open => new(open.OwnerId, Exists: true, open.Details.Region),
        Lead.RuledOut gone => new(gone.OwnerId, Exists: true, gone.Details.Region),
        Lead.Converted done => new(done.OwnerId, Exists: true, done.Details.Region),
        Lead.Erased erased => new(erased.OwnerId, Exists: true, erased.Region),
        _ => default,
    };

    /// <summary>What happened, with the results of formulas that come of it.</summary>
    public static LeadEvent? Together(LeadEvent happened, IReadOnlyList<FieldChange> results) => happened switch
    {
        Captured e => e with { Details = e.Details.With(results) },
        Amended e => e with { Changes = [.. e.Changes, .. results] },
        _ => null,
    };

    /// <summary>The fields of the tenant's own that the lead has.</summary>
    public static IReadOnlyDictionary<string, CustomValue>? CustomOf(Lead lead) => lead switch
    {
        Lead.Open open => open.Details.Custom,
        Lead.RuledOut gone => gone.Details.Custom,
        Lead.Converted done => done.Details.Custom,
        _ => null,
    };

    internal static string StatusOf(Lead.Open open) => open.IsQualified ? "qualified" : "open";

    private static Refusal? Wrong(Capture c) =>
        Check.Required("name", c.Name)
        ?? Check.Line("company", c.Company)
        ?? Check.Phone("mobile", c.Mobile)
        ?? Check.Email("email", c.Email)
        ?? (IsSource(c.Source) ? null : LeadRefusals.SourceInvalid)
        ?? Check.Line("region", c.Region)
        ?? Check.Line("product", c.Product)
        ?? Check.Note("note", c.Note)
        ?? Check.Custom("custom", c.Custom);

    private static Refusal? Wrong(LeadDetails known, Amend a) =>
        (a.Name.IsGiven ? Check.Required("name", a.Name.Value) : null)
        ?? Check.Line("company", a.Company.Value)
        ?? Check.Phone("mobile", a.Mobile.Value)
        ?? Check.Email("email", a.Email.Value)
        ?? (!a.Source.IsGiven || (a.Source.Value is not null && IsSource(a.Source.Value)) ? null : LeadRefusals.SourceInvalid)
        ?? Check.Line("region", a.Region.Value)
        ?? Check.Line("product", a.Product.Value)
        ?? Check.Note("note", a.Note.Value)
        ?? Check.Custom("custom", a.Custom.Value, known.Custom);

    private static Refusal? Wrong(LeadCommand.Convert c) =>
        c.Opportunity is { } wanted
            ? Check.Required("opportunity.name", wanted.Name)
                ?? Check.Slug("opportunity.pipeline", wanted.Pipeline)
                ?? Check.Slug("opportunity.stage", wanted.Stage)
                ?? Check.Amount("opportunity.amount", wanted.Amount)
                ?? Check.Day("opportunity.expectedCloseOn", wanted.ExpectedCloseOn)
            : null;

    private static bool IsSource(string? source) =>
        source is null || (source.Length is > 0 and <= 40 && source.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));

    private static LeadDetails DetailsOf(Capture c) => new(
        c.Name.Trim(), Normal.Text(c.Company), Normal.Text(c.Mobile), Normal.Text(c.Email), c.Source ?? UnknownSource,
        Normal.Text(c.Region), Normal.Text(c.Product), Normal.Text(c.Note), Normal.Custom(c.Custom));

    private static CapturedAgain Again(LeadDetails known, Capture c, bool reopens) =>
        new(c.Source ?? UnknownSource, Normal.Text(c.Note), Blanks(known, c), reopens, c.ImportId);

    private static IReadOnlyList<FieldChange> Blanks(LeadDetails known, Capture c)
    {
        var changes = new Changes();
        Fill("company", known.Company, c.Company);
        Fill("mobile", known.Mobile, c.Mobile);
        Fill("email", known.Email, c.Email);
        Fill("region", known.Region, c.Region);
        Fill("product", known.Product, c.Product);
        return changes.ToList();

        void Fill(string field, string? current, string? offered)
        {
            if (current is null && Normal.Text(offered) is not null)
            {
                changes.Text(field, current, offered);
            }
        }
    }

    private static IReadOnlyList<FieldChange> Difference(LeadDetails known, Amend a) => new Changes()
        .Text("name", known.Name, a.Name)
        .Text("company", known.Company, a.Company)
        .Text("mobile", known.Mobile, a.Mobile)
        .Text("email", known.Email, a.Email)
        .Text("source", known.Source, a.Source)
        .Text("region", known.Region, a.Region)
        .Text("product", known.Product, a.Product)
        .Text("note", known.Note, a.Note)
        .Custom(known.Custom, a.Custom)
        .ToList();

    private static Converted ConvertedBy(Lead.Open open, LeadCommand.Convert c) =>
        new(c.CustomerId, c.IsNewCustomer, c.ContactId, c.OpportunityId, c.Opportunity, open.Details, open.OwnerId, StatusOf(open), c.KeepsStep ? open.NextStep : null);

    private static Decision<LeadEvent> Planned(Lead.Open open, Step step) => open.NextStep == step ? [] : [new StepPlanned(step, open.NextStep)];

    private static Decision<LeadEvent> Named(Lead.Converted done, NameCustomer n) =>
        (done.CustomerId, done.ContactId) == (n.CustomerId, n.ContactId) ? [] : [new CustomerNamed(done.CustomerId, n.CustomerId, n.ContactId)];
}
