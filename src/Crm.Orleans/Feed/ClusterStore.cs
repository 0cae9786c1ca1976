using System.Collections.Concurrent;
using System.Threading.Channels;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Wire;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.Feed;

/// <summary>
/// A store that many processes write to, as one of them sees it: <see cref="Committed"/> tells of everybody's writes, each tenant's in the
/// order of their positions and each once. What other nodes tell is taken as it comes and put in order; what they do not tell, because a
/// message was lost or its sender died, is read from the journal.
/// </summary>
internal sealed class ClusterStore : IGrainStore
{
    private const int PageSize = 500;

    /// <summary>How long to wait for a message that is missing before the journal is read instead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    private readonly IGrainStore _inner;
    private readonly SliceDirectory _slices;
    private readonly CommitCodec _codec;
    private readonly TimeProvider _time;
    private readonly Channel<GrainWrite?> _heard = Channel.CreateUnbounded<GrainWrite?>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly List<GrainWrite> _ready = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _tick;
    private readonly Task _loop;

    public ClusterStore(IGrainStore inner, SliceDirectory slices, TimeProvider time)
    {
        (_inner, _slices, _codec, _time) = (inner, slices, new(slices), time);
        foreach (var tenant in inner.Tenants)
        {
            _lines[tenant] = new(inner.HeadOf(tenant) + 1);
        }

        inner.Committed += Hear;
        inner.Faulted += Report;
        _loop = RunAsync();
        _tick = time.CreateTimer(_ => _heard.Writer.TryWrite(null), null, LookPause, LookPause);
    }

    public event Action<IReadOnlyList<GrainWrite>>? Committed;

    public event Action<Exception>? Faulted;

    public event Action<string>? Grown
    {
        add => _inner.Grown += value;
        remove => _inner.Grown -= value;
    }

    /// <summary>Told of what this process itself has stored.</summary>
    public event Action<IReadOnlyList<GrainWrite>>? Own
    {
        add => _inner.Committed += value;
        remove => _inner.Committed -= value;
    }

    public IReadOnlyCollection<string> Tenants => _inner.Tenants;

    public TallyBook Tallies => _inner.Tallies;

    public bool IsHealthy => _inner.IsHealthy;

    /// <summary>Takes what another node says it has stored.</summary>
    public void Take(byte[] writes)
    {
        try
        {
            Hear(_codec.Decode(writes));
        }
        catch (Exception unreadable)
        {
            // of another release perhaps; the journal has it
            Report(unreadable);
        }
    }

    /// <summary>Waits until <see cref="Committed"/> has told of a position, so that who has an answer finds here what he was told; not for ever.</summary>
    public async Task ReachedAsync(string tenant, long position, TimeSpan atMost)
    {
        if (LineOf(tenant).Wait(position) is { } reached)
        {
            await Task.WhenAny(reached, Task.Delay(atMost, _time));
        }
    }

    public long HeadOf(string tenant) => Math.Max(_inner.HeadOf(tenant), _lines.TryGetValue(tenant, out var line) ? line.Next - 1 : 0);

    public void Write(GrainWrite write) => _inner.Write(write);

    public ValueTask<StoredGrain?> LoadAsync(GrainId grain, CancellationToken cancel) => _inner.LoadAsync(grain, cancel);

    public ValueTask<HandledCommand?> FindHandledAsync(string tenant, string commandId, CancellationToken cancel) => _inner.FindHandledAsync(tenant, commandId, cancel);

    public ValueTask<Guid?> FindClaimAsync(string tenant, string key, CancellationToken cancel) => _inner.FindClaimAsync(tenant, key, cancel);

    public ValueTask<CardPage> QueryAsync(CardQuery query, CancellationToken cancel) => _inner.QueryAsync(query, cancel);

    public ValueTask<long> CountAsync(CardQuery query, int atMost, CancellationToken cancel) => _inner.CountAsync(query, atMost, cancel);

    public ValueTask<IReadOnlyList<CardGroup>> GroupAsync(CardQuery query, IReadOnlyList<CardField> fields, CancellationToken cancel) => _inner.GroupAsync(query, fields, cancel);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(string tenant, long after, int limit, IReadOnlyCollection<string>? types, CancellationToken cancel) =>
        _inner.ReadJournalAsync(tenant, after, limit, types, cancel);

