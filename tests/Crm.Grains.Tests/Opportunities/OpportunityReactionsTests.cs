using Crm.Grains.Customers;
using Crm.Grains.Leads;
using Crm.Grains.Opportunities;

namespace Crm.Grains.Tests.Opportunities;

public sealed class OpportunityReactionsTests
{
    private static readonly Guid Lead = new("01900000-0000-7000-8000-0000000000f1");
    private static readonly Guid Ada = new("01900000-0000-7000-8000-00000000000a");
    private static readonly Guid Tencent = new("01900000-0000-7000-8000-0000000000c1");
    private static readonly Guid Chen = new("01900000-0000-7000-8000-0000000000d1");
    private static readonly Guid Deal = new("01900000-0000-7000-8000-000000000001");
    private static readonly DateOnly Today = new(2026, 11, 2);
    private static readonly ConvertedOpportunity Wanted = new("CRM for Tencent", "simple", "needs", 30, new(100m, "CNY"), new(2026, 12, 31));

    private static readonly LeadEvent.Converted Converted = new(
        Tencent, IsNewCustomer: true, Chen, Deal, Wanted,
        new("王伟", "腾讯科技", null, null, "website", null, null, null, new Dictionary<string, CustomValue>()), Ada, "open");

    [Fact]
    public void OP17_a_converted_lead_becomes_an_opportunity_in_the_stage_looked_up() =>
        OpportunityReactions.From(Lead, Converted, Tencent, "腾讯科技", Chen, Today).Should().Be(new OpportunityCommand.Create(
            "CRM for Tencent", new("simple", "needs", 30), new(100m, "CNY"), Today, Tencent, "腾讯科技", Chen, Lead, Ada, new(2026, 12, 31)));

    [Fact]
    public void OP17_or_none_when_none_was_wanted() =>
        OpportunityReactions.From(Lead, Converted with { Opportunity = null, OpportunityId = null }, Tencent, "腾讯科技", Chen, Today).Should().BeNull();

    [Fact]
    public void OP17_a_lead_converted_into_the_won_stage_is_won()
    {
        var create = OpportunityReactions.From(Lead, Converted with { Opportunity = Wanted with { Stage = "signed", WinRate = 100 } }, Tencent, "腾讯科技", Chen, Today);
        OpportunityRules.Decide(Opportunity.Initial, create!, new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero)).Events.Should().HaveCount(2); // not null: an opportunity is wanted
    }

    [Fact]
    public void OP19_the_step_of_a_converted_lead_is_its_own_from_the_start()
    {
        var now = new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
        foreach (var step in (Step[])[new("Demo", now.AddDays(1)), new("Called too late", now.AddDays(-1))])
        {
            var create = OpportunityReactions.From(Lead, Converted with { NextStep = step }, Tencent, "腾讯科技", Chen, Today);
            var events = OpportunityRules.Decide(Opportunity.Initial, create!, now).Events; // not null: an opportunity is wanted
            events.Should().HaveCount(2).And.EndWith(new OpportunityEvent.StepPlanned(step, Replaced: null));
            OpportunityRules.Clocks(events.Aggregate(Opportunity.Initial, OpportunityRules.Evolve)).Should().Equal(new Clock(OpportunityRules.StepClock, step.DueAt));
        }
    }

    [Fact]
    public void OP13_a_renamed_customer_names_its_opportunities()
    {
        OpportunityReactions.From(Tencent, new CustomerEvent.Amended([new("city", null, "深圳"), new("name", "腾讯科技", "腾讯云")])).Should().Be(new OpportunityCommand.NameCustomer(Tencent, "腾讯云"));
        OpportunityReactions.From(Tencent, new CustomerEvent.Amended([new("city", null, "深圳")])).Should().BeNull();
    }
}
