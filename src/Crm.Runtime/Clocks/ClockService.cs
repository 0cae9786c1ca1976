using Crm.Runtime.Journal;

namespace Crm.Runtime.Clocks;

/// <summary>
/// Gives due clocks' commands to their grains. Clocks are rows written with the events that set them, so a restart forgets none: those that
/// came due meanwhile fire at once, in order. A clock's command has an id of its own and so takes effect once.
/// </summary>
public sealed class ClockService : IAsyncDisposable
{
    /// <summary>How far ahead clocks are kept in memory; later ones are read when their time is near.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<DueClock, DateTimeOffset> _near = new();
    private readonly IGrainStore _store;
    private readonly IGrainEngine _engine;
    private readonly Dictionary<string, IGrainBehaviour> _behaviours;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _changed = new(0);
    private DateTimeOffset _readUntil;
    private Task _loop = Task.CompletedTask;

    public ClockService(IGrainStore store, IGrainEngine engine, IEnumerable<IGrainBehaviour> behaviours, TimeProvider time)
    {
        (_store, _engine, _time) = (store, engine, time);
        _behaviours = behaviours.ToDictionary(behaviour => behaviour.Kind, StringComparer.Ordinal);
    }

    public void Start()
    {
        _store.Committed += Follow;
        _loop = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _changed.Dispose();
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        var isSooner = false;
        lock (_gate)
        {
            foreach (var write in writes)
            {
                foreach (var clock in write.ClocksSet)
                {
                    if (clock.DueAt <= _readUntil)
                    {
                        isSooner |= !_near.TryPeek(out _, out var next) || clock.DueAt < next;
                        _near.Enqueue(new(write.Grain, clock.Name, clock.DueAt), clock.DueAt);
                    }
                }
            }
        }

        if (isSooner)
        {
            _changed.Release();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var now = _time.GetUtcNow();
                if (now + Horizon / 2 >= _readUntil)
                {
                    await ReadAheadAsync(now + Horizon);
                }

                while (TakeDue(now) is { } due)
                {
                    await FireAsync(due);
                }

                await WaitAsync(NextWait());
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task ReadAheadAsync(DateTimeOffset until)
    {
        var clocks = await _store.ReadClocksAsync(until, limit: 100_000, _stop.Token);
        lock (_gate)
        {
            _near.Clear();
            foreach (var clock in clocks)
            {
                _near.Enqueue(clock, clock.DueAt);
            }

            // with more than were read, the rest comes when these have fired
            _readUntil = clocks.Count < 100_000 ? until : clocks[^1].DueAt;
        }
    }

    private DueClock? TakeDue(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _near.TryPeek(out var clock, out var due) && due <= now ? _near.Dequeue() : null;
        }
    }

    private TimeSpan NextWait()
    {
        lock (_gate)
        {
            var next = _near.TryPeek(out _, out var due) && due < _readUntil - Horizon / 2 ? due : _readUntil - Horizon / 2;
            var wait = next - _time.GetUtcNow();
            return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
        }
    }

    private async Task WaitAsync(TimeSpan wait)
    {
        if (wait == TimeSpan.Zero)
        {
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(Task.Delay(wait, _time, either.Token), _changed.WaitAsync(either.Token));
        await either.CancelAsync();
        _stop.Token.ThrowIfCancellationRequested();
    }

    private async Task FireAsync(DueClock clock)
    {
        if (!_behaviours.TryGetValue(clock.Grain.Kind, out var behaviour))
        {
            return;
        }

        var envelope = new CommandEnvelope(
            clock.Grain, behaviour.OnClock(clock.Name), new Sender(SenderKind.Clock, Guid.Empty), $"clock/{clock.Grain.Key:N}/{clock.Name}/{clock.DueAt.ToUnixTimeMilliseconds()}");
        var outcome = await _engine.TellAsync(envelope, _stop.Token);
        if (outcome.Kind is OutcomeKind.Overloaded or OutcomeKind.StorageFull or OutcomeKind.VersionConflict)
        {
            lock (_gate)
            {
                _near.Enqueue(clock, _time.GetUtcNow() + RetryDelay);
            }
        }
    }
}