    public ValueTask<IReadOnlyList<JournalEntry>> ReadHistoryAsync(GrainId grain, long? from, int limit, CancellationToken cancel) => _inner.ReadHistoryAsync(grain, from, limit, cancel);

    public ValueTask<IReadOnlyDictionary<string, TallyTotal>> TalliesAtEndOfAsync(string tenant, string kind, int day, CancellationToken cancel) =>
        _inner.TalliesAtEndOfAsync(tenant, kind, day, cancel);

    public ValueTask<long> FindPositionAsync(string tenant, DateTimeOffset from, CancellationToken cancel) => _inner.FindPositionAsync(tenant, from, cancel);

    public ValueTask<IReadOnlyList<DueClock>> ReadClocksAsync(DateTimeOffset until, int limit, CancellationToken cancel) => _inner.ReadClocksAsync(until, limit, cancel);

    public ValueTask<byte[]?> ReadSecretAsync(string name, CancellationToken cancel) => _inner.ReadSecretAsync(name, cancel);

    public Task WriteSecretAsync(string name, byte[]? value, CancellationToken cancel) => _inner.WriteSecretAsync(name, value, cancel);

    public ValueTask<long> ReadCursorAsync(string reader, string tenant, CancellationToken cancel) => _inner.ReadCursorAsync(reader, tenant, cancel);

    public Task WriteCursorAsync(string reader, string tenant, long position, CancellationToken cancel) => _inner.WriteCursorAsync(reader, tenant, position, cancel);

    public ValueTask<IReadOnlyList<ParkedEntry>> ReadParkedAsync(string reader, CancellationToken cancel) => _inner.ReadParkedAsync(reader, cancel);

    public Task WriteParkedAsync(ParkedEntry entry, CancellationToken cancel) => _inner.WriteParkedAsync(entry, cancel);

    public ValueTask<IReadOnlyList<PendingEffect>> ReadEffectsAsync(DateTimeOffset due, int limit, CancellationToken cancel) => _inner.ReadEffectsAsync(due, limit, cancel);

    public Task WriteEffectAsync(long id, EffectProgress? progress, CancellationToken cancel) => _inner.WriteEffectAsync(id, progress, cancel);

    public ValueTask<ChainFault?> VerifyAsync(string tenant, CancellationToken cancel) => _inner.VerifyAsync(tenant, cancel);

    public Task EraseAsync(GrainId grain, long throughVersion, CancellationToken cancel) => _inner.EraseAsync(grain, throughVersion, cancel);

    public Task RebuildAsync(string tenant, CancellationToken cancel) => _inner.RebuildAsync(tenant, cancel);

    public Task DeleteTenantAsync(string tenant, CancellationToken cancel) => _inner.DeleteTenantAsync(tenant, cancel);

    public Task RestoreAsync(string tenant, IReadOnlyList<JournalEntry> entries, CancellationToken cancel) => _inner.RestoreAsync(tenant, entries, cancel);

    public IReadOnlyDictionary<string, string> Describe() => _inner.Describe();

    public async ValueTask DisposeAsync()
    {
        _inner.Committed -= Hear;
        await _tick.DisposeAsync();
        await _stop.CancelAsync();
        _heard.Writer.TryComplete();
        await _loop;
        await _inner.DisposeAsync();
        _inner.Faulted -= Report;
        _stop.Dispose();
    }

    private Line LineOf(string tenant) => _lines.GetOrAdd(tenant, static _ => new(1));

    private void Report(Exception bug) => Faulted?.Invoke(bug);

