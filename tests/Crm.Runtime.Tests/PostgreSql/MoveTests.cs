using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Sqlite;
using Crm.Runtime.Tests.Stores;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>A tenant goes from one store to the other and back, and is what it was.</summary>
public sealed class MoveTests : IAsyncLifetime
{
    private static readonly string[] Kinds = ["box", "lid"];

    private readonly SqliteFixture _first = new();
    private readonly PostgreSqlFixture _between = new();
    private readonly SqliteFixture _last = new();

    private static CancellationToken None => CancellationToken.None;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _between.DisposeAsync();
        await _last.DisposeAsync();
    }

    [Fact]
    public async Task There_and_back_everything_is_as_it_was()
    {
        await using (var store = (IMovableStore)_first.Open())
        {
            await FillAsync(store);
            await using var between = (IMovableStore)_between.Open();
            (await TenantMove.RunAsync(store, between, "acme", Kinds, None)).Should().Be(new MoveResult(store.HeadOf("acme"), 12, null));
            between.Tenants.Should().Equal("acme");
            (await between.FindHandledAsync("acme", "id-3", None)).Should().BeEquivalentTo(await store.FindHandledAsync("acme", "id-3", None));
            (await between.FindClaimAsync("acme", "key-5", None)).Should().Be(Hand.Box(5).Key);
            (await between.ReadCursorAsync("reader", "acme", None)).Should().Be(7);
            (await between.ReadParkedAsync("reader", None)).Should().Equal(await store.ReadParkedAsync("reader", None));
            (await between.ReadEffectsAsync(Hand.Start.AddYears(1), 10, None)).Select(effect => (effect.DedupeKey, effect.Attempts))
                .Should().Equal((await store.ReadEffectsAsync(Hand.Start.AddYears(1), 10, None)).Where(effect => effect.Tenant == "acme").Select(effect => (effect.DedupeKey, effect.Attempts)));
            (await between.ReadClocksAsync(Hand.Start.AddYears(1), 50, None)).Should().BeEquivalentTo((await store.ReadClocksAsync(Hand.Start.AddYears(1), 50, None)).Where(clock => clock.Grain.Tenant == "acme"));
            between.Tallies.Read("acme", "box").Should().BeEquivalentTo(store.Tallies.Read("acme", "box"));
            (await between.QueryAsync(new("acme", "box", Match: "common"), None)).Hits.Select(hit => hit.Key).Should().Equal((await store.QueryAsync(new("acme", "box", Match: "common"), None)).Hits.Select(hit => hit.Key));
            (await new Hand(between).TellAsync(Hand.Box(1), new BoxCommand.Add(5), "id-3")).Result.Should().Be(WriteResult.AlreadyHandled);

            await using var last = (IMovableStore)_last.Open();
            (await TenantMove.RunAsync(between, last, "acme", Kinds, None)).Fault.Should().BeNull();
            (await TenantMove.RunAsync(store, between, "bolt", Kinds, None)).Fault.Should().BeNull();
            (await TenantMove.RunAsync(between, last, "bolt", Kinds, None)).Fault.Should().BeNull();
            (await last.VerifyAsync("acme", None)).Should().BeNull();
            (await new Hand(last).TellAsync(Hand.Box(1), new BoxCommand.Add(5))).LastPosition.Should().Be(store.HeadOf("acme") + 1);
        }
    }

    [Fact]
    public async Task A_tenant_that_is_there_already_is_left_alone()
    {
        await using var store = (IMovableStore)_first.Open();
        await using var between = (IMovableStore)_between.Open();
        await new Hand(store).TellAsync(Hand.Box(1), new BoxCommand.Add(1));
        await new Hand(between).TellAsync(Hand.Box(2), new BoxCommand.Add(1));

        (await TenantMove.RunAsync(store, between, "acme", Kinds, None)).Fault.Should().Contain("already");
        await FluentActions.Awaiting(() => between.ReceiveAsync("acme", [], [], None)).Should().ThrowAsync<InvalidOperationException>();
        await FluentActions.Awaiting(() => store.ReceiveAsync("acme", [], [], None)).Should().ThrowAsync<InvalidOperationException>();

        (await between.LoadAsync(Hand.Box(1), None)).Should().BeNull();
        between.HeadOf("acme").Should().Be(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_journal_is_not_taken_in_and_leaves_nothing(bool isSqlite)
    {
        await using var store = (IMovableStore)_first.Open();
        await FillAsync(store);
        var entries = (await store.ReadJournalAsync("acme", 0, 100, null, None)).ToList();
        entries[^1] = entries[^1] with { Payload = "{}"u8.ToArray() };
        await using var other = (IMovableStore)(isSqlite ? _last.Open() : _between.Open());

        await FluentActions.Awaiting(() => other.ReceiveAsync("acme", entries, [], None)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*broken*");

        other.HeadOf("acme").Should().Be(0);
        (await other.QueryAsync(new("acme", "box"), None)).Hits.Should().BeEmpty();
        other.Tallies.Read("acme", "box").Should().BeEmpty();
        (await TenantMove.RunAsync(store, other, "acme", Kinds, None)).Fault.Should().BeNull();
    }

    [Fact]
    public async Task A_chain_that_was_tampered_with_is_not_moved()
    {
        await using (var store = _first.Open())
        {
            await FillAsync(store);
        }

        _first.Tamper("acme", Tampering.ChangeType, 3);
        await using var broken = (IMovableStore)_first.Open();
        await using var between = (IMovableStore)_between.Open();

        (await TenantMove.RunAsync(broken, between, "acme", Kinds, None)).Fault.Should().StartWith("journal-chain-broken at 3");
        between.Tenants.Should().BeEmpty();
    }

    private static async Task FillAsync(IGrainStore store)
    {
        var hand = new Hand(store);
        foreach (var tenant in new[] { "acme", "bolt" })
        {
            for (var i = 0; i < 12; i++)
            {
                await hand.TellAsync(Hand.Box(i, tenant, i % 4 == 3 ? "lid" : "box"), new BoxCommand.Fill(new()
                {
                    Name = $"张伟 {i}",
                    Amount = i * 100,
                    Group = $"g{i % 3}",
                    Keys = [$"key-{i}"],
                    Terms = i % 4 == 3 ? "" : $"common term{i}",
                    IsHidden = i == 8,
                    Clocks = new Dictionary<string, DateTimeOffset> { ["a"] = Hand.Start.AddHours(i) },
                    Mails = i % 5 == 0 ? [$"mail-{i}"] : [],
                }), $"id-{i}");
                await hand.TellAsync(Hand.Box(i, tenant, i % 4 == 3 ? "lid" : "box"), new BoxCommand.Split(2));
            }
        }

        var due = await store.ReadEffectsAsync(Hand.Start.AddYears(1), 10, None);
        await store.WriteEffectAsync(due[0].Id, new(3, null, "gave up"), None);
        await store.WriteEffectAsync(due[1].Id, new(2, Hand.Start.AddHours(1), "busy"), None);
        await store.WriteCursorAsync("reader", "acme", 7, None);
        await store.WriteParkedAsync(new("reader", "acme", 3, Hand.Box(1).Key, 2, Hand.Start, "busy"), None);
    }
}
