using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Opportunities.OpportunityCard>;

namespace Crm.Grains.Opportunities;

public static class OpportunitySlice
{
    public static Slice<Opportunity, OpportunityCommand, OpportunityEvent, OpportunityCard> Definition { get; } = new()
    {
        Kind = "opportunity",
        Plural = "opportunities",
        Module = new("opportunities"),
        Json = JsonTypeInfoResolver.Combine(OpportunityJson.Default, OpportunityStateJson.Default),
        Initial = Opportunity.Initial,
        Decide = OpportunityRules.Decide,
        Evolve = OpportunityRules.Evolve,
        Project = OpportunityBoard.Project,
        Describe = OpportunityTimeline.Describe,
        Holder = OpportunityRules.Holder,
        Custom = new(OpportunityRules.CustomOf, c => c.Custom, changes => new OpportunityEvent.Computed(changes), OpportunityRules.Together, () => new OpportunityCommand.Compute()),
        HandOver = to => new OpportunityCommand.Assign(to),
        Clocks = OpportunityRules.Clocks,
        OnClock = _ => new OpportunityCommand.StepDue(),
        Tallies = OpportunityBoard.Tallies,
        SearchTexts = c => [c.Name, c.CustomerName, c.Competitor],
        SearchedFields = ["name", "customerName", "competitor"],
        Headline = c => (c.Name, c.CustomerName),

        // every index is paid for by every move: only what lists of a million rows are sorted or narrowed by
        Columns =
        [
            new Text("name", c => c.Name),
            new Text("customerName", c => c.CustomerName),
            new Choice("pipeline", c => c.Pipeline),
            new Choice("stage", c => c.Stage),
            new Choice("status", c => c.Status),
            new Text("lossReason", c => c.LossReason, Repeats: true),
            new Text("competitor", c => c.Competitor, Repeats: true),
            new Id("customerId", c => c.CustomerId, Indexed: true),
            new Id("contactId", c => c.ContactId),
            new Id("leadId", c => c.LeadId),
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Amount("amount", c => c.Amount, Indexed: true),
            new Choice("currency", c => c.Amount.Currency),
            new Day("expectedCloseOn", c => c.ExpectedCloseOn, Indexed: true),
            new Day("closedOn", c => c.ClosedOn),
            new Instant("dueAt", c => c.NextStep?.DueAt),
            new Flag("overdue", c => c.Overdue),
            new Instant("lastActivityAt", c => c.LastActivityAt),
            new Instant("createdAt", c => c.CreatedAt),
            new Instant("updatedAt", c => c.UpdatedAt, Indexed: true),
            new Instant("stageSince", c => c.StageSince),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(OpportunityEvent))]
[JsonSerializable(typeof(OpportunityCard))]
[JsonSerializable(typeof(OpportunityCommand.Amend))]
[JsonSerializable(typeof(OpportunityCommand.Assign))]
[JsonSerializable(typeof(OpportunityCommand.CompleteStep))]
[JsonSerializable(typeof(OpportunityCommand.Lose))]
[JsonSerializable(typeof(OpportunityCommand.Reopen))]
[JsonSerializable(typeof(Money?))]
internal sealed partial class OpportunityJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Opportunity))]
internal sealed partial class OpportunityStateJson : JsonSerializerContext;