    private void Hear(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Events.Length > 0)
            {
                _heard.Writer.TryWrite(write);
            }
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            while (await _heard.Reader.WaitToReadAsync(_stop.Token))
            {
                var isTick = false;
                while (_heard.Reader.TryRead(out var write))
                {
                    isTick |= write is null;
                    if (write is not null)
                    {
                        LineOf(write.Grain.Tenant).Offer(write, _time.GetTimestamp(), _ready);
                    }
                }

                Tell();
                if (isTick)
                {
                    await MendAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private void Tell()
    {
        if (_ready.Count == 0)
        {
            return;
        }

        GrainWrite[] writes = [.. _ready];
        _ready.Clear();
        foreach (var follower in Delegate.EnumerateInvocationList(Committed))
        {
            try
            {
                follower(writes);
            }
            catch (Exception bug)
            {
                Report(bug);
            }
        }

        foreach (var tenant in writes.Select(write => write.Grain.Tenant).Distinct(StringComparer.Ordinal))
        {
            LineOf(tenant).Release();
        }
    }

    /// <summary>Reads what is there and was not told.</summary>
    private async Task MendAsync()
    {
        foreach (var tenant in _inner.Tenants)
        {
            var line = LineOf(tenant);
            if (!line.IsLate(_inner.HeadOf(tenant), _time, Patience))
            {
                continue;
            }

            try
            {
                await MendAsync(tenant, line);
            }
            catch (Exception failure) when (!_stop.IsCancellationRequested)
            {
                Report(failure);
            }
        }
    }

    private async Task MendAsync(string tenant, Line line)
    {
        var entries = await _inner.ReadJournalAsync(tenant, line.Next - 1, PageSize, null, _stop.Token);
        for (var from = 0; from < entries.Count;)
        {
            var to = from + 1;
            while (to < entries.Count && IsOfOneCommand(entries[from], entries[to]))
            {
                to++;
            }

            // what came meanwhile may have gone further already
            var part = entries.Skip(from).Take(to - from).Where(entry => entry.Position >= line.Next).ToArray();
            if (part.Length > 0)
            {
                line.Offer(await RecoverAsync(part), _time.GetTimestamp(), _ready);
                Tell();
            }

            from = to;
        }
    }

    private static bool IsOfOneCommand(JournalEntry one, JournalEntry next) =>
        (one.Kind, one.Key, one.At, one.By, one.CommandId) == (next.Kind, next.Key, next.At, next.By, next.CommandId);

    private async Task<GrainWrite> RecoverAsync(JournalEntry[] entries)
    {
        var grain = new GrainId(entries[0].Tenant, entries[0].Kind, entries[0].Key);
        var slice = _slices.OfKind(grain.Kind);
        var after = (await _inner.LoadAsync(grain, _stop.Token))?.Card is { } json ? slice.ReadCard(json) : null;
        var earlier = new Stack<JournalEntry>();
        long? next = entries[0].Previous;
        while (next > 0)
        {
            var page = await _inner.ReadHistoryAsync(grain, next, PageSize, _stop.Token);
            foreach (var entry in page)
            {
                earlier.Push(entry);
            }

            next = page.Count > 0 ? page[^1].Previous : 0;
        }

        return _codec.Recover(entries, slice.Fold(grain, earlier), after);
    }

    /// <summary>A tenant's writes, put in order. Only the loop offers and delivers; anybody may wait.</summary>
    private sealed class Line(long next)
    {
        private readonly Lock _gate = new();
        private readonly SortedDictionary<long, GrainWrite> _held = [];
        private readonly List<(long Position, TaskCompletionSource Reached)> _waiters = [];
        private long _next = next;
        private long _told = next - 1;
        private long _movedAt = TimeProvider.System.GetTimestamp();

        /// <summary>The position that is to be told next.</summary>
        public long Next => Volatile.Read(ref _next);

        public void Offer(GrainWrite write, long now, List<GrainWrite> ready)
        {
            if (write.LastPosition < _next)
            {
                return;
            }

            _held.TryAdd(write.LastPosition - write.Events.Length + 1, write);
            while (_held.Count > 0 && _held.First() is var (first, earliest) && first <= _next)
            {
                _held.Remove(first);
                if (earliest.LastPosition >= _next)
                {
                    ready.Add(earliest);
                    Volatile.Write(ref _next, earliest.LastPosition + 1);
                    _movedAt = now;
                }
            }
        }

        public bool IsLate(long head, TimeProvider time, TimeSpan patience)
        {
            if (head < _next && _held.Count == 0)
            {
                _movedAt = time.GetTimestamp();
                return false;
            }

            return time.GetElapsedTime(_movedAt) > patience;
        }

        public Task? Wait(long position)
        {
            lock (_gate)
            {
                if (position <= _told)
                {
                    return null;
                }

                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiters.Add((position, reached));
                return reached.Task;
            }
        }

        public void Release()
        {
            lock (_gate)
            {
                _told = _next - 1;
                _waiters.RemoveAll(waiter => waiter.Position <= _told && waiter.Reached.TrySetResult());
            }
        }
    }
}
