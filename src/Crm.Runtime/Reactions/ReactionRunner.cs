using Crm.Runtime.Journal;

namespace Crm.Runtime.Reactions;

/// <summary>Code that follows the journal and issues commands.</summary>
public interface IReaction
{
    /// <summary>Names its cursor; on disk forever.</summary>
    string Name { get; }

    /// <summary>Wire names of the events it is given.</summary>
    IReadOnlyCollection<string> Types { get; }

    /// <summary>
    /// Handles one event. May be given it again after a crash: commands it issues carry an id made with <see cref="CommandIdOf"/>.
    /// Throwing means "not now": it is tried again later and parked in the end.
    /// </summary>
    Task HandleAsync(JournalEntry entry, CancellationToken cancel);

    /// <summary>The id of a command issued because of an event, so that it takes effect once.</summary>
    string CommandIdOf(JournalEntry entry, string step) => $"reaction/{Name}/{entry.Position}/{step}";
}

/// <summary>
/// Leads a reaction along every tenant's journal from a durable cursor: every event at least once, a grain's events in order. An event that
/// fails waits for its next try with the later ones of its grain behind it, while all other grains go on; after ten tries it is parked.
/// </summary>
public sealed class ReactionRunner : IAsyncDisposable
{
    /// <summary>Tries before an event is parked.</summary>
    public const int MostAttempts = 10;

    private const int PageSize = 500;

    private readonly IReaction _reaction;
    private readonly IGrainStore _store;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _types;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _done = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _wanted = new(StringComparer.Ordinal);
    private readonly List<(string Tenant, long Position, TaskCompletionSource Reached)> _waiters = [];
    private readonly SortedDictionary<(string Tenant, long Position), ParkedEntry> _parked = [];
    private Task _loop = Task.CompletedTask;

    public ReactionRunner(IReaction reaction, IGrainStore store, TimeProvider time)
    {
        (_reaction, _store, _time) = (reaction, store, time);
        _types = [.. reaction.Types];
    }

    /// <summary>Why the last try of an event failed, for the log.</summary>
    public event Action<ParkedEntry>? Failed;

    public void Start()
    {
        _store.Committed += Follow;
        _loop = RunAsync();
    }

    /// <summary>Waits until the reaction has seen all events up to a position; failing ones count as seen.</summary>
    public Task ReachedAsync(string tenant, long position, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_done.GetValueOrDefault(tenant) >= position)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((tenant, position, reached));
            return reached.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Tries a parked event once more, at once.</summary>
    public async Task ReplayAsync(ParkedEntry entry, CancellationToken cancel)
    {
        var again = entry with { Attempts = MostAttempts - 1, RetryAt = _time.GetUtcNow() };
        await _store.WriteParkedAsync(again, cancel);
        lock (_gate)
        {
            _parked[(entry.Tenant, entry.Position)] = again;
        }

        _signal.Release();
    }

    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _signal.Dispose();
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        var isWanted = false;
        lock (_gate)
        {
            foreach (var write in writes)
            {
                foreach (var happened in write.Events)
                {
                    if (_types.Contains(happened.Type))
                    {
                        _wanted[write.Grain.Tenant] = write.LastPosition;
                        isWanted = true;
                    }
                }
            }
        }

