using Crm.Runtime.Journal;

namespace Crm.Runtime.Live;

/// <summary>One topic: its source, its last deltas, and who follows it.</summary>
internal sealed class LiveTopic
{
    private readonly LiveExchange _exchange;
    private readonly string _tenant;
    private readonly ITopicSource _source;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<Frame> _frames = new();
    private readonly HashSet<LiveSubscription> _followers = [];
    private long _missedUpTo;
    private long _lastNumber;
    private long _seenUpTo;
    private long _lastFrameAt;
    private long _emptySince;
    private bool _isDirty;
    private bool _isPumping;
    private bool _isClosed;

    public LiveTopic(LiveExchange exchange, string tenant, ITopicSource source)
    {
        (_exchange, _tenant, _source) = (exchange, tenant, source);
        // what was committed before anybody looked is in the first snapshot; there are no deltas for it
        _missedUpTo = _seenUpTo = exchange.Store.HeadOf(tenant);
        _emptySince = exchange.Time.GetTimestamp();
    }

    /// <summary>False when the topic was closed for want of viewers.</summary>
    public bool TryKeep()
    {
        lock (_gate)
        {
            _emptySince = _exchange.Time.GetTimestamp();
            return !_isClosed;
        }
    }

    public bool TryClose()
    {
        lock (_gate)
        {
            return _isClosed = _isClosed || (_followers.Count == 0 && _exchange.Time.GetElapsedTime(_emptySince) > _exchange.Options.LingerTime);
        }
    }

    public void Add(LiveSubscription follower)
    {
        lock (_gate)
        {
            _followers.Add(follower);
        }

        NoteViewers();
    }

    public void Remove(LiveSubscription follower)
    {
        lock (_gate)
        {
            _followers.Remove(follower);
            _emptySince = _exchange.Time.GetTimestamp();
        }

        NoteViewers();
    }

    /// <summary>Takes notice of a commit.</summary>
    public void Note(string tenant, IReadOnlyList<GrainWrite> writes)
    {
        var isTouched = false;
        var seen = 0L;
        foreach (var write in writes)
        {
            if (write.Grain.Tenant == tenant)
            {
                isTouched |= NoteOne(write);
                seen = write.LastPosition;
            }
        }

        lock (_gate)
        {
            _seenUpTo = Math.Max(_seenUpTo, seen);
            _isDirty |= isTouched;
            StartPump();
        }
    }

    /// <summary>The deltas after a frame, or null when one of them is not kept any more and a snapshot is needed.</summary>
    public List<Frame>? FramesAfter(long number)
    {
        lock (_gate)
        {
            if (number < _lastNumber - _frames.Count)
            {
                return null;
            }

            var frames = new List<Frame>();
            foreach (var frame in _frames)
            {
                if (frame.Number > number)
                {
                    frames.Add(frame);
                }
            }

            return frames;
        }
    }

    /// <summary>
    /// The frame after which somebody who has seen everything up to a journal position must be told more; null when that is not known any
    /// more, or the position is not one of ours.
    /// </summary>
    public long? FindFrame(long seq)
    {
        lock (_gate)
        {
            if (seq < _missedUpTo || seq > _exchange.Store.HeadOf(_tenant))
            {
                return null;
            }

            var number = _lastNumber - _frames.Count;
            foreach (var frame in _frames)
            {
                if (frame.Seq <= seq)
                {
                    number = frame.Number;
                }
            }

            return number;
        }
    }

    /// <summary>Everything, with the position and the frame it includes.</summary>
    public async Task<Frame> SnapshotAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            long seen;
            long number;
            lock (_gate)
            {
                // not the journal's head: deltas for what was committed but not noted yet are still to come, and harmless twice
                (seen, number) = (_seenUpTo, _lastNumber);
            }

            return new(number, seen, await _source.SnapshotAsync(cancel));
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool NoteOne(GrainWrite write)
    {
        lock (_gate)
        {
            return _source.Note(write);
        }
    }

    private void NoteViewers()
    {
        lock (_gate)
        {
            var viewers = new Dictionary<Guid, Viewer>();
            foreach (var follower in _followers)
            {
                viewers[follower.Viewer.Id] = follower.Viewer;
            }

            if (_source.NoteViewers(viewers.Values))
            {
                _isDirty = true;
                StartPump();
            }
        }
    }

    /// <summary>Under the gate.</summary>
    private void StartPump()
    {
        if (_isDirty && !_isPumping)
        {
            _isPumping = true;
            _ = PumpAsync();
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            await Task.Yield();
            while (true)
            {
                var wait = _exchange.Options.FramePause - _exchange.Time.GetElapsedTime(_lastFrameAt);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, _exchange.Time, _exchange.Stopped);
                }

                await MakeFrameAsync();
                lock (_gate)
                {
                    if (!_isDirty)
                    {
                        _isPumping = false;
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task MakeFrameAsync()
    {
        LiveSubscription[] followers;
        await _turn.WaitAsync(_exchange.Stopped);
        try
        {
            long seen;
            lock (_gate)
            {
                _isDirty = false;
                seen = _seenUpTo;
            }

            var data = await _source.TakeDeltaAsync(_exchange.Stopped);
            _lastFrameAt = _exchange.Time.GetTimestamp();
            if (data is null)
            {
                return;
            }

            lock (_gate)
            {
                _frames.Enqueue(new(++_lastNumber, seen, data));
                while (_frames.Count > _exchange.Options.FramesKept)
                {
                    _missedUpTo = _frames.Dequeue().Seq;
                }

                followers = [.. _followers];
            }
        }
        finally
        {
            _turn.Release();
        }

        foreach (var follower in followers)
        {
            follower.Wake();
        }
    }

    /// <param name="Number">Counts the topic's deltas; unlike the position it also counts those that only viewers caused.</param>
    internal readonly record struct Frame(long Number, long Seq, byte[] Data);
}
