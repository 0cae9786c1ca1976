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
    private bool _isBorn;
    private bool _isDirty;
    private bool _isPumping;
    private bool _isClosed;

    public LiveTopic(LiveExchange exchange, string tenant, ITopicSource source)
    {
        (_exchange, _tenant, _source) = (exchange, tenant, source);
        _emptySince = exchange.Time.GetTimestamp();
    }

    /// <summary>False when the topic was closed for want of viewers.</summary>
    public bool TryKeep()
    {
        lock (_gate)
        {
            if (!_isBorn)
            {
                // only now, when commits are noted, is it certain that those up to here are in the first snapshot and later ones in deltas
                _isBorn = true;
                _missedUpTo = _seenUpTo = _exchange.Store.HeadOf(_tenant);
            }

            _emptySince = _exchange.Time.GetTimestamp();
            return !_isClosed;
        }
    }

    /// <summary>How many follow it.</summary>
    public int FollowerCount
    {
        get
        {
            lock (_gate)
            {
                return _followers.Count;
            }
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
        lock (_gate)
        {
            foreach (var write in writes)
            {
                if (write.Grain.Tenant == tenant)
                {
                    NoteOne(write);
                    _seenUpTo = Math.Max(_seenUpTo, write.LastPosition);
                }
            }

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
                if (frame.UpTo <= seq)
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

            return new(number, seen, seen, await _source.SnapshotAsync(cancel));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Wakes those whose snapshot could not be made.</summary>
    public void ServeAgain()
    {
        lock (_gate)
        {
            foreach (var follower in _followers)
            {
                if (follower.IsUnserved)
                {
                    follower.Wake();
                }
            }
        }
    }

    private void NoteOne(GrainWrite write)
    {
        try
        {
            _isDirty |= _source.Note(write);
        }
        catch (Exception bug)
        {
            Lose(bug);
        }
    }

    /// <summary>Gives everybody a snapshot: what they may see has changed, not what there is.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            Forget();
        }
    }

    /// <summary>Under the gate. A delta cannot be made: everybody gets a snapshot instead.</summary>
    private void Lose(Exception bug)
    {
        Forget();
        _exchange.Report(bug);
    }

    private void Forget()
    {
        _lastNumber++;
        _frames.Clear();
        _missedUpTo = _seenUpTo;
        foreach (var follower in _followers)
        {
            follower.Wake();
        }
    }

    /// <summary>Those who follow this very topic.</summary>
    public List<Viewer> Viewers()
    {
        lock (_gate)
        {
            return [.. _followers.Select(follower => follower.Viewer)];
        }
    }

    /// <summary>Says who looks, here and at the topics of the same audience.</summary>
    public void TellViewers(IReadOnlyCollection<Viewer> viewers)
    {
        lock (_gate)
        {
            if (_source.NoteViewers(viewers))
            {
                _isDirty = true;
                StartPump();
            }
        }
    }

    private void NoteViewers() => _exchange.NoteViewers(_tenant, _source.Audience, this);

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
        await Task.Yield();
        try
        {
            while (await PumpOnceAsync())
            {
                // as long as there is more
            }
        }
        catch (OperationCanceledException) when (_exchange.Stopped.IsCancellationRequested)
        {
            // stopping
        }
    }

    /// <returns>Whether there is more to send.</returns>
    private async Task<bool> PumpOnceAsync()
    {
        var wait = _exchange.Options.FramePause - _exchange.Time.GetElapsedTime(_lastFrameAt);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _exchange.Time, _exchange.Stopped);
        }

        try
        {
            await MakeFrameAsync();
        }
        catch (Exception bug) when (!_exchange.Stopped.IsCancellationRequested)
        {
            lock (_gate)
            {
                Lose(bug);
            }
        }

        _lastFrameAt = _exchange.Time.GetTimestamp();
        lock (_gate)
        {
            return _isPumping = _isDirty;
        }
    }

    private async Task MakeFrameAsync()
    {
        await _turn.WaitAsync(_exchange.Stopped);
        try
        {
            long seen;
            lock (_gate)
            {
                _isDirty = false;
                seen = _seenUpTo;
            }

            if (await _source.TakeDeltaAsync(_exchange.Stopped) is { } data)
            {
                Add(seen, data);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Add(long seen, byte[] data)
    {
        lock (_gate)
        {
            _frames.Enqueue(new(++_lastNumber, seen, _seenUpTo, data));
            while (_frames.Count > _exchange.Options.FramesKept)
            {
                _missedUpTo = _frames.Dequeue().UpTo;
            }

            foreach (var follower in _followers)
            {
                follower.Wake();
            }
        }
    }

    /// <param name="Number">Counts the topic's deltas; unlike the position it also counts those that only viewers caused.</param>
    /// <param name="Seq">It is as new as this position at least.</param>
    /// <param name="UpTo">And holds changes up to this one at most: what was noted while it was made may be in it.</param>
    internal readonly record struct Frame(long Number, long Seq, long UpTo, byte[] Data);
}
