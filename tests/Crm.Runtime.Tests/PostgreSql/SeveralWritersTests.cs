using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Reactions;
using Crm.Runtime.Sharing;
using Crm.Runtime.Tests.Support;
using Npgsql;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>Processes that write side by side: each is a store of its own on the same database.</summary>
public sealed class SeveralWritersTests : IAsyncLifetime
{
    private readonly PostgreSqlFixture _fixture = new();
    private readonly List<PostgreSqlStore> _stores = [];

    private static CancellationToken None => CancellationToken.None;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Versions_and_positions_have_no_gaps_and_nothing_is_lost_or_doubled()
    {
        var (one, two, three) = (await OpenAsync(), await OpenAsync(), await OpenAsync());
        await using var first = new Busy(one, "a", callers: 8, boxes: 6);
        await using var second = new Busy(two, "b", callers: 8, boxes: 6);
        await using var third = new Busy(three, "c", callers: 8, boxes: 6);
        await Task.WhenAll(first.MoreAsync(300), second.MoreAsync(300), third.MoreAsync(300));
        await first.StopAsync();
        await second.StopAsync();
        await third.StopAsync();

        await Busy.AgreeAsync(one, first, second, third);
        var sums = 0L;
        for (var i = 0; i < 6; i++)
        {
            sums += (await one.LoadAsync(Hand.Box(i), None))!.Version;
        }

        sums.Should().Be(new[] { first, second, third }.Sum(busy => busy.Outcomes.Values.Count(outcome => outcome == OutcomeKind.Committed)));
    }

    [Fact]
    public async Task The_loser_of_two_writes_to_one_grain_is_superseded()
    {
        var (one, two) = (new Hand(await OpenAsync()), new Hand(await OpenAsync()));
        await one.TellAsync(Hand.Box(1), new BoxCommand.Add(1));
        var (mine, _) = await one.JudgeAsync(Hand.Box(1), new BoxCommand.Add(2));
        var (theirs, _) = await two.JudgeAsync(Hand.Box(1), new BoxCommand.Add(4));

        var results = await Task.WhenAll(one.WriteAsync(mine), two.WriteAsync(theirs));

        results.Select(write => write.Result).Should().BeEquivalentTo([WriteResult.Stored, WriteResult.Superseded]);
    }

    [Fact]
    public async Task A_grain_that_two_make_at_once_is_made_once_even_in_two_tenants()
    {
        var (one, two) = (new Hand(await OpenAsync()), new Hand(await OpenAsync()));
        for (var i = 0; i < 20; i++)
        {
            var (mine, _) = await one.JudgeAsync(Hand.Box(i), new BoxCommand.Add(1));
            var (theirs, _) = await two.JudgeAsync(Hand.Box(i) with { Tenant = i % 2 == 0 ? "acme" : "bolt" }, new BoxCommand.Add(1));
            var results = await Task.WhenAll(one.WriteAsync(mine), two.WriteAsync(theirs));
            results.Select(write => write.Result).Should().BeEquivalentTo([WriteResult.Stored, WriteResult.Superseded]);
        }
    }

    [Fact]
    public async Task A_key_that_many_claim_at_once_is_held_by_one()
    {
        var hands = new List<Hand>();
        for (var i = 0; i < 4; i++)
        {
            hands.Add(new(await OpenAsync()));
        }

        for (var round = 0; round < 10; round++)
        {
            var writes = new List<GrainWrite>();
            for (var i = 0; i < 16; i++)
            {
                writes.Add((await hands[i % 4].JudgeAsync(Hand.Box(round * 100 + i), new BoxCommand.Take($"key-{round}"))).Write);
            }

            var answers = await Task.WhenAll(writes.Select((write, i) => hands[i % 4].WriteAsync(write)));
            var winner = answers.Should().ContainSingle(write => write.Result == WriteResult.Stored).Subject;
            answers.Where(write => write != winner).Should().OnlyContain(write => write.Result == WriteResult.ClaimHeld && write.Holder == winner.Grain.Key);
        }
    }

    [Fact]
    public async Task What_comes_while_a_writer_waits_for_its_turn_is_committed_with_it()
    {
        var (one, two) = (new Hand(await OpenAsync()), new Hand(await OpenAsync()));
        await one.TellAsync(Hand.Box(1), new BoxCommand.Add(1));
        await two.TellAsync(Hand.Box(2), new BoxCommand.Add(1));
        // it has seen that another writes, too
        await one.TellAsync(Hand.Box(3), new BoxCommand.Add(1));
        var writes = new List<GrainWrite>();
        for (var i = 0; i < 30; i++)
        {
            // a tenant that is not waited for stays behind, and what comes after it
            writes.Add((await one.JudgeAsync(Hand.Box(10 + i, i == 20 ? "bolt" : "acme"), new BoxCommand.Add(1))).Write);
        }

        await using var rival = new NpgsqlConnection(_fixture.ConnectionString);
        await rival.OpenAsync(None);
        await using var turn = await rival.BeginTransactionAsync(None);
        await using (var take = new NpgsqlCommand("select head from tenant for update", rival, turn))
        {
            await take.ExecuteNonQueryAsync(None);
        }

        var first = one.WriteAsync(writes[0]);
        await Until.TrueAsync(() => _fixture.Read("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%for update%'") is ["1"], "the writer waits");
        var others = writes.Skip(1).Select(one.WriteAsync).ToArray();
        await turn.CommitAsync(None);

        (await Task.WhenAll(others.Append(first))).Should().OnlyContain(write => write.Result == WriteResult.Stored);
        _fixture.Read("select count(*) from journal where xmin = (select xmin from journal order by tenant, position offset 3 limit 1)").Should().Equal("20");
    }

