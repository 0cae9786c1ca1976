using System.Collections.Concurrent;
using System.Text.Json;
using Crm.Runtime.Journal;
using Crm.Runtime.Reactions;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Reactions;

/// <summary>Reactions on any engine and store: every event at least once, a grain's events in order, its effect once, and no event holds up another grain.</summary>
public abstract class ReactionSuite<TFixture> : RuntimeSuite<TFixture> where TFixture : IRuntimeFixture, new()
{
    private static readonly GrainId Sum = Hand.Box(99);

    private readonly ConcurrentQueue<ParkedEntry> _failures = new();
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly Recorder _recorder = new();
    private ReactionRunner? _runner;

    [Fact]
    public async Task It_is_given_every_event_of_its_types_in_order_from_the_first_on()
    {
        await AddAsync(One, 1);
        await FillAsync(One, new() { Name = "not asked for" });
        await TellAsync(Two, new BoxCommand.Split(3));
        await AddAsync(Hand.Box(1, "bolt"), 7);
        Start();
        await ReachedAsync();
        await AddAsync(One, 5);
        await ReachedAsync();
        await ReachedAsync("bolt");
        _recorder.Seen("acme").Should().Equal(1, 3, 4, 5, 6);
        _recorder.Seen("bolt").Should().Equal(1);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        Start();
        await AddAsync(One);
        await ReachedAsync();
        await CloseAsync();
        await AddAsync(One);
        Start();
        await ReachedAsync();
        _recorder.Seen("acme").Should().Equal(1, 2);
        (await Store.ReadCursorAsync("recorder", "acme", None)).Should().Be(2);
    }

    [Fact]
    public async Task What_was_handled_and_not_noted_is_handled_again_and_takes_effect_once()
    {
        _recorder.Work = entry => AddToSumAsync(entry);
        Store.Fail = member => member == nameof(IGrainStore.WriteCursorAsync);
        Start();
        await AddAsync(One, 10);
        await Until.TrueAsync(() => _faults.Count == 1, "the cursor not to be written");
        (await BoxOfAsync(Sum)).Sum.Should().Be(1);
        await CloseAsync();
        Start();
        await ReachedAsync();
        _recorder.Seen("acme").Take(2).Should().Equal(1, 1);
        (await BoxOfAsync(Sum)).Sum.Should().Be(1, "a command's id is made of the event");
    }

    [Fact]
    public async Task Stopped_at_random_it_does_everything_and_nothing_twice()
    {
        var random = new Random(3);
        var asked = 0;
        for (var round = 0; round < 15; round++)
        {
            var calls = random.Next(1, 12);
            _recorder.Work = async entry =>
            {
                await AddToSumAsync(entry);
                if (Interlocked.Decrement(ref calls) == 0)
                {
                    throw new IOException("cut off after it was done");
                }
            };
            Store.Fail = _ => Volatile.Read(ref calls) <= 0 && Interlocked.Increment(ref asked) % 3 == 0;
            Start();
            for (var i = 0; i < 5; i++)
            {
                var grain = Hand.Box(i);
                await FluentActions.Awaiting(() => AddAsync(grain)).Should().NotThrowAsync<TimeoutException>("a store that fails is answered with its fault");
            }

            await CloseAsync();
        }

        _recorder.Work = AddToSumAsync;
        Start();
        await Until.TrueAsync(() => Drained(), "all to be done");
        var added = (await JournalAsync()).Count(entry => entry.Type == "box-added-v1" && entry.Key != Sum.Key);
        added.Should().BePositive();
        (await BoxOfAsync(Sum)).Sum.Should().Be(added);

        bool Drained()
        {
            Time.Advance(TimeSpan.FromMinutes(2));
            return Store.ReadCursorAsync("recorder", "acme", None).AsTask().GetAwaiter().GetResult() == Store.HeadOf("acme") && NoneIsParked();
        }
    }

