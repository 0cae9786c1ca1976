using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;

namespace Crm.Runtime.Clocks;

/// <summary>
/// Gives due clocks' commands to their grains. Clocks are rows written with the events that set them, so a restart forgets none: those that
/// came due meanwhile fire at once. A grain's clocks fire in order; a clock's command has an id of its own and so takes effect once. Where
/// the work is shared, a tenant's clocks fire where its share is.
/// </summary>
public sealed class ClockService : IAsyncDisposable
{
    /// <summary>How far ahead clocks are kept in memory; later ones are read when their time is near.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(10);

    /// <summary>The same where others set and stop clocks too: they are read so often that none of theirs is missed for long.</summary>
    private static readonly TimeSpan SharedHorizon = TimeSpan.FromSeconds(4);

    /// <summary>The name of this work.</summary>
    private const string Work = "clocks";

    /// <summary>How long a clock waits whose grain could not take its command.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>How long a clock waits whose command threw.</summary>
    private static readonly TimeSpan FaultDelay = TimeSpan.FromMinutes(5);

    /// <summary>Clocks read at a time.</summary>
    private const int PageSize = 5_000;

    /// <summary>Clocks fired together: they share commits.</summary>
    private const int MostAtOnce = 256;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<DueClock, DateTimeOffset> _queue = new();
    private readonly Dictionary<(GrainId Grain, string Name), DateTimeOffset> _near = [];
    private readonly Dictionary<(GrainId Grain, string Name), DateTimeOffset> _fired = [];
    private readonly IGrainStore _store;
    private readonly IGrainEngine _engine;
    private readonly Dictionary<string, IGrainBehaviour> _behaviours;
    private readonly TimeProvider _time;
    private readonly IWorkShare _share;
    private readonly TimeSpan _horizon;
    private readonly Loop _loop;
    private HashSet<(GrainId Grain, string Name)>? _touched;
    private int _others;
    private DateTimeOffset _readUntil;
    private DateTimeOffset _readAgainAt;
    private bool _isOutdated;

    public ClockService(IGrainStore store, IGrainEngine engine, IEnumerable<IGrainBehaviour> behaviours, TimeProvider time, IWorkShare? share = null)
    {
        (_store, _engine, _time, _share) = (store, engine, time, share ?? WholeShare.Instance);
        _horizon = _share.IsAlone ? Horizon : SharedHorizon;
        _behaviours = behaviours.ToDictionary(behaviour => behaviour.Kind, StringComparer.Ordinal);
        _loop = new(time, StepAsync);
    }

    /// <summary>What a command of a clock, or reading clocks, threw: for the log. The clock is tried again later.</summary>
    public event Action<Exception>? Faulted
    {
        add => _loop.Faulted += value;
        remove => _loop.Faulted -= value;
    }

    public void Start()
    {
        _store.Committed += Follow;
        _share.Changed += ReadAgain;
        _loop.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        _share.Changed -= ReadAgain;
        await _loop.DisposeAsync();
    }

    private void ReadAgain()
    {
        lock (_gate)
        {
            (_readAgainAt, _isOutdated) = (default, true);
        }

        _loop.Wake();
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        var isSooner = false;
        lock (_gate)
        {
            foreach (var write in writes)
            {
                foreach (var name in write.ClocksStopped)
                {
                    Forget((write.Grain, name));
                }

                foreach (var clock in write.ClocksSet)
                {
                    Forget((write.Grain, clock.Name));
                    if (clock.DueAt <= _readUntil)
                    {
                        isSooner |= !_queue.TryPeek(out _, out var next) || clock.DueAt < next;
                        Keep(new(write.Grain, clock.Name, clock.DueAt));
                    }
                }
            }
        }

        if (isSooner)
        {
            _loop.Wake();
        }
    }

    private async Task<TimeSpan?> StepAsync(CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        while (TakeDue(now) is { Count: > 0 } due)
        {
            await Task.WhenAll(due.Select(clock => FireAsync(clock, stop)));
        }

        if (now >= _readAgainAt)
        {
            await ReadAheadAsync(now + _horizon, stop);
            return TimeSpan.Zero;
        }

        lock (_gate)
        {
            var next = _queue.TryPeek(out _, out var first) && first < _readAgainAt ? first : _readAgainAt;
            return TimeSpan.FromTicks(Math.Max(0, (next - _time.GetUtcNow()).Ticks));
        }
    }

