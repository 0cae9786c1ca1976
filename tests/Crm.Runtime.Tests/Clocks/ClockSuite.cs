using System.Collections.Concurrent;
using Crm.Runtime.Clocks;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Clocks;

/// <summary>Clocks on any engine and store: each fires once, to the second, whatever happens between.</summary>
public abstract class ClockSuite<TFixture> : RuntimeSuite<TFixture> where TFixture : IRuntimeFixture, new()
{
    private readonly ConcurrentQueue<Exception> _faults = new();
    private ClockService? _clocks;

    private DateTimeOffset Now => Time.GetUtcNow();

    [Fact]
    public async Task A_clock_fires_once_and_to_the_second()
    {
        Start();
        var due = Now.AddSeconds(90);
        await SetAsync(One, ("alarm", due));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(90));
        await TickedAsync(One);
        var tick = (await JournalAsync())[^1];
        tick.Should().BeEquivalentTo(new { At = due, ByKind = SenderKind.Clock, Type = "box-ticked-v1", Version = 2L });
        Time.Advance(TimeSpan.FromHours(1));
        await AllFiredAsync();
        (await BoxOfAsync(One)).Ticks.Should().Be(1);
    }

    [Fact]
    public async Task A_clock_far_away_fires_to_the_second_too()
    {
        Start();
        var due = Now.AddHours(3).AddSeconds(7);
        await SetAsync(One, ("alarm", due));
        while (Now < due)
        {
            // it looks ahead again and again; each time it is left to do so
            await Until.TrueAsync(() => Pace.NextTimer > Now, "the next look ahead");
            Time.Advance(Pace.NextTimer!.Value - Now); // waited for
        }

        await TickedAsync(One);
        (await JournalAsync())[^1].At.Should().Be(due);
    }

    [Fact]
    public async Task A_clock_that_came_due_while_nothing_ran_fires_at_once_and_a_later_one_in_time()
    {
        var due = Now.AddMinutes(5);
        await SetAsync(One, ("alarm", due));
        await SetAsync(Two, ("alarm", due.AddMinutes(3)));
        await CloseAsync();
        Time.Advance(TimeSpan.FromMinutes(6));
        Start();
        await TickedAsync(One);
        (await BoxOfAsync(Two)).Ticks.Should().Be(0);
        await Pace.AdvanceToTimerAsync(TimeSpan.FromMinutes(2));
        await TickedAsync(Two);
        (await JournalAsync()).Where(entry => entry.ByKind == SenderKind.Clock).Select(entry => entry.At).Should().Equal(due.AddMinutes(1), due.AddMinutes(3));
    }

    [Fact]
    public async Task A_clock_fires_once_however_often_everything_is_started_anew()
    {
        await SetAsync(One, ("alarm", Now.AddSeconds(1)));
        Time.Advance(TimeSpan.FromSeconds(2));
        for (var round = 0; round < 5; round++)
        {
            Start();
            await TickedAsync(One);
            await AllFiredAsync();
            await CloseAsync();
        }

        (await BoxOfAsync(One)).Ticks.Should().Be(1);
    }

    [Fact]
    public async Task A_clock_that_was_stopped_does_not_fire()
    {
        Start();
        await SetAsync(One, ("alarm", Now.AddSeconds(10)));
        await SetAsync(One);
        await SetAsync(Two, ("alarm", Now.AddSeconds(10)));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(10));
        await TickedAsync(Two);
        await AllFiredAsync();
        (await BoxOfAsync(One)).Ticks.Should().Be(0);
        (await JournalAsync()).Count(entry => entry.ByKind == SenderKind.Clock && entry.Key == One.Key).Should().Be(0);
    }

    [Fact]
    public async Task A_clock_that_was_moved_fires_at_its_new_time_only()
    {
        Start();
        var start = Now;
        await SetAsync(One, ("alarm", start.AddSeconds(60)));
        await SetAsync(Two, ("alarm", start.AddSeconds(60)));
        await Until.TrueAsync(() => Pace.HasTimerAt(start.AddSeconds(60)), "the time they had first to be known");
        await SetAsync(One, ("alarm", start.AddSeconds(30)));
        await SetAsync(Two, ("alarm", start.AddSeconds(90)));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(30));
        await TickedAsync(One);
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(30)); // the time it had first is slept to in vain
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(30));
        await TickedAsync(Two);
        (await JournalAsync()).Where(entry => entry.ByKind == SenderKind.Clock).Select(entry => (entry.Key, (entry.At - start).TotalSeconds))
            .Should().Equal((One.Key, 30), (Two.Key, 90));
    }

    [Fact]
    public async Task A_clock_set_again_to_the_time_at_which_it_fired_fires_again()
    {
        Start();
        var due = Now.AddSeconds(10);
        await SetAsync(One, ("alarm", due));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(10));
        await TickedAsync(One);
        await SetAsync(One, ("alarm", due));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromMilliseconds(1));
        await TickedAsync(One, 2);
    }

    [Fact]
    public async Task A_clock_moved_while_clocks_are_read_fires_at_its_new_time_only()
    {
        var start = Now;
        await SetAsync(One, ("alarm", start.AddSeconds(10)));
        Store.Hold(nameof(IGrainStore.ReadClocksAsync));
        Start();
        await Until.TrueAsync(() => Store.IsKept(nameof(IGrainStore.ReadClocksAsync)), "the clocks to be read");
        await SetAsync(One, ("alarm", start.AddSeconds(20)));
        Store.Release(nameof(IGrainStore.ReadClocksAsync));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(20));
        await TickedAsync(One);
        (await JournalAsync()).Single(entry => entry.ByKind == SenderKind.Clock).At.Should().Be(start.AddSeconds(20));
    }

    [Fact]
    public async Task A_grains_clocks_fire_in_their_order_and_a_clock_may_set_the_next()
    {
        Start();
        await SetAsync(One, ("c", Now.AddSeconds(3)), ("a", Now.AddSeconds(1)), ("b", Now.AddSeconds(2)));
        for (var i = 0; i < 3; i++)
        {
            await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
            await TickedAsync(One, i + 1);
        }

        (await JournalAsync()).Skip(1).Select(entry => System.Text.Json.JsonDocument.Parse(entry.Payload).RootElement.GetProperty("Clock").GetString()).Should().Equal("a", "b", "c");
        await SetAsync(One, ("a", Now.AddSeconds(1)));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await TickedAsync(One, 4);
    }

    [Fact]
    public async Task A_clock_whose_command_throws_is_reported_and_holds_up_no_other()
    {
        Start();
        await SetAsync(One, ("poison", Now.AddSeconds(11)));
        await SetAsync(Two, ("alarm", Now.AddSeconds(11)));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(11));
        await TickedAsync(Two);
        await Until.TrueAsync(() => _faults.Count == 1, "the fault");
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(300 - 11)); // a look ahead
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(11));
        await Until.TrueAsync(() => _faults.Count == 2, "the next try");
    }

    [Fact]
    public async Task A_clock_whose_write_fails_fires_when_there_is_room_again()
    {
        Start();
        await SetAsync(One, ("alarm", Now.AddSeconds(11)));
        var tries = 0;
        Store.FailWrite = write => write.By.Kind == SenderKind.Clock && Interlocked.Increment(ref tries) < 3 ? WriteResult.StorageFull : null;
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(11));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(5));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(5));
        await TickedAsync(One);
        tries.Should().Be(3);
    }

    [Fact]
    public async Task A_clock_stopped_while_it_waits_for_room_does_not_fire()
    {
        Start();
        await SetAsync(One, ("alarm", Now.AddSeconds(11)));
        Store.FailWrite = write => write.By.Kind == SenderKind.Clock ? WriteResult.StorageFull : null;
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(11));
        await Until.TrueAsync(() => Pace.HasTimerAt(Now.AddSeconds(5)), "the next try");
        await SetAsync(One);
        Store.FailWrite = null;
        await SetAsync(Two, ("alarm", Now.AddSeconds(6)));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(5)); // the try that was to be, slept to in vain
        await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        await TickedAsync(Two);
        (await BoxOfAsync(One)).Ticks.Should().Be(0);
    }

    [Fact]
    public async Task Clocks_that_cannot_be_read_are_read_again()
    {
        await SetAsync(One, ("alarm", Now.AddSeconds(1)));
        var failures = 3;
        Store.Fail = member => member == nameof(IGrainStore.ReadClocksAsync) && Interlocked.Decrement(ref failures) >= 0;
        Start();
        for (var i = 0; i < 3; i++)
        {
            await Pace.AdvanceToTimerAsync(TimeSpan.FromSeconds(1));
        }

        await TickedAsync(One);
        _faults.Should().HaveCount(3);
    }

    [Fact]
    public async Task More_clocks_than_are_read_at_a_time_all_fire_once()
    {
        const int many = 6_000;
        await Task.WhenAll(Enumerable.Range(0, many).Select(i => FillAsync(Hand.Box(i), new() { Clocks = new Dictionary<string, DateTimeOffset> { ["alarm"] = Now.AddSeconds(i % 3) } })));
        Time.Advance(TimeSpan.FromSeconds(5));
        Start();
        await Until.TrueAsync(() => Store.HeadOf("acme") == 2 * many, "all to fire");
        (await Store.ReadClocksAsync(Now.AddYears(1), 10, None)).Should().BeEmpty();
        (await JournalAsync()).Where(entry => entry.ByKind == SenderKind.Clock).Select(entry => entry.Key).Should().OnlyHaveUniqueItems();
    }

    protected override async Task CloseAsync()
    {
        if (_clocks is not null)
        {
            await _clocks.DisposeAsync();
        }

        _clocks = null;
        await base.CloseAsync();
    }

    private void Start()
    {
        _clocks = new(Store, Engine, Behaviours, Pace);
        _clocks.Faulted += _faults.Enqueue;
        _clocks.Start();
    }

    private Task<Outcome> SetAsync(GrainId grain, params (string Name, DateTimeOffset Due)[] clocks) =>
        FillAsync(grain, new() { Count = Random.Shared.Next(), Clocks = clocks.ToDictionary(clock => clock.Name, clock => clock.Due) });

    private async Task TickedAsync(GrainId grain, int ticks = 1)
    {
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); (await BoxOfAsync(grain)).Ticks < ticks; await Task.Delay(1))
        {
            watch.Elapsed.Should().BeLessThan(Until.Patience, "the clock should have fired");
        }
    }

    /// <summary>Waits until all that is due by now has fired: clocks fire in their order, and this one is the last.</summary>
    private async Task AllFiredAsync()
    {
        var last = Hand.Box(99);
        var ticks = (await BoxOfAsync(last)).Ticks;
        await SetAsync(last, ("alarm", Now));
        await Pace.AdvanceToTimerAsync(TimeSpan.FromMilliseconds(1));
        await TickedAsync(last, ticks + 1);
    }
}