    [Fact]
    public async Task An_event_that_fails_is_tried_again_with_its_grains_later_ones_behind_it_and_others_pass()
    {
        var isBroken = true;
        _recorder.Work = entry => Volatile.Read(ref isBroken) && entry.Key == One.Key ? throw new IOException("not now") : Task.CompletedTask;
        Start();
        await AddAsync(One);
        await AddAsync(Two);
        await AddAsync(One);
        await AddAsync(Two);
        await ReachedAsync();
        _recorder.Done("acme").Should().Equal(2, 4);
        (await Store.ReadParkedAsync("recorder", None)).Select(parked => (parked.Position, parked.Attempts)).Should().Equal((1, 1), (3, 1));
        Volatile.Write(ref isBroken, false);
        await Pace.AdvanceToTimerAsync(TimeSpan.FromMilliseconds(200));
        await Until.TrueAsync(() => _recorder.Done("acme").Count == 4, "the rest");
        _recorder.Done("acme").Should().Equal(2, 4, 1, 3);
        await Until.TrueAsync(() => NoneIsParked(), "nothing to be parked");
    }

    [Fact]
    public async Task An_event_that_fails_ten_times_is_parked_and_its_grain_goes_on()
    {
        _recorder.Work = entry => entry.Position == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        Start();
        await AddAsync(One);
        await AddAsync(One);
        await ReachedAsync();
        for (var tries = 1; tries < ReactionRunner.MostAttempts; tries++)
        {
            await Pace.AdvanceToTimerAsync(TimeSpan.FromMilliseconds(100 * Math.Pow(2, tries)));
        }

        await Until.TrueAsync(() => _recorder.Done("acme").Count == 1, "the one behind");
        _recorder.Seen("acme").Count(position => position == 1).Should().Be(ReactionRunner.MostAttempts);
        await Until.TrueAsync(() => Parked() is [{ RetryAt: null }], "only the poison to be parked");
        Parked()[0].Should().Be(new ParkedEntry("recorder", "acme", 1, One.Key, 10, null, "InvalidOperationException: poison"));
        _failures.Where(failure => failure.Position == 1).Select(failure => failure.Attempts).Should().Equal(Enumerable.Range(1, 10));
        await AddAsync(One);
        await ReachedAsync();
        _recorder.Done("acme").Should().Equal(2, 3);
        await CloseAsync();
        Start();
        await AddAsync(One);
        await ReachedAsync();
        _recorder.Done("acme").Should().Equal(2, 3, 4);
        _recorder.Seen("acme").Count(position => position == 1).Should().Be(ReactionRunner.MostAttempts, "a parked event waits for a person");
    }

    [Fact]
    public async Task A_parked_event_is_handled_when_replayed_after_a_repair_and_stays_parked_without()
    {
        var isBroken = true;
        _recorder.Work = entry => Volatile.Read(ref isBroken) ? throw new InvalidOperationException("poison") : AddToSumAsync(entry);
        await AddAsync(One);
        await Store.WriteParkedAsync(new("recorder", "acme", 1, One.Key, 10, null, "poison"), None);
        Start();
        await ReachedAsync();
        await _runner!.ReplayAsync(Parked()[0], None);
        await Until.TrueAsync(() => !_failures.IsEmpty, "it to fail again");
        Parked().Should().ContainSingle().Which.Should().Match<ParkedEntry>(entry => entry.RetryAt == null && entry.Attempts == 10);
        Volatile.Write(ref isBroken, false);
        await _runner.ReplayAsync(Parked()[0], None);
        await Until.TrueAsync(() => NoneIsParked(), "it to be done");
        (await BoxOfAsync(Sum)).Sum.Should().Be(1);
    }

    [Fact]
    public async Task What_waits_for_its_next_try_is_tried_after_a_restart()
    {
        _recorder.Work = _ => throw new IOException("not now");
        Start();
        await AddAsync(One);
        await AddAsync(One);
        await ReachedAsync();
        await CloseAsync();
        _recorder.Work = null;
        Time.Advance(TimeSpan.FromSeconds(1));
        Start();
        await Until.TrueAsync(() => _recorder.Done("acme").Count == 2, "both");
        _recorder.Done("acme").Should().Equal(1, 2);
    }

