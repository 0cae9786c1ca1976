using System.Collections.Concurrent;
using System.Threading.Channels;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Wire;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.Feed;

/// <summary>
/// A store that many processes write to, as one of them sees it: <see cref="Committed"/> tells of everybody's writes, each tenant's in the
/// order of their positions and each once. What other nodes tell is taken as it comes and put in order; what they do not tell, because a
/// message was lost or its sender died, is read from the journal. So it raises no <see cref="IGrainStore.Grown"/>.
/// </summary>
internal sealed class ClusterStore : ForwardingStore
{
    private const int PageSize = 500;

    /// <summary>How long to wait for a message that is missing before the journal is read instead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);

    private readonly SliceDirectory _slices;
    private readonly Func<string, long, Task> _catchUp;
    private readonly CommitCodec _codec;
    private readonly TimeProvider _time;
    private readonly Channel<GrainWrite?> _heard = Channel.CreateUnbounded<GrainWrite?>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly List<GrainWrite> _ready = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _tick;
    private readonly Task _loop;

    /// <param name="catchUp">Has the running totals of a tenant tell what was written up to a position.</param>
    public ClusterStore(IGrainStore inner, SliceDirectory slices, Func<string, long, Task> catchUp, TimeProvider time) : base(inner)
    {
        (_slices, _catchUp, _codec, _time) = (slices, catchUp, new(slices), time);
        foreach (var tenant in inner.Tenants)
        {
            _lines[tenant] = new(inner.HeadOf(tenant) + 1);
        }

        inner.Committed += Hear;
        inner.Faulted += Report;
        _loop = RunAsync();
        _tick = time.CreateTimer(_ => _heard.Writer.TryWrite(null), null, LookPause, LookPause);
    }

    public override event Action<IReadOnlyList<GrainWrite>>? Committed;

    public override event Action<Exception>? Faulted;

    public override event Action<string>? Grown
    {
        add { }
        remove { }
    }

    /// <summary>Told of what this process itself has stored.</summary>
    public event Action<IReadOnlyList<GrainWrite>>? Own
    {
        add => Inner.Committed += value;
        remove => Inner.Committed -= value;
    }

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
            await reached.WaitAsync(atMost, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override long HeadOf(string tenant) => Math.Max(Inner.HeadOf(tenant), _lines.TryGetValue(tenant, out var line) ? line.Next - 1 : 0);

    public override async ValueTask DisposeAsync()
    {
        Inner.Committed -= Hear;
        await _tick.DisposeAsync();
        await _stop.CancelAsync();
        _heard.Writer.TryComplete();
        await _loop;
        await base.DisposeAsync();
        Inner.Faulted -= Report;
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

                await TellAsync();
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

    private async Task TellAsync()
    {
        if (_ready.Count == 0)
        {
            return;
        }

        GrainWrite[] writes = [.. _ready];
        _ready.Clear();
        await ReadTotalsAsync(writes);
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

    /// <summary>Whoever is told that a total changes, and reads it then, is to find it changed.</summary>
    private async Task ReadTotalsAsync(GrainWrite[] writes)
    {
        foreach (var changes in writes.Where(write => write.Tallies.Count > 0).GroupBy(write => write.Grain.Tenant, StringComparer.Ordinal))
        {
            try
            {
                await _catchUp(changes.Key, changes.Max(write => write.LastPosition)).WaitAsync(_stop.Token);
            }
            catch (Exception failure) when (!_stop.IsCancellationRequested)
            {
                // they follow with the next change
                Report(failure);
            }
        }
    }

    /// <summary>Reads what is there and was not told.</summary>
    private async Task MendAsync()
    {
        foreach (var tenant in Inner.Tenants)
        {
            var line = LineOf(tenant);
            if (!line.IsLate(Inner.HeadOf(tenant), _time, Patience))
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
        var entries = await Inner.ReadJournalAsync(tenant, line.Next - 1, PageSize, null, _stop.Token);
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
                await TellAsync();
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
        var after = (await Inner.LoadAsync(grain, _stop.Token))?.Card is { } json ? slice.ReadCard(json) : null;
        var earlier = new Stack<JournalEntry>();
        long? next = entries[0].Previous;
        while (next > 0)
        {
            var page = await Inner.ReadHistoryAsync(grain, next, PageSize, _stop.Token);
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
