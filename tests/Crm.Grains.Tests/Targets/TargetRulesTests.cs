using Crm.Grains.Targets;

namespace Crm.Grains.Tests.Targets;

public sealed class TargetRulesTests() : RuleSpec<Target, TargetCommand, TargetEvent, TargetCard>(TargetSlice.Definition)
{
    private static readonly Money FiveMillion = new(5_000_000m, "CNY");
    private static readonly TargetEvent.Agreed Agreed = new("simple", "2026-11", OwnerId: null, FiveMillion);

    [Fact]
    public void TG1_a_target_has_a_pipeline_a_month_and_an_amount() =>
        Given().When(new TargetCommand.Set("simple", "2026-11", FiveMillion, Ada)).ThenEvents(Agreed with { OwnerId = Ada })
            .Card.Should().Be(new TargetCard(It, 1, "simple", "2026-11", Ada, FiveMillion));

    [Theory]
    [InlineData("Simple", "2026-11", "key-invalid", "pipeline")]
    [InlineData("simple", "2026-13", "date-invalid", "month")]
    [InlineData("simple", "11/2026", "date-invalid", "month")]
    [InlineData("simple", "2026-11-01", "date-invalid", "month")]
    public void TG1_a_month_is_written_2026_11(string pipeline, string month, string code, string field) => Given().When(new TargetCommand.Set(pipeline, month, FiveMillion)).ThenRefused(code, field);

    [Fact]
    public void TG1_an_amount_is_not_below_zero_and_in_a_known_currency()
    {
        Given().When(new TargetCommand.Set("simple", "2026-11", new(-1m, "CNY"))).ThenRefused("number-out-of-range", "amount");
        Given().When(new TargetCommand.Set("simple", "2026-11", new(1m, ""))).ThenRefused("currency-unknown", "amount");
        Given().When(new TargetCommand.Set("simple", "2026-11", new(0m, "CNY"))).ThenEvents(Agreed with { Amount = new(0m, "CNY") });
    }

    [Fact]
    public void TG2_there_is_one_per_pipeline_month_and_owner()
    {
        Given(Agreed).Claims.Should().Equal("target:simple|2026-11|-");
        Given(Agreed with { OwnerId = Ada }).Claims.Should().Equal($"target:simple|2026-11|{Ada}");
    }

    [Fact]
    public void TG2_setting_it_again_replaces_the_amount() =>
        Given(Agreed).When(new TargetCommand.Set("simple", "2026-11", new(6_000_000m, "CNY"))).ThenEvents(new TargetEvent.Changed(FiveMillion, new(6_000_000m, "CNY")))
            .Card.Should().BeEquivalentTo(new { Version = 2, Amount = new Money(6_000_000m, "CNY") });

    [Fact]
    public void TG2_the_same_amount_is_no_event() => Given(Agreed).When(new TargetCommand.Set("simple", "2026-11", new(5_000_000.00m, "CNY"))).ThenNothing();

    [Fact]
    public void TG3_it_stays_with_its_pipeline_month_and_owner()
    {
        Given(Agreed).When(new TargetCommand.Set("complex", "2026-11", FiveMillion)).ThenRefused(TargetRefusals.OtherTarget);
        Given(Agreed).When(new TargetCommand.Set("simple", "2026-12", FiveMillion)).ThenRefused(TargetRefusals.OtherTarget);
        Given(Agreed).When(new TargetCommand.Set("simple", "2026-11", FiveMillion, Ada)).ThenRefused(TargetRefusals.OtherTarget);
    }

    [Fact]
    public void TG2_the_timeline_says_what_changed()
    {
        TargetTimeline.Describe(Agreed).Changes.Should().Equal(new FieldChange("amount", null, "5000000.00 CNY"));
        TargetTimeline.Describe(new TargetEvent.Changed(FiveMillion, new(6m, "USD"))).Changes.Should().Equal(new FieldChange("amount", "5000000.00 CNY", "6.00 USD"));
    }
}
