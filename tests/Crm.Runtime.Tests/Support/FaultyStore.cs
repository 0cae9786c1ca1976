using System.Runtime.CompilerServices;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Tests.Support;

/// <summary>
/// A store that fails and dawdles on demand, around one that works. Writes are still finished one after the other in the order they came, and
/// one that is made to fail has changed nothing.
/// </summary>
internal sealed class FaultyStore : IGrainStore
{
    private readonly IGrainStore _inner;
    private readonly Lock _gate = new();
    private readonly Queue<(GrainWrite Write, WriteResult? Failure)> _queue = new();
    private readonly Dictionary<string, TaskCompletionSource> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private int _underWay;
    private int _loads;
    private bool _isPumping;

    public FaultyStore(IGrainStore inner) => _inner = inner;

    public event Action<IReadOnlyList<GrainWrite>>? Committed
    {
        add => _inner.Committed += value;
        remove => _inner.Committed -= value;
    }

    public event Action<string>? Grown
    {
        add => _inner.Grown += value;
        remove => _inner.Grown -= value;
    }

    public event Action<Exception>? Faulted
    {
        add => _inner.Faulted += value;
        remove => _inner.Faulted -= value;
    }

    /// <summary>How a write is to end instead of being stored; null lets it through.</summary>
    public Func<GrainWrite, WriteResult?>? FailWrite { get; set; }

    /// <summary>Whether a call of the member of this name is to throw.</summary>
    public Func<string, bool>? Fail { get; set; }

