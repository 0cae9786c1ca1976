using Crm.Cluster.Tests.Support;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.PostgreSql;
using Crm.Runtime.Tests.Sqlite;
using Crm.Runtime.Tests.Stores;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Seats;

/// <summary>The cluster may run a grain twice, for a while after a node was lost. Two of each are forced here: what they accept is what is stored.</summary>
public abstract class SplitBrainSuite<TStore> : RuntimeSuite<ClusterFixture<TStore>> where TStore : IStoreFixture, new()
{
    [Fact]
    public async Task Two_activations_of_each_grain_accept_together_exactly_what_is_stored()
    {
        const int Grains = 100;
        const int Writes = 50;
        var one = Running.Engine;
        await using var other = StartAnother();
        var outcomes = await Task.WhenAll(
            from engine in new[] { one, other.Engine }
            from grain in Enumerable.Range(0, Grains)
            select Task.Run(() => WriteAsync(engine, grain, Writes)));

        var accepted = outcomes.SelectMany(each => each).Where(outcome => outcome.Kind == OutcomeKind.Committed).ToList();
        outcomes.SelectMany(each => each).Should().OnlyContain(outcome => outcome.Kind == OutcomeKind.Committed || outcome.Kind == OutcomeKind.VersionConflict);
        var journal = await JournalAsync();
        journal.Should().HaveCount(accepted.Count, "what was accepted is stored, and nothing else");
        journal.Select(entry => entry.Position).Should().Equal(Enumerable.Range(1, journal.Count).Select(position => (long)position));
        foreach (var grain in journal.GroupBy(entry => entry.Key))
        {
            grain.Select(entry => entry.Version).Should().Equal(Enumerable.Range(1, grain.Count()).Select(version => (long)version));
            (await BoxOfAsync(new("acme", "box", grain.Key))).Sum.Should().Be(grain.Count());
        }

        accepted.Select(outcome => (outcome.Grain, outcome.Version)).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task What_an_activation_answers_without_writing_it_answers_on_what_the_other_has_stored()
    {
        await using var other = StartAnother();
        await AddAsync(One, 5);
        (await other.Engine.TellAsync(new(One, new BoxCommand.Add(10), Sender.System), None).SoonAsync()).Version.Should().Be(2);

        (await TellAsync(One, new BoxCommand.Require(15))).Kind.Should().Be(OutcomeKind.Unchanged, "the other's ten count");
        (await TellAsync(One, new BoxCommand.Add(1), expected: 1)).Should().Be(new Outcome(OutcomeKind.VersionConflict, 2, Grain: One.Key));
        (await other.Engine.TellAsync(new(One, new BoxCommand.Require(16), Sender.System), None).SoonAsync()).Refusal.Should().Be("low");
    }

    private static async Task<List<Outcome>> WriteAsync(IGrainEngine engine, int grain, int writes)
    {
        var outcomes = new List<Outcome>();
        for (var i = 0; i < writes; i++)
        {
            outcomes.Add(await engine.TellAsync(new(Hand.Box(grain + 1), new BoxCommand.Add(1), Sender.System), None));
        }

        return outcomes;
    }
}

public sealed class SplitBrainTests : SplitBrainSuite<SqliteFixture>;

public sealed class SplitBrainOnPostgreSqlTests : SplitBrainSuite<PostgreSqlFixture>;
