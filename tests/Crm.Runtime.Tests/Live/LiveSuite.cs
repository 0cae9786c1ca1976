using System.Collections.Concurrent;
using Crm.Runtime.Live;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Live;

/// <summary>Live topics on any engine and store: a snapshot, then everything that changes, at everybody's own speed.</summary>
public abstract class LiveSuite<TFixture> : RuntimeSuite<TFixture> where TFixture : IRuntimeFixture, new()
{
    private readonly List<BoxScreen> _screens = [];
    private readonly ConcurrentQueue<Exception> _faults = new();
    private LiveExchange? _exchange;
    private BoxTopic? _topic;
    private int _made;

    private LiveOptions Options { get; set; } = new();

    private LiveExchange Exchange
    {
        get
        {
            lock (_screens)
            {
                return _exchange ??= StartExchange();
            }
        }
    }

    [Fact]
    public async Task A_viewer_gets_a_snapshot_and_then_what_changes()
    {
        await AddAsync(One);
        var screen = Look();
        await ShownAsync(screen, One, 1);
        screen.Messages.Should().ContainSingle().Which.Should().Match<LiveMessage>(message => message.IsSnapshot && message.Seq == 1 && message.Topic == "boxes");
        await AddAsync(Two);
        await ShownAsync(screen, Two, 1);
        screen.Messages[1].Should().Match<LiveMessage>(message => !message.IsSnapshot && message.Seq == 2);
        BoxScreen.Read(screen.Messages[1]).Should().BeEquivalentTo(new Dictionary<Guid, long> { [Two.Key] = 1 });
    }

