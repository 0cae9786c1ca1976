using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Sqlite;

/// <summary>While a commit is brought to the disk the next is applied, and nobody is told or shown what is not there yet.</summary>
public sealed class SqliteSyncTests : IAsyncLifetime
{
    private readonly SyncedSqliteFixture _fixture = new();
    private readonly SemaphoreSlim _disk = new(0);
    private readonly List<string> _points = [];
    private readonly Lock _gate = new();
    private IGrainStore _store = null!;
    private bool _isSlow;
    private bool _isFailing;

    private static CancellationToken None => CancellationToken.None;

    public ValueTask InitializeAsync()
    {
        _store = _fixture.Open(new(At));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _isSlow, false);
        _disk.Release(1_000);
        await _store.DisposeAsync();
        await _fixture.DisposeAsync();
        _disk.Dispose();
    }

    [Fact]
    public async Task Given_a_slow_disk_when_a_command_is_written_then_nobody_sees_it_before_it_is_there()
    {
        var hand = new Hand(_store);
        await hand.FillAsync(Hand.Box(1), new() { Group = "g", Amount = 5 });
        var told = 0;
        _store.Committed += writes => Interlocked.Add(ref told, writes.Count);
        var write = (await hand.JudgeAsync(Hand.Box(1), new BoxCommand.Fill(new() { Group = "g", Amount = 7 }))).Write;
        Volatile.Write(ref _isSlow, true);

        var answer = hand.WriteAsync(write);
        await Until.TrueAsync(() => Count("sync") == 2, "the commit to be on its way");
        var read = _store.LoadAsync(Hand.Box(1), None).AsTask();
        var list = _store.ReadJournalAsync("acme", 0, 10, null, None).AsTask();

        answer.IsCompleted.Should().BeFalse();
        read.IsCompleted.Should().BeFalse("a power cut could take it back");
        (await _store.RecallAsync(Hand.Box(2), None).SoonAsync()).Should().BeNull("nobody but the engine that asks writes that grain");
        list.IsCompleted.Should().BeFalse();
        Volatile.Read(ref told).Should().Be(0);
        _store.HeadOf("acme").Should().Be(1);
        _store.Tallies.Read("acme", "box").Should().ContainSingle().Which.Value.Hundredths.Should().Be((Int128)5);

        _disk.Release(1_000);
        (await answer).Result.Should().Be(WriteResult.Stored);
        (await read.SoonAsync())!.Version.Should().Be(2);
        (await list.SoonAsync()).Should().HaveCount(2);
        told.Should().Be(1);
        _store.HeadOf("acme").Should().Be(2);
        _store.Tallies.Read("acme", "box").Should().ContainSingle().Which.Value.Hundredths.Should().Be((Int128)7);
    }

    [Fact]
    public async Task Given_a_commit_on_its_way_when_more_commands_come_then_they_are_applied_meanwhile_and_committed_after_it()
    {
        var hand = new Hand(_store);
        var (answer, others) = await WriteBehindASlowOneAsync(hand);
        Count("commit").Should().Be(1, "one commit at most is not on disk");
        answer.IsCompleted.Should().BeFalse();

        _disk.Release(1_000);
        (await answer).LastPosition.Should().Be(1);
        (await Task.WhenAll(others)).Should().OnlyContain(write => write.Result == WriteResult.Stored && write.LastPosition > 1);
    }

    [Fact]
    public async Task Given_a_commit_on_its_way_when_the_sync_fails_then_all_after_it_is_unknown_and_the_store_stops()
    {
        var hand = new Hand(_store);
        var (answer, others) = await WriteBehindASlowOneAsync(hand);
        Volatile.Write(ref _isFailing, true);
        _disk.Release(1_000);

        (await answer).Result.Should().Be(WriteResult.DurabilityUnknown);
        (await Task.WhenAll(others)).Should().OnlyContain(write => write.Result == WriteResult.DurabilityUnknown);
        await FluentActions.Awaiting(() => _store.LoadAsync(Hand.Box(1), None).AsTask()).Should().ThrowAsync<DurabilityUnknownException>("what it sees may not be there");
        await FluentActions.Awaiting(() => _store.RecallAsync(Hand.Box(1), None).AsTask()).Should().ThrowAsync<DurabilityUnknownException>("what it sees may not be there");
        _store.IsHealthy.Should().BeFalse();
        _store.HeadOf("acme").Should().Be(0);
        (await hand.WriteAsync(JudgeNew(hand, 999))).Result.Should().Be(WriteResult.DurabilityUnknown);
    }

    /// <summary>One whose commit waits for the disk, and behind it more than enough to be worth a commit of their own, of which some are applied.</summary>
    private async Task<(Task<GrainWrite> First, IReadOnlyList<Task<GrainWrite>> Others)> WriteBehindASlowOneAsync(Hand hand)
    {
        Volatile.Write(ref _isSlow, true);
        var first = hand.WriteAsync(JudgeNew(hand, 1));
        await Until.TrueAsync(() => Count("sync") == 1, "the first commit to be on its way");
        Task<GrainWrite>[] others = [.. Enumerable.Range(2, 100).Select(box => hand.WriteAsync(JudgeNew(hand, box)))];
        await Until.TrueAsync(() => Count("apply") > 1, "others to be applied");
        return (first, others);
    }

    private static GrainWrite JudgeNew(Hand hand, int box) => hand.Judge(new BoxBehaviour().Recall(Hand.Box(box), null), new BoxCommand.Add(1)).Write;

    private void At(string point)
    {
        lock (_gate)
        {
            _points.Add(point);
        }

        if (point == "sync" && Volatile.Read(ref _isSlow))
        {
            _disk.Wait();
            if (Volatile.Read(ref _isFailing))
            {
                throw new IOException("the disk is gone");
            }
        }
    }

    private int Count(string point)
    {
        lock (_gate)
        {
            return _points.Count(known => known == point);
        }
    }
}