    private async Task ReadAheadAsync(DateTimeOffset until, CancellationToken stop)
    {
        int limit;
        lock (_gate)
        {
            // from here on commits are followed up to there, and are newer than what is read
            _readUntil = until;
            _touched = [];
            limit = PageSize + _near.Count + _fired.Count + _others;
            _isOutdated = false;
        }

        IReadOnlyList<DueClock> clocks;
        try
        {
            clocks = await _store.ReadClocksAsync(until, limit, stop);
        }
        catch
        {
            lock (_gate)
            {
                // what was not read is read at the next try, not only when this reading would have been over
                _readAgainAt = default;
            }

            throw;
        }

        lock (_gate)
        {
            foreach (var clock in clocks)
            {
                var id = (clock.Grain, clock.Name);
                if (_touched?.Contains(id) != true && !IsAt(_fired, clock) && !IsAt(_near, clock))
                {
                    Keep(clock);
                }
            }

            // with more than were read, the rest is read when these have fired
            var isWhole = clocks.Count < limit;
            _readUntil = isWhole ? until : clocks[^1].DueAt;
            if (!_share.IsAlone)
            {
                ForgetGone(clocks);
            }

            _touched = null;
            _others = clocks.Count(clock => !IsOurs(clock));
            _readAgainAt = _isOutdated ? default : isWhole ? until - _horizon / 2 : _readUntil;
        }
    }

    /// <summary>Under the gate. Forgets the clocks whose rows are gone: others stopped them, or handled what they said.</summary>
    private void ForgetGone(IReadOnlyList<DueClock> there)
    {
        var ids = there.Select(clock => (clock.Grain, clock.Name)).ToHashSet();
        foreach (var clocks in (ReadOnlySpan<Dictionary<(GrainId Grain, string Name), DateTimeOffset>>)[_near, _fired])
        {
            foreach (var (id, due) in clocks)
            {
                if (due < _readUntil && !ids.Contains(id) && _touched?.Contains(id) != true)
                {
                    clocks.Remove(id);
                }
            }
        }
    }

    private List<DueClock> TakeDue(DateTimeOffset now)
    {
        var due = new List<DueClock>();
        lock (_gate)
        {
            while (due.Count < MostAtOnce && _queue.TryPeek(out var clock, out var at) && at <= now)
            {
                _queue.Dequeue();
                if (IsAt(_near, clock))
                {
                    // a row that is not taken away by what the clock does must not fire each time it is read
                    _near.Remove((clock.Grain, clock.Name));
                    if (IsOurs(clock))
                    {
                        _fired[(clock.Grain, clock.Name)] = clock.DueAt;
                        due.Add(clock);
                    }
                }
            }
        }

        return due;
    }

    private async Task FireAsync(DueClock clock, CancellationToken stop)
    {
        if (!_behaviours.TryGetValue(clock.Grain.Kind, out var behaviour))
        {
            return;
        }

        try
        {
            var envelope = new CommandEnvelope(
                clock.Grain, behaviour.OnClock(clock.Name), new Sender(SenderKind.Clock, Guid.Empty), $"clock/{clock.Grain.Key:N}/{clock.Name}/{clock.DueAt.ToUnixTimeMilliseconds()}");
            var outcome = await _engine.TellAsync(envelope, stop);
            if (outcome.Kind is OutcomeKind.Overloaded or OutcomeKind.StorageFull or OutcomeKind.VersionConflict)
            {
                TryLater(clock, RetryDelay);
            }
        }
        catch (Exception bug) when (!stop.IsCancellationRequested)
        {
            TryLater(clock, FaultDelay);
            _loop.Report(bug);
        }
    }

    private void TryLater(DueClock clock, TimeSpan delay)
    {
        lock (_gate)
        {
            // unless it was set or stopped meanwhile
            if (IsAt(_fired, clock))
            {
                _fired.Remove((clock.Grain, clock.Name));
                _near[(clock.Grain, clock.Name)] = clock.DueAt;
                _queue.Enqueue(clock, _time.GetUtcNow() + delay);
            }
        }
    }

    private bool IsOurs(DueClock clock) => _share.IsOurs(Work, clock.Grain.Tenant);

    private void Keep(DueClock clock)
    {
        if (!IsOurs(clock))
        {
            return;
        }

        _near[(clock.Grain, clock.Name)] = clock.DueAt;
        _queue.Enqueue(clock, clock.DueAt);
    }

    private void Forget((GrainId Grain, string Name) id)
    {
        _near.Remove(id);
        _fired.Remove(id);
        _touched?.Add(id);
    }

    private static bool IsAt(Dictionary<(GrainId Grain, string Name), DateTimeOffset> clocks, DueClock clock) =>
        clocks.TryGetValue((clock.Grain, clock.Name), out var due) && due == clock.DueAt;
}