    /// <summary>How many grains were loaded.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>Writes taken and not finished.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count + _underWay;
            }
        }
    }

    public IReadOnlyCollection<string> Tenants => _inner.Tenants;

    public TallyBook Tallies => _inner.Tallies;

    public bool IsHealthy => _inner.IsHealthy;

    /// <summary>Makes calls of a member wait, writes if not said otherwise, until they are released.</summary>
    public void Hold(string member = nameof(Write))
    {
        lock (_gate)
        {
            _held[member] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Whether somebody waits for the member to be released.</summary>
    public bool IsKept(string member)
    {
        lock (_gate)
        {
            return _kept.Contains(member);
        }
    }

    public void Release(string member = nameof(Write))
    {
        lock (_gate)
        {
            _kept.Remove(member);
            if (_held.Remove(member, out var waiting))
            {
                waiting.SetResult();
            }
        }

        Pump();
    }

    public void Write(GrainWrite write)
    {
        lock (_gate)
        {
            _queue.Enqueue((write, FailWrite?.Invoke(write)));
        }

        Pump();
    }

    public async ValueTask<StoredGrain?> LoadAsync(GrainId grain, CancellationToken cancel)
    {
        await PassAsync();
        Interlocked.Increment(ref _loads);
        return await _inner.LoadAsync(grain, cancel);
    }

    public async ValueTask<StoredGrain?> RecallAsync(GrainId grain, CancellationToken cancel)
    {
        await PassAsync();
        Interlocked.Increment(ref _loads);
        return await _inner.RecallAsync(grain, cancel);
    }

    public async ValueTask<HandledCommand?> FindHandledAsync(string tenant, string commandId, CancellationToken cancel)
    {
        await PassAsync();
        return await _inner.FindHandledAsync(tenant, commandId, cancel);
    }

    public ValueTask<Guid?> FindClaimAsync(string tenant, string key, CancellationToken cancel) => _inner.FindClaimAsync(tenant, key, cancel);

    public ValueTask<CardPage> QueryAsync(CardQuery query, CancellationToken cancel) => _inner.QueryAsync(query, cancel);

    public ValueTask<long> CountAsync(CardQuery query, int atMost, CancellationToken cancel) => _inner.CountAsync(query, atMost, cancel);

    public Task DeleteTenantAsync(string tenant, CancellationToken cancel) => _inner.DeleteTenantAsync(tenant, cancel);

    public Task ReceiveAsync(string tenant, IEnumerable<JournalEntry> journal, IEnumerable<TenantNote> notes, CancellationToken cancel) => _inner.ReceiveAsync(tenant, journal, notes, cancel);

    public ValueTask<IReadOnlyList<CardGroup>> GroupAsync(CardQuery query, IReadOnlyList<CardField> fields, CancellationToken cancel) => _inner.GroupAsync(query, fields, cancel);

    public ValueTask<CardBuckets> AggregateAsync(CardQuery query, CardAggregation aggregation, CancellationToken cancel) => _inner.AggregateAsync(query, aggregation, cancel);

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(string tenant, long after, int limit, IReadOnlyCollection<string>? types, CancellationToken cancel)
    {
        await PassAsync();
        return await _inner.ReadJournalAsync(tenant, after, limit, types, cancel);
    }

    public ValueTask<IReadOnlyList<JournalEntry>> ReadHistoryAsync(GrainId grain, long? from, int limit, CancellationToken cancel) => _inner.ReadHistoryAsync(grain, from, limit, cancel);

    public long HeadOf(string tenant) => _inner.HeadOf(tenant);

    public ValueTask<IReadOnlyDictionary<string, TallyTotal>> TalliesAtEndOfAsync(string tenant, string kind, int day, CancellationToken cancel) =>
        _inner.TalliesAtEndOfAsync(tenant, kind, day, cancel);

    public ValueTask<long> FindPositionAsync(string tenant, DateTimeOffset from, CancellationToken cancel) => _inner.FindPositionAsync(tenant, from, cancel);

    public async ValueTask<IReadOnlyList<DueClock>> ReadClocksAsync(DateTimeOffset until, int limit, CancellationToken cancel)
    {
        var clocks = await _inner.ReadClocksAsync(until, limit, cancel);
        await PassAsync(); // what is read may be out of date by the time it is handed out
        return clocks;
    }

    public ValueTask<byte[]?> ReadSecretAsync(string name, CancellationToken cancel) => _inner.ReadSecretAsync(name, cancel);

    public Task WriteSecretAsync(string name, byte[]? value, CancellationToken cancel) => _inner.WriteSecretAsync(name, value, cancel);

    public async ValueTask<long> ReadCursorAsync(string reader, string tenant, CancellationToken cancel)
    {
        await PassAsync();
        return await _inner.ReadCursorAsync(reader, tenant, cancel);
    }

    public async Task WriteCursorAsync(string reader, string tenant, long position, CancellationToken cancel)
    {
        await PassAsync();
        await _inner.WriteCursorAsync(reader, tenant, position, cancel);
    }

    public async ValueTask<IReadOnlyList<ParkedEntry>> ReadParkedAsync(string reader, CancellationToken cancel)
    {
        await PassAsync();
        return await _inner.ReadParkedAsync(reader, cancel);
    }

    public async Task WriteParkedAsync(ParkedEntry entry, CancellationToken cancel)
    {
        await PassAsync();
        await _inner.WriteParkedAsync(entry, cancel);
    }

    public async ValueTask<IReadOnlyList<PendingEffect>> ReadEffectsAsync(DateTimeOffset due, int limit, CancellationToken cancel)
    {
        await PassAsync();
        return await _inner.ReadEffectsAsync(due, limit, cancel);
    }

    public async Task WriteEffectAsync(long id, EffectProgress? progress, CancellationToken cancel)
    {
        await PassAsync();
        await _inner.WriteEffectAsync(id, progress, cancel);
    }

    public ValueTask<ChainFault?> VerifyAsync(string tenant, CancellationToken cancel) => _inner.VerifyAsync(tenant, cancel);

    public Task EraseAsync(GrainId grain, long throughVersion, CancellationToken cancel) => _inner.EraseAsync(grain, throughVersion, cancel);

    public Task RebuildAsync(string tenant, CancellationToken cancel) => _inner.RebuildAsync(tenant, cancel);

    public IReadOnlyDictionary<string, string> Describe() => _inner.Describe();

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private async ValueTask PassAsync([CallerMemberName] string member = "")
    {
        if (Fail?.Invoke(member) == true)
        {
            throw new IOException($"{member} was made to fail.");
        }

        Task? waiting;
        lock (_gate)
        {
            waiting = _held.GetValueOrDefault(member)?.Task;
            if (waiting is not null)
            {
                _kept.Add(member);
            }
        }

        if (waiting is not null)
        {
            await waiting;
        }
    }

    /// <summary>Passes on what may go on. One thread at a time, so that the order stays.</summary>
    private void Pump()
    {
        while (true)
        {
            GrainWrite write;
            WriteResult? failure;
            lock (_gate)
            {
                // one that fails waits for those before it: they were judged and are stored without it
                if (_isPumping || _held.ContainsKey(nameof(Write)) || !_queue.TryPeek(out var next) || (next.Failure is not null && _underWay > 0))
                {
                    return;
                }

                _isPumping = true;
                (write, failure) = _queue.Dequeue();
                _underWay++;
            }

            if (failure is { } result)
            {
                write.Row.IsLost = true;
                (write.Result, write.Fault) = (result, new IOException("The write was made to fail."));
                write.Completed?.Invoke(write);
            }
            else
            {
                var completed = write.Completed;
                write.Completed = done =>
                {
                    completed?.Invoke(done);
                    lock (_gate)
                    {
                        _underWay--;
                    }

                    Pump();
                };
                _inner.Write(write);
            }

            lock (_gate)
            {
                _underWay -= failure is null ? 0 : 1;
                _isPumping = false;
            }
        }
    }
}