    [Fact]
    public async Task What_one_writes_the_others_hear_of()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        var seen = new Seen();
        await using var runner = new ReactionRunner(seen, two, TimeProvider.System);
        runner.Start();
        var hand = new Hand(one);
        await hand.FillAsync(Hand.Box(1), new() { Group = "g", Amount = 100 });
        await hand.FillAsync(Hand.Box(1, "bolt"), new() { Group = "g", Amount = 1 });
        await new Hand(two).FillAsync(Hand.Box(2), new() { Group = "g", Amount = 10 });

        await Until.TrueAsync(() => seen.Count == 3, "the reaction");
        foreach (var store in new[] { one, two })
        {
            await Until.TrueAsync(() => store.HeadOf("acme") == 2 && store.HeadOf("bolt") == 1, "the heads");
            await Until.TrueAsync(() => store.Tallies.Read("acme", "box") is [{ Value: { Count: 2 } }], "the totals");
            store.Tallies.Read("acme", "box")[0].Value.Should().Be(new TallyTotal(2, 110));
            store.Tenants.Should().BeEquivalentTo("acme", "bolt");
        }
    }

    [Fact]
    public async Task Totals_of_one_who_writes_on_follow_what_another_wrote_before()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        for (var i = 1; i <= 10; i++)
        {
            // the second's own commit brings its head past the first's, which it has not read yet
            await new Hand(one).FillAsync(Hand.Box(i), new() { Group = "g", Amount = 100 });
            await new Hand(two).FillAsync(Hand.Box(100 + i), new() { Group = "g", Amount = 1 });
            var told = new TallyTotal(2 * i, 101 * i);
            await Until.TrueAsync(() => two.Tallies.Read("acme", "box") is [{ Value: var total }] && total == told, "the totals");
        }
    }

    [Fact]
    public async Task One_who_is_told_otherwise_reads_totals_when_asked()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync(isTold: true));
        for (var i = 1; i <= 10; i++)
        {
            await new Hand(one).FillAsync(Hand.Box(i), new() { Group = "g", Amount = 100 });

            await two.CatchUpAsync("acme", one.HeadOf("acme"));

            two.Tallies.Read("acme", "box").Should().ContainSingle().Which.Value.Should().Be(new TallyTotal(i, 100 * i));
            two.HeadOf("acme").Should().Be(i);
        }
    }

    [Fact]
    public async Task What_is_for_another_to_handle_is_no_lag()
    {
        var store = await OpenAsync();
        var seen = new Seen();
        await using var runner = new ReactionRunner(seen, store, TimeProvider.System, new ShareOf("bolt"));
        runner.Start();
        var hand = new Hand(store);
        await hand.FillAsync(Hand.Box(1), new() { Group = "g", Amount = 100 });
        await hand.FillAsync(Hand.Box(1, "bolt"), new() { Group = "g", Amount = 1 });

        // both were heard of before they were answered
        await Until.TrueAsync(() => seen.Count == 1 && runner.Lag == 0, "the reaction, and no lag");
    }

    [Fact]
    public async Task A_tenant_that_another_made_is_found_at_once()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        for (var i = 0; i < 10; i++)
        {
            var box = Hand.Box(1, $"tenant-{i}");
            await new Hand(one).FillAsync(box, new() { Keys = ["k"] });
            (await two.LoadAsync(box, None))!.Version.Should().Be(1);
            (await two.FindClaimAsync(box.Tenant, "k", None)).Should().Be(box.Key);
            (await two.QueryAsync(new(box.Tenant, "box"), None)).Hits.Should().ContainSingle();
        }
    }

    [Fact]
    public async Task A_lease_has_one_holder_until_it_is_given_back_or_runs_out()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        var (mine, theirs) = (Guid.NewGuid(), Guid.NewGuid());
        var (soon, late) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));

        (await one.TakeAsync(["a/1", "a/2"], mine, late, None)).Should().BeEquivalentTo("a/1", "a/2");
        (await two.TakeAsync(["a/2", "a/3"], theirs, late, None)).Should().BeEquivalentTo("a/3");
        (await one.TakeAsync(["a/1"], mine, late, None)).Should().BeEquivalentTo("a/1");
        (await two.ReadLeasesAsync("a/", None)).Should().BeEquivalentTo([new Lease("a/1", mine), new Lease("a/2", mine), new Lease("a/3", theirs)]);
        (await two.ReadLeasesAsync("b/", None)).Should().BeEmpty();

        await two.GiveBackAsync(["a/1", "a/3"], theirs, None);
        (await one.ReadLeasesAsync("a/", None)).Should().HaveCount(2);
        await one.GiveBackAsync(["a/1"], mine, None);
        (await two.TakeAsync(["a/1"], theirs, soon, None)).Should().ContainSingle();
        var taken = 0;
        while (taken == 0)
        {
            taken = (await one.TakeAsync(["a/1"], mine, late, None)).Count;
        }

        (await two.TakeAsync(["a/1"], theirs, late, None)).Should().BeEmpty();
    }

    private async Task<PostgreSqlStore> OpenAsync(bool isTold = false)
    {
        var store = await PostgreSqlFixture.OpenAsync(_fixture.Options with { IsExclusive = false, IsTold = isTold });
        _stores.Add(store);
        return store;
    }

    private sealed class Seen : IReaction
    {
        private int _count;

        public string Name => "seen";

        public IReadOnlyCollection<string> Types => ["box-filled-v1"];

        public int Count => Volatile.Read(ref _count);

        public Task HandleAsync(JournalEntry entry, CancellationToken cancel)
        {
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }
    }

    /// <summary>All work for one tenant.</summary>
    private sealed class ShareOf(string ours) : IWorkShare
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public bool IsAlone => false;

        public bool IsOurs(string work, string tenant) => tenant == ours;
    }
}