    [Fact]
    public async Task One_poisoned_event_among_thousands_keeps_none_of_them_waiting()
    {
        _recorder.Work = entry => entry.Position == 500 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => AddAsync(Hand.Box(i))));
        Start();
        await ReachedAsync();
        _recorder.Done("acme").Should().HaveCount(1_999).And.BeInAscendingOrder();
        Parked().Should().ContainSingle().Which.Position.Should().Be(500);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_reported_and_read_again()
    {
        await AddAsync(One);
        Store.Fail = member => member is nameof(IGrainStore.ReadJournalAsync) && _faults.Count < 2;
        Start();
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await ReachedAsync();
        _recorder.Done("acme").Should().Equal(1);
        _faults.Should().HaveCount(2);
    }

    [Fact]
    public async Task Whoever_waits_for_it_is_told_when_it_stops()
    {
        _recorder.Work = _ => Task.Delay(Timeout.Infinite, _recorder.Stop);
        Start();
        await AddAsync(One);
        var reached = _runner!.ReachedAsync("acme", 1, None);
        await Until.TrueAsync(() => _recorder.Seen("acme").Count == 1, "the event");
        reached.IsCompleted.Should().BeFalse();
        await _runner.DisposeAsync();
        await FluentActions.Awaiting(() => reached.SoonAsync()).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => _runner.ReachedAsync("acme", 1, None).SoonAsync()).Should().ThrowAsync<OperationCanceledException>();
    }

    protected override async Task CloseAsync()
    {
        if (_runner is not null)
        {
            await _runner.DisposeAsync();
        }

        _runner = null;
        await base.CloseAsync();
    }

    private void Start()
    {
        _runner = new(_recorder, Store, Pace);
        _runner.Failed += _failures.Enqueue;
        _runner.Faulted += _faults.Enqueue;
        _runner.Start();
    }

    private Task ReachedAsync(string tenant = "acme") => _runner!.ReachedAsync(tenant, Store.HeadOf(tenant), None).SoonAsync();

    private IReadOnlyList<ParkedEntry> Parked() => Store.ReadParkedAsync("recorder", None).AsTask().GetAwaiter().GetResult();

    private bool NoneIsParked() => Parked().Count == 0;

    /// <summary>What a reaction is for: a command to another grain because of an event.</summary>
    private async Task AddToSumAsync(JournalEntry entry)
    {
        if (entry.Key == Sum.Key)
        {
            return;
        }

        var outcome = await Engine.TellAsync(
            new(Sum with { Tenant = entry.Tenant }, new BoxCommand.Add(1), new(SenderKind.Reaction, Guid.Empty), ((IReaction)_recorder).CommandIdOf(entry, "add")), None);
        if (!outcome.Succeeded)
        {
            throw new IOException($"{outcome.Kind}");
        }
    }

    /// <summary>Remembers what it was given.</summary>
    private sealed class Recorder : IReaction
    {
        private readonly Lock _gate = new();
        private readonly List<(string Tenant, long Position)> _seen = [];
        private readonly List<(string Tenant, long Position)> _done = [];

        public string Name => "recorder";

        public IReadOnlyCollection<string> Types => ["box-added-v1"];

        public Func<JournalEntry, Task>? Work { get; set; }

        public CancellationToken Stop { get; private set; }

        public IReadOnlyList<long> Seen(string tenant) => Of(_seen, tenant);

        public IReadOnlyList<long> Done(string tenant) => Of(_done, tenant);

        public async Task HandleAsync(JournalEntry entry, CancellationToken cancel)
        {
            JsonDocument.Parse(entry.Payload).Dispose();
            lock (_gate)
            {
                Stop = cancel;
                _seen.Add((entry.Tenant, entry.Position));
            }

            await (Work?.Invoke(entry) ?? Task.CompletedTask);
            lock (_gate)
            {
                _done.Add((entry.Tenant, entry.Position));
            }
        }

        private IReadOnlyList<long> Of(List<(string Tenant, long Position)> list, string tenant)
        {
            lock (_gate)
            {
                return [.. list.Where(one => one.Tenant == tenant).Select(one => one.Position)];
            }
        }
    }
}
