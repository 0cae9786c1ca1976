using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;

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
/// Takes a reaction along every tenant's journal from a durable cursor: every event at least once, a grain's events in order. An event that
/// fails waits for its next try with the later ones of its grain behind it, while all other grains go on; after ten tries it is parked.
/// Where the work is shared, each tenant's events are handled by the one whose share it is, and on from its cursor by the next.
/// </summary>
public sealed class ReactionRunner : IAsyncDisposable
{
    /// <summary>Tries before an event is parked.</summary>
    public const int MostAttempts = 10;

    private const int PageSize = 500;

    /// <summary>How often a shared journal is looked at for what others wrote, should nothing have told of it.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    /// <summary>How often the cursor of another process is looked at by those who wait for it.</summary>
    private static readonly TimeSpan CursorPause = TimeSpan.FromMilliseconds(20);

    private readonly IReaction _reaction;
    private readonly IGrainStore _store;
    private readonly TimeProvider _time;
    private readonly IWorkShare _share;
    private readonly HashSet<string> _types;
    private readonly Loop _loop;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _done = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _wanted = new(StringComparer.Ordinal);
    private readonly List<(string Tenant, long Position, TaskCompletionSource Reached)> _waiters = [];
    private readonly SortedDictionary<(string Tenant, long Position), ParkedEntry> _parked = [];
    private volatile bool _isLoaded;
    private bool _isStopped;

    public ReactionRunner(IReaction reaction, IGrainStore store, TimeProvider time, IWorkShare? share = null)
    {
        (_reaction, _store, _time, _share) = (reaction, store, time, share ?? WholeShare.Instance);
        _types = [.. reaction.Types];
        _loop = new(time, StepAsync);
    }

    /// <summary>Which reaction it runs.</summary>
    public string Name => _reaction.Name;

    /// <summary>How many events of all tenants that are ours it has heard of and not seen yet: whoever has the others counts theirs.</summary>
    public long Lag
    {
        get
        {
            lock (_gate)
            {
                return _wanted.Where(wanted => IsOurs(wanted.Key)).Sum(wanted => Math.Max(0, wanted.Value - _done.GetValueOrDefault(wanted.Key)));
            }
        }
    }

    /// <summary>Why the last try of an event failed, for the log.</summary>
    public event Action<ParkedEntry>? Failed;

    /// <summary>What reading the journal or noting how far it was read threw: for the log. It is tried again.</summary>
    public event Action<Exception>? Faulted
    {
        add => _loop.Faulted += value;
        remove => _loop.Faulted -= value;
    }

    public void Start()
    {
        _store.Committed += Follow;
        _store.Grown += FollowOthers;
        _share.Changed += LoadAgain;
        _loop.Start();
    }

    /// <summary>Waits until the reaction has seen all events up to a position; failing ones count as seen.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the reaction was stopped.</exception>
    public async Task ReachedAsync(string tenant, long position, CancellationToken cancel)
    {
        if (!_share.IsAlone)
        {
            // whose the tenant is may change while we wait; the cursor tells, whoever writes it
            while (await _store.ReadCursorAsync(_reaction.Name, tenant, cancel) < position)
            {
                await Task.Delay(CursorPause, _time, cancel);
                if (Volatile.Read(ref _isStopped))
                {
                    throw new OperationCanceledException($"The reaction '{_reaction.Name}' was stopped.");
                }
            }

            return;
        }

        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiter = (tenant, position, reached);
        lock (_gate)
        {
            if (_done.GetValueOrDefault(tenant) >= position)
            {
                return;
            }

            if (_isStopped)
            {
                throw new OperationCanceledException($"The reaction '{_reaction.Name}' was stopped.");
            }

            _waiters.Add(waiter);
            Want(tenant, position);
        }

        _loop.Wake();
        try
        {
            await reached.Task.WaitAsync(cancel);
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
            }
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

        _loop.Wake();
    }

    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        _store.Grown -= FollowOthers;
        _share.Changed -= LoadAgain;
        await _loop.DisposeAsync();
        lock (_gate)
        {
            _isStopped = true;
            foreach (var (_, _, reached) in _waiters)
            {
                reached.TrySetCanceled();
            }
        }
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        var isWanted = false;
        lock (_gate)
        {
            foreach (var write in writes)
            {
                if (IsWanted(write))
                {
                    Want(write.Grain.Tenant, write.LastPosition);
                    isWanted = true;
                }
            }
        }

