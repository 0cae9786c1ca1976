namespace Crm.Grains.Opportunities;

/// <summary>What lies in one stage.</summary>
/// <param name="WinRate">In percent, 0 to 100.</param>
public sealed record FunnelStage(string Stage, int WinRate, long Count, decimal Amount);

/// <summary>A stage with its weighted value.</summary>
/// <param name="Weighted">Amount times win rate, to the hundredth.</param>
public sealed record FunnelLine(string Stage, int WinRate, long Count, decimal Amount, decimal Weighted);

/// <param name="Weighted">The sum over the stages.</param>
/// <param name="Target">Null when none is set; then there is no gap either.</param>
public sealed record OpportunityFunnel(IReadOnlyList<FunnelLine> Stages, decimal Weighted, decimal? Target, decimal? Gap);

/// <summary>The arithmetic of the funnel (OP15, OP16), in exact decimals of one currency.</summary>
public static class FunnelMath
{
    /// <summary>The funnel over these stages, in the order given.</summary>
    public static OpportunityFunnel Of(IEnumerable<FunnelStage> stages, decimal? target)
    {
        FunnelLine[] lines = [.. stages.Select(s => new FunnelLine(s.Stage, s.WinRate, s.Count, s.Amount, Weighted(s.Amount, s.WinRate)))];
        var weighted = lines.Sum(line => line.Weighted);
        return new(lines, weighted, target, target is { } wanted ? Gap(wanted, weighted) : null);
    }

    /// <summary>The amount times the rate in percent, to the hundredth, halves away from zero.</summary>
    public static decimal Weighted(decimal amount, int winRate) => decimal.Round(amount * winRate / 100m, 2, MidpointRounding.AwayFromZero);

    /// <summary>What is missing to the target; never below zero.</summary>
    public static decimal Gap(decimal target, decimal weighted) => Math.Max(target - weighted, 0m);
}
