using System.Threading.Channels;

namespace Crm.Runtime.Live;

/// <summary>Why a topic could not be followed.</summary>
public sealed class TooManyTopicsException(int most) : Exception($"A connection follows at most {most} topics.");

/// <summary>One viewer's connection. Messages go out one after the other, as fast as the viewer takes them.</summary>
public sealed class LiveConnection : IAsyncDisposable
{
    private readonly LiveExchange _exchange;
    private readonly string _tenant;
    private readonly Viewer _viewer;
    private readonly Func<LiveMessage, CancellationToken, Task> _send;
    private readonly Channel<LiveSubscription> _awake = Channel.CreateUnbounded<LiveSubscription>(new() { SingleReader = true });
    private readonly Dictionary<string, LiveSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private bool _isClosed;

    public LiveConnection(LiveExchange exchange, string tenant, Viewer viewer, Func<LiveMessage, CancellationToken, Task> send)
    {
        (_exchange, _tenant, _viewer, _send) = (exchange, tenant, viewer, send);
        _loop = RunAsync();
    }

    /// <summary>Follows a topic: deltas after a position if they are known, else a snapshot and then deltas.</summary>
    /// <param name="name">The topic as the viewer calls it.</param>
    /// <param name="key">What the topic's content depends on, rights included.</param>
    /// <param name="after">The last position the viewer has seen, or null.</param>
    /// <exception cref="TooManyTopicsException">The connection follows too many topics.</exception>
    public void Follow(string name, string key, long? after, Func<ITopicSource> make)
    {
        lock (_subscriptions)
        {
            if (_isClosed)
            {
                return;
            }

            if (!End(name) && _subscriptions.Count >= _exchange.Options.MostTopics)
            {
                throw new TooManyTopicsException(_exchange.Options.MostTopics);
            }

            var topic = _exchange.Open(_tenant, key, make);
            var subscription = new LiveSubscription(topic, name, _viewer, _awake.Writer, after is { } seq ? topic.FindFrame(seq) : null);
            _subscriptions[name] = subscription;
            topic.Add(subscription);
            subscription.Wake();
        }
    }

    public void Unfollow(string name)
    {
        lock (_subscriptions)
        {
            End(name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_subscriptions)
        {
            _isClosed = true;
            foreach (var name in _subscriptions.Keys.ToArray())
            {
                End(name);
            }
        }

        await _stop.CancelAsync();
        await _loop;
    }

    private bool End(string name)
    {
        if (!_subscriptions.Remove(name, out var known))
        {
            return false;
        }

        known.IsEnded = true;
        known.Topic.Remove(known);
        return true;
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var subscription in _awake.Reader.ReadAllAsync(_stop.Token))
            {
                await subscription.SendAsync(_send, _exchange.Report, _stop.Token);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // the connection is closed
        }
        catch (Exception)
        {
            // the viewer cannot be reached; its transport ends the connection, and with it this one
        }
    }
}

/// <summary>One viewer's place in one topic.</summary>
internal sealed class LiveSubscription(LiveTopic topic, string name, Viewer viewer, ChannelWriter<LiveSubscription> awake, long? seenFrame)
{
    private long? _seenFrame = seenFrame;
    private int _isAwake;

    public LiveTopic Topic => topic;

    public Viewer Viewer => viewer;

    public bool IsEnded { get; set; }

    /// <summary>It waits for a snapshot that could not be made.</summary>
    public bool IsUnserved { get; private set; }

    /// <summary>Asks to be sent what is new; asking again before that has happened adds nothing.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0)
        {
            awake.TryWrite(this);
        }
    }

    public async Task SendAsync(Func<LiveMessage, CancellationToken, Task> send, Action<Exception> report, CancellationToken cancel)
    {
        Volatile.Write(ref _isAwake, 0);
        if (IsEnded)
        {
            return;
        }

        if (_seenFrame is { } seen && topic.FramesAfter(seen) is { } frames)
        {
            foreach (var frame in frames)
            {
                await send(new(name, frame.Seq, IsSnapshot: false, frame.Data), cancel);
                _seenFrame = frame.Number;
            }

            return;
        }

        LiveTopic.Frame snapshot;
        try
        {
            snapshot = await topic.SnapshotAsync(cancel);
            IsUnserved = false;
        }
        catch (Exception bug) when (!cancel.IsCancellationRequested)
        {
            // the connection's other topics go on
            IsUnserved = true;
            report(bug);
            return;
        }

        await send(new(name, snapshot.Seq, IsSnapshot: true, snapshot.Data), cancel);
        _seenFrame = snapshot.Number;
        Wake();
    }
}
