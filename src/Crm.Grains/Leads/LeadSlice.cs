using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Leads.LeadCard>;

namespace Crm.Grains.Leads;

public static class LeadSlice
{
    public static Slice<Lead, LeadCommand, LeadEvent, LeadCard> Definition { get; } = new()
    {
        Kind = "lead",
        Plural = "leads",
        Module = new("leads"),
        Json = JsonTypeInfoResolver.Combine(LeadJson.Default, LeadStateJson.Default),
        Initial = Lead.Initial,
        Decide = LeadRules.Decide,
        Evolve = LeadRules.Evolve,
        Project = LeadBoard.Project,
        Describe = LeadTimeline.Describe,
        Holder = LeadRules.Holder,
        Custom = new(LeadRules.CustomOf, c => c.Custom, changes => new LeadEvent.Computed(changes), LeadRules.Together, () => new LeadCommand.Compute()),
        HandOver = to => new LeadCommand.HandOver(to),
        Claims = LeadRules.Claims,
        Claimed = _ => LeadRefusals.Duplicate,
        Clocks = LeadRules.Clocks,
        OnClock = _ => new LeadCommand.StepDue(),
        SearchTexts = c => [c.Name, c.Company, c.Mobile, c.Email, c.Product, c.Region],
        SearchedFields = ["name", "company", "mobile", "email", "product", "region"],
        Headline = c => (c.Name, c.Company),
        Columns =
        [
            new Text("name", c => c.Name, Indexed: true),
            new Text("company", c => c.Company, Indexed: true),
            new Text("mobile", c => c.Mobile),
            new Text("email", c => c.Email),
            new Choice("source", c => c.Source),
            new Text("region", c => c.Region, Repeats: true),
            new Text("product", c => c.Product, Repeats: true),
            new Text("note", c => c.Note),
            new Choice("status", c => c.Status, Indexed: true),
            new Choice("ruledOutReason", c => c.RuledOutReason),
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Integer("captures", c => c.Captures),
            new Instant("dueAt", c => c.NextStep?.DueAt),
            new Flag("overdue", c => c.Overdue),
            new Instant("lastActivityAt", c => c.LastActivityAt),
            new Instant("createdAt", c => c.CreatedAt, Indexed: true),
            new Instant("updatedAt", c => c.UpdatedAt, Indexed: true),
            new Id("customerId", c => c.CustomerId),
            new Id("importId", c => c.ImportId, Indexed: true),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(LeadEvent))]
[JsonSerializable(typeof(LeadCard))]
[JsonSerializable(typeof(LeadCommand.Capture))]
[JsonSerializable(typeof(LeadCommand.Amend))]
[JsonSerializable(typeof(LeadCommand.Assign))]
[JsonSerializable(typeof(LeadCommand.CompleteStep))]
[JsonSerializable(typeof(LeadCommand.Qualify))]
[JsonSerializable(typeof(LeadCommand.RuleOut))]
[JsonSerializable(typeof(LeadCommand.Reopen))]
internal sealed partial class LeadJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Lead))]
internal sealed partial class LeadStateJson : JsonSerializerContext;