        if (isWanted)
        {
            _signal.Release();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            foreach (var entry in await _store.ReadParkedAsync(_reaction.Name, _stop.Token))
            {
                _parked[(entry.Tenant, entry.Position)] = entry;
            }

            foreach (var tenant in _store.Tenants)
            {
                _done[tenant] = await _store.ReadCursorAsync(_reaction.Name, tenant, _stop.Token);
                lock (_gate)
                {
                    _wanted[tenant] = Math.Max(_wanted.GetValueOrDefault(tenant), _store.HeadOf(tenant));
                }
            }

            while (true)
            {
                foreach (var tenant in Behind())
                {
                    await CatchUpAsync(tenant);
                }

                var next = await RetryAsync();
                await WaitAsync(next);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private string[] Behind()
    {
        lock (_gate)
        {
            return [.. _wanted.Where(wanted => wanted.Value > _done.GetValueOrDefault(wanted.Key)).Select(wanted => wanted.Key)];
        }
    }

    private async Task CatchUpAsync(string tenant)
    {
        while (true)
        {
            var from = _done.GetValueOrDefault(tenant);
            var head = _store.HeadOf(tenant);
            var entries = await _store.ReadJournalAsync(tenant, from, PageSize, _types, _stop.Token);
            foreach (var entry in entries)
            {
                if (HasParkedBefore(entry))
                {
                    await ParkAsync(entry, attempts: 1, _time.GetUtcNow(), "waits for an earlier event of its grain");
                }
                else
                {
                    await HandleAsync(entry, attempts: 0);
                }
            }

            var done = entries.Count < PageSize ? Math.Max(head, from) : entries[^1].Position;
            await _store.WriteCursorAsync(_reaction.Name, tenant, done, _stop.Token);
            Advance(tenant, done);
            if (entries.Count < PageSize)
            {
                return;
            }
        }
    }

    private void Advance(string tenant, long done)
    {
        lock (_gate)
        {
            _done[tenant] = done;
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Tenant == tenant && _waiters[i].Position <= done)
                {
                    _waiters[i].Reached.SetResult();
                    _waiters.RemoveAt(i);
                }
            }
        }
    }

    private bool HasParkedBefore(JournalEntry entry)
    {
        lock (_gate)
        {
            return _parked.Values.Any(parked => parked.Tenant == entry.Tenant && parked.Key == entry.Key && parked.Position < entry.Position && parked.RetryAt is not null);
        }
    }

    private async Task HandleAsync(JournalEntry entry, int attempts)
    {
        try
        {
            await _reaction.HandleAsync(entry, _stop.Token);
            if (attempts > 0)
            {
                await _store.WriteParkedAsync(new(_reaction.Name, entry.Tenant, entry.Position, entry.Key, 0, null, ""), _stop.Token);
                lock (_gate)
                {
                    _parked.Remove((entry.Tenant, entry.Position));
                }
            }
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            var next = attempts + 1;
            await ParkAsync(entry, next, next >= MostAttempts ? null : _time.GetUtcNow() + TimeSpan.FromMilliseconds(100 * Math.Pow(2, next)), $"{failure.GetType().Name}: {failure.Message}");
        }
    }

    private async Task ParkAsync(JournalEntry entry, int attempts, DateTimeOffset? retryAt, string error)
    {
        var parked = new ParkedEntry(_reaction.Name, entry.Tenant, entry.Position, entry.Key, attempts, retryAt, error);
        await _store.WriteParkedAsync(parked, _stop.Token);
        lock (_gate)
        {
            _parked[(entry.Tenant, entry.Position)] = parked;
        }

        Failed?.Invoke(parked);
    }

    /// <summary>Tries what is due again, oldest first.</summary>
    /// <returns>How long until the next try, if there is one.</returns>
    private async Task<TimeSpan?> RetryAsync()
    {
        ParkedEntry[] waiting;
        lock (_gate)
        {
            waiting = [.. _parked.Values.Where(parked => parked.RetryAt is not null)];
        }

        var stuck = new HashSet<Guid>();
        foreach (var parked in waiting)
        {
            if (parked.RetryAt > _time.GetUtcNow() || stuck.Contains(parked.Key))
            {
                stuck.Add(parked.Key);
                continue;
            }

            var found = await _store.ReadJournalAsync(parked.Tenant, parked.Position - 1, 1, null, _stop.Token);
            await HandleAsync(found[0], parked.Attempts);
            if (_parked.ContainsKey((parked.Tenant, parked.Position)))
            {
                stuck.Add(parked.Key);
            }
        }

        lock (_gate)
        {
            var next = _parked.Values.Where(parked => parked.RetryAt is not null).Select(parked => parked.RetryAt).DefaultIfEmpty(null).Min();
            return next is { } at ? TimeSpan.FromMilliseconds(Math.Clamp((at - _time.GetUtcNow()).TotalMilliseconds, 10, 60_000)) : null;
        }
    }

    private async Task WaitAsync(TimeSpan? atMost)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var signalled = _signal.WaitAsync(either.Token);
        await (atMost is { } wait ? Task.WhenAny(signalled, Task.Delay(wait, _time, either.Token)) : Task.WhenAny(signalled));
        await either.CancelAsync();
        _stop.Token.ThrowIfCancellationRequested();
    }
}