    [Fact]
    public async Task Viewers_who_come_and_go_at_any_moment_miss_nothing()
    {
        using var stop = new CancellationTokenSource();
        var moving = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Time.Advance(TimeSpan.FromMilliseconds(25));
                await Task.Yield();
            }
        });
        var looking = Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                var screen = Look();
                await Until.TrueAsync(() => screen.Messages.Count >= 1, "messages");
                if (i % 3 == 0)
                {
                    // away for a moment, and back with what it has seen
                    await screen.LeaveAsync();
                    screen.ComeBack(Open(screen));
                }
            }
        });
        for (var round = 0; round < 40; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AddAsync(Hand.Box((round * 7 + i) % 60))));
        }

        await looking.SoonAsync();
        var versions = (await JournalAsync()).GroupBy(entry => entry.Key).ToDictionary(grain => grain.Key, grain => grain.Max(entry => entry.Version));
        await Until.TrueAsync(() => Screens().All(screen => screen.ShowsAll(versions)), "every screen to show what is stored");
        await stop.CancelAsync();
        await moving.SoonAsync();
        var journal = await JournalAsync();
        foreach (var screen in Screens())
        {
            screen.FirstGap(journal).Should().BeNull("what is as new as a position shows everything up to it");
        }
    }

    [Fact]
    public async Task A_viewer_who_comes_back_gets_what_it_missed_and_no_more()
    {
        var screen = Look();
        await AddAsync(One);
        await Until.TrueAsync(() => screen.LastSeq == 1, "the change"); // a snapshot may show it before it is as new as it
        await screen.LeaveAsync();
        await AddAsync(Two);
        await AddAsync(Hand.Box(1, "bolt"));
        Time.Advance(TimeSpan.FromSeconds(1));
        var back = Look(after: screen.Messages[^1].Seq);
        await ShownAsync(back, Two, 1);
        back.Messages.Should().OnlyContain(message => !message.IsSnapshot);
        back.Shows(One).Should().Be(0, "it was seen already");
        _made.Should().Be(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_viewer_who_was_away_too_long_or_comes_from_elsewhere_gets_a_snapshot(long after)
    {
        Options = new() { FramesKept = 3 };
        var screen = Look();
        for (var i = 0; i < 6; i++)
        {
            await AddAsync(One);
            await ShownAsync(screen, One, i + 1);
        }

        var back = Look(after: after);
        await ShownAsync(back, One, 6);
        back.Messages.Should().ContainSingle().Which.IsSnapshot.Should().BeTrue();
    }

    [Fact]
    public async Task A_burst_is_one_frame_and_frames_keep_their_distance()
    {
        var screen = Look();
        await screen.GetsAsync(1);
        await AddAsync(One);
        await screen.ShowsAsync(One, 1);
        var seen = screen.Messages.Count;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AddAsync(Hand.Box(i))));
        await Until.TrueAsync(() => _topic!.Noted == 101, "the changes to be noted");
        await Pace.AdvanceToTimerAsync(Options.FramePause);
        await screen.ShowsAsync(Hand.Box(99), 1);
        screen.Messages.Should().HaveCount(seen + 1);

        for (var i = 0; i < 100; i++)
        {
            await AddAsync(One);
            Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        await Until.TrueAsync(() => _topic!.Noted == 201, "the changes to be noted");
        await ShownAsync(screen, One, 102);
        (screen.Messages.Count - seen - 1).Should().BeLessThanOrEqualTo((int)(TimeSpan.FromSeconds(1) / Options.FramePause) + 2);
    }

    [Fact]
    public async Task A_slow_viewer_holds_up_nobody_and_goes_on_with_a_snapshot()
    {
        Options = new() { FramesKept = 4 };
        var quick = Look();
        var slow = Look();
        await slow.GetsAsync(1);
        slow.Block();
        for (var i = 1; i <= 50; i++)
        {
            await AddAsync(One);
            await ShownAsync(quick, One, i);
        }

        slow.Shows(One).Should().BeLessThan(2);
        slow.Unblock();
        await ShownAsync(slow, One, 50);
        slow.Messages.Count.Should().BeLessThan(2 + 4 + 2, "it is not sent what it missed one by one");
        slow.Messages.Skip(1).Should().Contain(message => message.IsSnapshot);
    }

    [Fact]
    public async Task A_viewer_who_cannot_be_reached_concerns_nobody_else()
    {
        var broken = Look();
        var other = Look();
        await broken.GetsAsync(1);
        broken.Break();
        await AddAsync(One);
        await ShownAsync(other, One, 1);
        await AddAsync(One);
        await ShownAsync(other, One, 2);
        broken.Shows(One).Should().Be(0);
    }

    [Theory]
    [InlineData("note")]
    [InlineData("delta")]
    public async Task After_a_change_that_cannot_be_told_everybody_gets_a_snapshot(string failing)
    {
        var screen = Look();
        await AddAsync(One);
        await ShownAsync(screen, One, 1);
        await AddAsync(One);
        await ShownAsync(screen, One, 2); // by now the first is told, and not only in the snapshot
        _topic!.FailsOnce = failing;
        await AddAsync(Two);
        await ShownAsync(screen, Two, 1);
        screen.Messages[^1].IsSnapshot.Should().BeTrue();
        _faults.Should().ContainSingle();
        await AddAsync(One);
        await ShownAsync(screen, One, 3);
        screen.Messages[^1].IsSnapshot.Should().BeFalse();
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_made_is_made_as_soon_as_it_can()
    {
        await AddAsync(One);
        _ = Exchange;
        _topic = new(Store) { FailsOnce = "snapshot" };
        var screen = Look(_topic);
        await Until.TrueAsync(() => _faults.Count == 1, "the fault");
        await Until.TrueAsync(() =>
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            return screen.Shows(One) == 1;
        }, "the snapshot");
    }

    [Fact]
    public async Task Topics_of_one_key_are_one_and_of_two_keys_are_two()
    {
        await AddAsync(One);
        var (first, second) = (Look(), Look());
        var other = Look(new BoxTopic(Store) { Sees = grain => grain != One }, key: "boxes/other rights");
        await ShownAsync(first, One, 1);
        await ShownAsync(second, One, 1);
        await AddAsync(Two);
        await ShownAsync(other, Two, 1);
        other.Shows(One).Should().Be(0);
        _made.Should().Be(2);
        Exchange.TopicCount.Should().Be(2);
    }

    [Fact]
    public async Task Nothing_is_heard_of_another_tenant()
    {
        var screen = Look();
        await screen.GetsAsync(1);
        await AddAsync(Hand.Box(1, "bolt"));
        await AddAsync(One);
        await ShownAsync(screen, One, 1);
        _topic!.Noted.Should().Be(1);
    }

    [Fact]
    public async Task Whoever_follows_no_more_is_told_no_more()
    {
        var (leaving, staying) = (Look(), Look());
        await leaving.GetsAsync(1);
        leaving.Connection.Unfollow("boxes");
        leaving.Connection.Unfollow("never followed");
        await AddAsync(One);
        await ShownAsync(staying, One, 1);
        leaving.Messages.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_connection_follows_so_many_topics_and_no_more()
    {
        Options = new() { MostTopics = 3 };
        var screen = Look();
        screen.Connection.Follow("second", "second", null, () => new BoxTopic(Store));
        screen.Connection.Follow("third", "third", null, () => new BoxTopic(Store));
        screen.Connection.Follow("third", "third", null, () => new BoxTopic(Store));
        FluentActions.Invoking(() => screen.Connection.Follow("fourth", "fourth", null, () => new BoxTopic(Store))).Should().Throw<TooManyTopicsException>();
        screen.Connection.Unfollow("second");
        screen.Connection.Follow("fourth", "fourth", null, () => new BoxTopic(Store));
        await screen.GetsAsync(3);
    }

    [Fact]
    public async Task A_topic_that_nobody_looks_at_is_kept_for_a_while_and_then_given_up()
    {
        var screen = Look();
        await screen.GetsAsync(1);
        await screen.LeaveAsync();
        Time.Advance(Options.LingerTime - TimeSpan.FromSeconds(5));
        Exchange.TopicCount.Should().Be(1);
        Time.Advance(TimeSpan.FromSeconds(15));
        Exchange.TopicCount.Should().Be(0);
        await AddAsync(One);
        var back = Look(after: 0);
        await ShownAsync(back, One, 1);
        back.Messages.Should().ContainSingle().Which.IsSnapshot.Should().BeTrue("what happened meanwhile was not followed");
        _made.Should().Be(2);
    }

    [Fact]
    public async Task Viewers_are_counted_together_across_topics_of_one_audience()
    {
        var mine = new BoxTopic(Store) { Audience = "box/1" };
        var theirs = new BoxTopic(Store) { Audience = "box/1" };
        var first = Look(mine, key: "mine");
        var second = Look(theirs, key: "theirs");
        mine.Viewers.Should().BeEquivalentTo(new[] { first.Viewer, second.Viewer });
        theirs.Viewers.Should().BeEquivalentTo(new[] { first.Viewer, second.Viewer });
        await first.LeaveAsync();
        theirs.Viewers.Should().Equal(second.Viewer);
    }

    protected override async Task CloseAsync()
    {
        foreach (var screen in Screens())
        {
            await screen.LeaveAsync();
        }

        if (_exchange is not null)
        {
            await _exchange.DisposeAsync();
        }

        _screens.Clear();
        _exchange = null;
        await base.CloseAsync();
    }

    /// <summary>Waits for a version to be shown, letting time go by, for frames keep their distance.</summary>
    private Task ShownAsync(BoxScreen screen, GrainId grain, long version) => Until.TrueAsync(
        () =>
        {
            Time.Advance(Options.FramePause);
            return screen.Shows(grain) >= version;
        },
        $"version {version} on the screen");

    private BoxScreen[] Screens()
    {
        lock (_screens)
        {
            return [.. _screens];
        }
    }

    private LiveExchange StartExchange()
    {
        var exchange = new LiveExchange(Store, Pace, Options);
        exchange.Faulted += _faults.Enqueue;
        exchange.Start();
        return exchange;
    }

    private BoxScreen Look(BoxTopic? topic = null, string key = "boxes", long? after = null)
    {
        var screen = new BoxScreen();
        screen.ComeBack(Open(screen, topic, key, after));
        lock (_screens)
        {
            _screens.Add(screen);
        }

        return screen;
    }

    private LiveConnection Open(BoxScreen screen, BoxTopic? topic = null, string key = "boxes", long? after = null)
    {
        var connection = new LiveConnection(Exchange, "acme", screen.Viewer, screen.SendAsync);
        connection.Follow("boxes", key, after ?? screen.LastSeq, () =>
        {
            _made++;
            return topic ?? (_topic = new(Store));
        });
        return connection;
    }
}
