using Crm.Grains.Opportunities;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Grains.Tests.Properties;

public sealed class TallyProperties
{
    /// <summary>OP14: running totals, kept by the difference that each event makes to its card, equal a count over the cards.</summary>
    [Fact]
    public void OP14_running_totals_equal_a_count_over_the_cards() =>
        Prop.ForAll(Gen.ArrayOf(Histories.Commands(typeof(OpportunityCommand)).Generator, 6).ToArbitrary(), histories =>
        {
            var totals = new Dictionary<string, (long Count, Int128 Hundredths)>();
            var cards = new List<OpportunityCard>();
            foreach (var (commands, n) in histories.Select((commands, n) => (commands, n)))
            {
                if (Live(new Guid(n + 1, 0, 0, new byte[8]), commands.Cast<OpportunityCommand>(), totals) is { } card)
                {
                    cards.Add(card);
                }
            }

            totals.Where(total => total.Value != (0, 0)).Should().BeEquivalentTo(
                cards.GroupBy(card => string.Join('|', card.Status, card.Pipeline, card.Stage, card.OwnerId?.ToString() ?? "-", MonthOf(card), card.Amount.Currency))
                    .ToDictionary(group => group.Key, group => ((long)group.Count(), (Int128)(group.Sum(card => card.Amount.Amount) * 100m))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    /// <summary>OP15: the whole is the sum of its parts, lies between nothing and everything, and does not depend on the order.</summary>
    [Fact]
    public void OP15_the_weighted_value_is_the_sum_of_its_stages() =>
        Prop.ForAll(Gen.Zip(Gen.Choose(0, 100), Gen.Choose(0, int.MaxValue)).ListOf().ToArbitrary(), stages =>
        {
            var rows = stages.Select((stage, n) => new FunnelStage($"s{n}", stage.Item1, 1, stage.Item2 / 100m)).ToArray();
            var funnel = FunnelMath.Of(rows, target: 1_000_000m);
            funnel.Weighted.Should().Be(funnel.Stages.Sum(stage => stage.Weighted)).And.BeInRange(0m, rows.Sum(row => row.Amount));
            FunnelMath.Of(rows.Reverse(), null).Weighted.Should().Be(funnel.Weighted);
            funnel.Gap.Should().Be(funnel.Weighted >= 1_000_000m ? 0m : 1_000_000m - funnel.Weighted);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static OpportunityCard? Live(Guid id, IEnumerable<OpportunityCommand> commands, Dictionary<string, (long Count, Int128 Hundredths)> totals)
    {
        var (state, card, version, now) = (Opportunity.Initial, (OpportunityCard?)null, 0L, Histories.Start);
        foreach (var command in commands)
        {
            now = now.AddHours(5);
            foreach (var happened in OpportunityRules.Decide(state, command, now).Events)
            {
                state = OpportunityRules.Evolve(state, happened);
                var after = OpportunityBoard.Project(card, new(id, ++version, happened, now, id));
                Add(card, -1);
                Add(after, +1);
                card = after;
            }
        }

        return card;

        void Add(OpportunityCard? counted, int sign)
        {
            foreach (var tally in counted is null ? [] : OpportunityBoard.Tallies(counted))
            {
                var (count, hundredths) = totals.GetValueOrDefault(tally.Group);
                totals[tally.Group] = (count + (sign * tally.Count), hundredths + (sign * (Int128)tally.Hundredths));
            }
        }
    }

    private static string MonthOf(OpportunityCard card) =>
        (card.Status == "open" ? card.ExpectedCloseOn : card.ClosedOn) is { } day ? $"{day.Year:0000}-{day.Month:00}" : "-";
}
