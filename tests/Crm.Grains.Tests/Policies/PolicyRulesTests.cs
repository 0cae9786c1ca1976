using Crm.Grains.Policies;

namespace Crm.Grains.Tests.Policies;

public sealed class PolicyRulesTests() : RuleSpec<Policy, PolicyCommand, PolicyEvent, PolicyCard>(PolicySlice.Definition)
{
    private static readonly PolicyLimits Strict = new(ApproveAboveRows: 10, DailyRows: 100, WindowMinutes: 5, LeastRecords: 50, TimesUsual: 3, "stop");

    [Fact]
    public void PO1_limits_of_exports_are_set_and_setting_them_again_changes_nothing()
    {
        Given().When(new PolicyCommand.SetLimits(Strict)).ThenEvents(new PolicyEvent.LimitsSet(PolicyLimits.Default, Strict)).Card.Should().BeEquivalentTo(new { Id = It, Version = 1, Limits = Strict });
        Given(new PolicyEvent.LimitsSet(PolicyLimits.Default, Strict)).When(new PolicyCommand.SetLimits(Strict)).ThenNothing();
        Given().When(new PolicyCommand.SetLimits(Strict with { DailyRows = -1 })).ThenRefused("number-out-of-range", "limits.dailyRows");
    }

    [Fact]
    public void PO2_unusual_reading_has_a_window_a_least_and_a_step()
    {
        Given().When(new PolicyCommand.SetLimits(Strict with { WindowMinutes = 0 })).ThenRefused("number-out-of-range", "limits.windowMinutes");
        Given().When(new PolicyCommand.SetLimits(Strict with { LeastRecords = 9 })).ThenRefused("number-out-of-range", "limits.leastRecords");
        Given().When(new PolicyCommand.SetLimits(Strict with { TimesUsual = 1 })).ThenRefused("number-out-of-range", "limits.timesUsual");
        Given().When(new PolicyCommand.SetLimits(Strict with { Step = "shout" })).ThenRefused("enum-invalid", "limits.step");
    }

    [Fact]
    public void PO3_until_something_is_set_the_defaults_hold()
    {
        Policy.Initial.Now().Should().Be(new PolicyLimits(1_000, 50_000, 10, 300, 5, "tell"));
        PolicyTimeline.Describe(new PolicyEvent.LimitsSet(PolicyLimits.Default, PolicyLimits.Default with { Step = "mask" })).Changes.Should().Equal(new FieldChange("step", "tell", "mask"));
    }
}
