using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;

namespace Crm.Grains.Tests.Opportunities;

public sealed class FunnelMathTests
{
    [Fact]
    public void OP15_V1_five_stages_of_a_million_each_weigh_2_600_000()
    {
        var funnel = FunnelMath.Of(Million("simple"), target: 5_000_000m);
        funnel.Stages.Select(stage => stage.Weighted).Should().Equal(100_000m, 300_000m, 500_000m, 700_000m, 1_000_000m);
        funnel.Weighted.Should().Be(2_600_000m);
    }

    [Fact]
    public void OP16_V1_the_gap_to_5_000_000_is_2_400_000() => FunnelMath.Of(Million("simple"), target: 5_000_000m).Gap.Should().Be(2_400_000m);

    [Fact]
    public void OP15_V2_a_million_with_the_key_supporters_consent_weighs_700_000() =>
        FunnelMath.Of(PipelinePresets.All["complex"].Select(stage => new FunnelStage(stage.Key, stage.WinRate, stage.Key == "key-supporter" ? 1 : 0, stage.Key == "key-supporter" ? 1_000_000m : 0m)), null)
            .Weighted.Should().Be(700_000m);

    [Theory]
    [InlineData("0.05", 10, "0.01")] // 0.005: away from zero, not to the even hundredth
    [InlineData("0.25", 10, "0.03")]
    [InlineData("0.04", 10, "0.00")]
    [InlineData("0.01", 99, "0.01")]
    [InlineData("92000000000000000.00", 33, "30360000000000000.00")]
    [InlineData("100", 0, "0.00")]
    public void OP15_a_weighted_value_is_exact_to_the_hundredth(string amount, int rate, string weighted) =>
        FunnelMath.Weighted(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), rate).Should().Be(decimal.Parse(weighted, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void OP15_the_whole_is_the_sum_of_what_is_shown() =>
        FunnelMath.Of([new("a", 10, 1, 0.05m), new("b", 10, 1, 0.05m), new("c", 10, 1, 0.05m)], null).Weighted.Should().Be(0.03m);

    [Fact]
    public void OP15_an_empty_funnel_weighs_nothing() => FunnelMath.Of([], target: 10m).Should().BeEquivalentTo(new OpportunityFunnel([], 0m, 10m, 10m));

    [Fact]
    public void OP16_a_target_that_is_met_leaves_no_gap() => FunnelMath.Of(Million("simple"), target: 1m).Gap.Should().Be(0m);

    [Fact]
    public void OP16_without_a_target_there_is_no_gap()
    {
        var funnel = FunnelMath.Of(Million("simple"), target: null);
        (funnel.Target, funnel.Gap).Should().Be((null, null));
    }

    private static IEnumerable<FunnelStage> Million(string preset) => PipelinePresets.All[preset].Select(stage => new FunnelStage(stage.Key, stage.WinRate, 1, 1_000_000m));
}