        if (isWanted)
        {
            _loop.Wake();
        }
    }

    private void FollowOthers(string tenant)
    {
        lock (_gate)
        {
            Want(tenant, _store.HeadOf(tenant));
        }

        _loop.Wake();
    }

    private bool IsWanted(GrainWrite write)
    {
        foreach (var happened in write.Events)
        {
            if (_types.Contains(happened.Type))
            {
                return true;
            }
        }

        foreach (var (tenant, _, _) in _waiters)
        {
            if (tenant == write.Grain.Tenant)
            {
                return true;
            }
        }

        return false;
    }

    private void LoadAgain()
    {
        _isLoaded = false;
        _loop.Wake();
    }

    private bool IsOurs(string tenant) => _share.IsOurs(_reaction.Name, tenant);

    private void Want(string tenant, long position) => _wanted[tenant] = Math.Max(_wanted.GetValueOrDefault(tenant), position);

    private async Task<TimeSpan?> StepAsync(CancellationToken stop)
    {
        if (!_isLoaded)
        {
            await LoadAsync(stop);
        }
        else if (!_share.IsAlone)
        {
            Look();
        }

        // a page of each tenant at a time, so that one with much to catch up does not keep the others waiting
        var isMore = false;
        foreach (var tenant in Behind())
        {
            isMore |= await CatchUpAsync(tenant, stop);
        }

        var next = await RetryAsync(stop);
        return isMore ? TimeSpan.Zero
            : _share.IsAlone || next < LookPause ? next
            : LookPause;
    }

    /// <summary>Takes notice of how far the journals are that are ours to follow.</summary>
    private void Look()
    {
        foreach (var tenant in _store.Tenants)
        {
            if (IsOurs(tenant))
            {
                lock (_gate)
                {
                    Want(tenant, _store.HeadOf(tenant));
                }
            }
        }
    }

    private async Task LoadAsync(CancellationToken stop)
    {
        // first: what changes while we read is then read again
        _isLoaded = true;
        try
        {
            await LoadOursAsync(stop);
        }
        catch
        {
            _isLoaded = false;
            throw;
        }
    }

    private async Task LoadOursAsync(CancellationToken stop)
    {
        var parked = await _store.ReadParkedAsync(_reaction.Name, stop);
        lock (_gate)
        {
            if (!_share.IsAlone)
            {
                // others may have handled, or parked, since we last knew
                _parked.Clear();
                _done.Clear();
            }

            foreach (var entry in parked)
            {
                _parked.TryAdd((entry.Tenant, entry.Position), entry);
            }
        }

        foreach (var tenant in _store.Tenants.Where(IsOurs))
        {
            Advance(tenant, await _store.ReadCursorAsync(_reaction.Name, tenant, stop));
            lock (_gate)
            {
                Want(tenant, _store.HeadOf(tenant));
            }
        }
    }

    private string[] Behind()
    {
        lock (_gate)
        {
            return [.. _wanted.Where(wanted => wanted.Value > _done.GetValueOrDefault(wanted.Key) && IsOurs(wanted.Key)).Select(wanted => wanted.Key)];
        }
    }

    /// <returns>Whether there is more to read.</returns>
    private async Task<bool> CatchUpAsync(string tenant, CancellationToken stop)
    {
        long from;
        lock (_gate)
        {
            from = _done.GetValueOrDefault(tenant);
        }

        var head = _store.HeadOf(tenant);
        var entries = await _store.ReadJournalAsync(tenant, from, PageSize, _types, stop);
        foreach (var entry in entries)
        {
            if (!IsOurs(tenant))
            {
                // the next one goes on from the cursor as it is
                return false;
            }

            await SeeAsync(entry, stop);
        }

        var last = entries.Count > 0 ? entries[^1].Position : from;
        var done = entries.Count < PageSize ? Math.Max(head, last) : last;
        if (done > from)
        {
            await _store.WriteCursorAsync(_reaction.Name, tenant, done, stop);
            Advance(tenant, done);
        }

        return entries.Count == PageSize;
    }

    private async Task SeeAsync(JournalEntry entry, CancellationToken stop)
    {
        bool isParked;
        bool mustWait;
        lock (_gate)
        {
            // parked already, but the cursor did not reach the disk
            isParked = _parked.ContainsKey((entry.Tenant, entry.Position));
            mustWait = _parked.Values.Any(parked => parked.Key == entry.Key && parked.Tenant == entry.Tenant && parked.Position < entry.Position && parked.RetryAt is not null);
        }

        if (isParked)
        {
            return;
        }

        if (mustWait)
        {
            await ParkAsync(entry, attempts: 1, _time.GetUtcNow(), "waits for an earlier event of its grain", stop);
        }
        else
        {
            await HandleAsync(entry, attempts: 0, stop);
        }
    }

    private void Advance(string tenant, long done)
    {
        lock (_gate)
        {
            _done[tenant] = done;
            foreach (var (_, position, reached) in _waiters.Where(waiter => waiter.Tenant == tenant))
            {
                if (position <= done)
                {
                    reached.TrySetResult();
                }
            }
        }
    }

    /// <returns>When it is to be tried again; null when it is handled or given up.</returns>
    private async Task<DateTimeOffset?> HandleAsync(JournalEntry entry, int attempts, CancellationToken stop)
    {
        try
        {
            // what is erased asks nothing of anybody any more
            if (entry.Payload.Length > 0)
            {
                await _reaction.HandleAsync(entry, stop);
            }
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            var tries = attempts + 1;
            DateTimeOffset? next = tries >= MostAttempts ? null : _time.GetUtcNow() + TimeSpan.FromMilliseconds(100 * Math.Pow(2, tries));
            await ParkAsync(entry, tries, next, $"{failure.GetType().Name}: {failure.Message}", stop);
            return next;
        }

        if (attempts > 0)
        {
            await _store.WriteParkedAsync(new(_reaction.Name, entry.Tenant, entry.Position, entry.Key, 0, null, ""), stop);
            lock (_gate)
            {
                _parked.Remove((entry.Tenant, entry.Position));
            }
        }

        return null;
    }

    private async Task ParkAsync(JournalEntry entry, int attempts, DateTimeOffset? retryAt, string error, CancellationToken stop)
    {
        var parked = new ParkedEntry(_reaction.Name, entry.Tenant, entry.Position, entry.Key, attempts, retryAt, error);
        await _store.WriteParkedAsync(parked, stop);
        lock (_gate)
        {
            _parked[(entry.Tenant, entry.Position)] = parked;
        }

        Failed?.Invoke(parked);
    }

    /// <summary>Tries what is due again, oldest first.</summary>
    /// <returns>How long until the next try, if there is one.</returns>
    private async Task<TimeSpan?> RetryAsync(CancellationToken stop)
    {
        ParkedEntry[] waiting;
        lock (_gate)
        {
            waiting = [.. _parked.Values.Where(parked => parked.RetryAt is not null && IsOurs(parked.Tenant))];
        }

        var blocked = new HashSet<Guid>();
        DateTimeOffset? next = null;
        foreach (var parked in waiting)
        {
            if (blocked.Contains(parked.Key))
            {
                continue;
            }

            var again = parked.RetryAt;
            if (again <= _time.GetUtcNow())
            {
                var found = await _store.ReadJournalAsync(parked.Tenant, parked.Position - 1, 1, null, stop);
                again = await HandleAsync(found[0], parked.Attempts, stop);
            }

            if (again is { } at)
            {
                blocked.Add(parked.Key);
                next = next < at ? next : at;
            }
        }

        return next is { } soonest ? TimeSpan.FromTicks(Math.Max(0, (soonest - _time.GetUtcNow()).Ticks)) : null;
    }
}
