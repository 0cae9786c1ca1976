using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Orleans.Storage;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.States;

/// <summary>
/// The writes of one grain, on their way through both stores: one step after the other, and all that wait in one step together. What the
/// provider has taken and the store has refused is taken back before it is answered: a command that was refused must not happen later.
/// </summary>
internal sealed class StateLane(
    GrainId grain, IGrainStore inner, DocumentStore documents, IAnnouncements announcements, SliceDirectory slices, Guid member, TimeProvider time, Action<Exception> report)
{
    private const int MostTogether = 64;
    private const int MostTries = 5;

    /// <summary>How long an announcement is relied on; one that stopped for longer may have been taken for dead.</summary>
    private static readonly TimeSpan AnnouncedTime = TimeSpan.FromSeconds(5);

    /// <summary>How long a lane rests before it ends.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<GrainWrite> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1);
    private GrainState<GrainDocument>? _document;
    private long _usedAt = time.GetTimestamp();
    private long? _announcedAt;
    private bool _isRunning;
    private bool _isEnded;

    /// <summary>Whether writes are on their way.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _isRunning;
            }
        }
    }

    public bool IsAnnounced => _announcedAt is not null;

    /// <summary>Keeps the lane for who is about to use it; false when it has ended.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            _usedAt = time.GetTimestamp();
            return !_isEnded;
        }
    }

    /// <summary>Ends the lane if nobody has used it for a while.</summary>
    public bool TryEnd()
    {
        lock (_gate)
        {
            return _isEnded = _isEnded || (!_isRunning && time.GetElapsedTime(_usedAt) > IdleTime && _turn.CurrentCount > 0);
        }
    }

    public void Take(GrainWrite write)
    {
        lock (_gate)
        {
            _waiting.Enqueue(write);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        _ = RunAsync();
    }

    /// <summary>Empties what was left in the outbox into the store, and brings the document to what the store has then.</summary>
    public async Task SettleAsync()
    {
        await _turn.WaitAsync();
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await ReadAsync();
                    return;
                }
                catch (InconsistentStateException) when (tries < MostTries)
                {
                    // another member settles it too
                    _document = null;
                }
            }
        }
        catch
        {
            _document = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Keeps nothing in the document of how the state came about.</summary>
    public async Task ForgetOutboxAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await ReadAsync();
            if (_document is { State: { Pending.Count: > 0 } state } known)
            {
                _document = null;
                await KeepAsync(known, state.Version, state.State, []);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (Next() is { Count: > 0 } writes)
        {
            await _turn.WaitAsync();
            try
            {
                await StoreAsync(writes);
            }
            catch (Exception bug)
            {
                _document = null;
                report(bug);
                Fail(writes, WriteResult.DurabilityUnknown);
            }
            finally
            {
                _turn.Release();
            }

            foreach (var (write, completed) in writes)
            {
                completed?.Invoke(write);
            }
        }
    }

    /// <summary>Those that follow each other and belong to the same memory; what comes after a failed one is another's turn.</summary>
    private List<(GrainWrite Write, Action<GrainWrite>? Completed)> Next()
    {
        lock (_gate)
        {
            var writes = new List<(GrainWrite Write, Action<GrainWrite>? Completed)>();
            while (writes.Count < MostTogether && _waiting.TryPeek(out var next) && (writes.Count == 0 || (next.FromVersion == writes[^1].Write.ToVersion && next.Row == writes[^1].Write.Row)))
            {
                _waiting.Dequeue();
                writes.Add((next, next.Completed));
            }

            _isRunning = writes.Count > 0;
            _usedAt = time.GetTimestamp();
            return writes;
        }
    }

    private async Task StoreAsync(List<(GrainWrite Write, Action<GrainWrite>? Completed)> writes)
    {
        if (writes[0].Write.Row.IsLost)
        {
            Fail(writes, WriteResult.Superseded);
            return;
        }

        var changes = writes.Select(one => one.Write).Where(write => write.Events.Length > 0).ToList();
        if (changes.Count > 0)
        {
            try
            {
                await AnnounceAsync();
                if (_document is null)
                {
                    await ReadAsync();
                }
            }
            catch (Exception failure)
            {
                report(failure);
                Fail(writes, WriteResult.Unavailable);
                return;
            }

            var known = _document!; // read
            if (known.State!.Version > changes[0].FromVersion)
            {
                Fail(writes, WriteResult.Superseded);
                return;
            }

            try
            {
                _document = null;
                _document = await KeepAsync(known, changes[^1].ToVersion, changes[^1].State, [.. changes.Select(PendingWrite.Of)]);
            }
            catch (InconsistentStateException)
            {
                Fail(writes, WriteResult.Superseded);
                return;
            }
            catch (Exception failure)
            {
                // it may be there
                report(failure);
                Fail(writes, WriteResult.DurabilityUnknown);
                return;
            }
        }

        await Task.WhenAll(writes.Select(one => WriteAsync(one.Write)));
        if (changes.Count > 0 && writes.Exists(one => one.Write.Result != WriteResult.Stored))
        {
            await TakeBackAsync(writes);
        }
    }

    /// <summary>The store has not taken all: the document is to be what the store has, before anybody is told.</summary>
    private async Task TakeBackAsync(List<(GrainWrite Write, Action<GrainWrite>? Completed)> writes)
    {
        var known = _document!; // just written
        _document = null;
        if (writes.Exists(one => one.Write.Result is WriteResult.DurabilityUnknown or WriteResult.Pending))
        {
            // the outbox stays, and says how it was once the store can be asked
            Fail(writes.Where(one => one.Write.Result != WriteResult.Stored), WriteResult.DurabilityUnknown);
            return;
        }

        try
        {
            var stored = await inner.LoadAsync(grain, CancellationToken.None);
            _document = await KeepAsync(known, stored?.Version ?? 0, stored?.State ?? [], []);
        }
        catch (Exception failure)
        {
            // as long as it is in the outbox it may yet happen
            report(failure);
            Fail(writes.Where(one => one.Write.Result != WriteResult.Stored), WriteResult.DurabilityUnknown);
        }
    }

    private async Task AnnounceAsync()
    {
        if (_announcedAt is { } at && time.GetElapsedTime(at) < AnnouncedTime)
        {
            return;
        }

        var begun = time.GetTimestamp();
        await announcements.AnnounceAsync(grain, member, CancellationToken.None);
        _announcedAt = begun;
    }

    /// <summary>Reads the document, with its outbox emptied into the store.</summary>
    private async Task ReadAsync()
    {
        var document = await documents.ReadAsync(grain);
        var stored = await inner.LoadAsync(grain, CancellationToken.None);
        for (var tries = 0; Left(document.State!, stored) is { } pending && tries < MostTries; tries++)
        {
            if (!slices.TryFindKind(grain.Kind, out var slice))
            {
                break;
            }

            await slice.PrepareAsync(grain.Tenant, CancellationToken.None);
            if (Redo(slice, pending, stored) is not { } write)
            {
                break;
            }

            await WriteAsync(write);
            if (write.Result is WriteResult.ClaimHeld or WriteResult.AlreadyHandled or WriteResult.Impossible)
            {
                // it was never answered, and cannot be any more
                break;
            }

            if (write.Result is not (WriteResult.Stored or WriteResult.Superseded))
            {
                throw new IOException($"The outbox of {grain} could not be emptied: {write.Result}.");
            }

            tries = write.Result == WriteResult.Stored ? 0 : tries;
            stored = await inner.LoadAsync(grain, CancellationToken.None);
        }

        var version = stored?.Version ?? 0;
        _document = document.State!.Version > version ? await KeepAsync(document, version, stored?.State ?? [], []) : document;
    }

    /// <summary>What the outbox has next that the store has not.</summary>
    private static PendingWrite? Left(GrainDocument document, StoredGrain? stored) =>
        document.Pending.Find(pending => pending.FromVersion == (stored?.Version ?? 0) && pending.Events.Count > 0);

    private GrainWrite? Redo(ISliceBehaviour slice, PendingWrite pending, StoredGrain? stored) => slice.Redo(
        slice.Recall(grain, stored),
        [.. pending.Events.Select(one => new NewEvent(one.Type, one.Payload, one.Salt, one.PayloadHash, one))],
        pending.At, new Sender((SenderKind)pending.ByKind, pending.By), pending.CommandId, pending.Fingerprint);

    private async Task<GrainState<GrainDocument>> KeepAsync(GrainState<GrainDocument> known, long version, byte[] state, List<PendingWrite> pending)
    {
        var next = new GrainState<GrainDocument>(new() { Version = version, State = state, Pending = pending }, known.ETag!) { RecordExists = known.RecordExists };
        await documents.WriteAsync(grain, next);
        return next;
    }

    private Task WriteAsync(GrainWrite write)
    {
        var completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        write.Completed = _ => completed.SetResult();
        inner.Write(write);
        return completed.Task;
    }

    private static void Fail(IEnumerable<(GrainWrite Write, Action<GrainWrite>? Completed)> writes, WriteResult result)
    {
        foreach (var (write, _) in writes)
        {
            write.Result = result;
            write.Row.IsLost = true;
        }
    }
}
