using System.Diagnostics;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Embedded;

internal enum Taken
{
    Yes,

    /// <summary>Yes, and nobody runs the grain yet: the caller is to lend it its thread, see <see cref="Activation.RunOne"/>.</summary>
    Idle,
    Full,
    Retired,
}

/// <summary>A command waiting for its answer.</summary>
internal sealed class Work(CommandEnvelope envelope, DateTimeOffset now)
{
    private List<(Work Work, Outcome? Outcome)>? _followers;

    public CommandEnvelope Envelope { get; } = envelope;

    public DateTimeOffset Now { get; } = now;

    public TaskCompletionSource<Outcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The span it belongs to; none when nobody listens.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>Counts the commands that its grain was given.</summary>
    public long Turn { get; set; }

    /// <summary>How often another activation was faster.</summary>
    public int Retries { get; set; }

    /// <summary>The one behind it in the queue that it is in.</summary>
    public Work? Next { get; set; }

    /// <summary>Lets another be answered once this one's write is there: judged after it, or, without an outcome, the same.</summary>
    public void LetFollow(Work work, Outcome? outcome) => (_followers ??= []).Add((work, outcome));

    /// <summary>They follow it no more: it may be judged again.</summary>
    public IReadOnlyList<(Work Work, Outcome? Outcome)> TakeFollowers()
    {
        var followers = _followers;
        _followers = null;
        return followers ?? (IReadOnlyList<(Work, Outcome?)>)[];
    }
}

/// <summary>
/// Commands in the order they came. Linked through themselves, so that an idle grain keeps no array for them: a collection would have to look
/// through it after each command.
/// </summary>
internal struct WorkQueue
{
    private Work? _first;

    public Work? Last { get; private set; }

    public readonly bool IsEmpty => _first is null;

    public void Enqueue(Work work)
    {
        if (Last is { } before)
        {
            before.Next = work;
        }
        else
        {
            _first = work;
        }

        Last = work;
    }

    /// <summary>Not of an empty queue.</summary>
    public Work Dequeue()
    {
        var work = _first!; // it is not empty
        (_first, work.Next) = (work.Next, null);
        if (_first is null)
        {
            // nothing of a command that is over stays with an idle grain
            Last = null;
        }

        return work;
    }
}

/// <summary>
/// One grain in memory. Commands are judged one at a time against the memory that the ones before leave behind, without waiting for the
/// disk: writes follow each other in order, and an answer goes out only when its write, and so every write before it, is on disk. When a
/// write fails, those judged after it fail with it at the store's version check; the grain is then recalled and they are judged again,
/// in the order they came.
/// </summary>
internal sealed class Activation(EmbeddedEngine engine, IGrainBehaviour behaviour, GrainId grain) : IThreadPoolWorkItem
{
    private const int MostRetries = 5;

    private readonly Lock _gate = new();
    private WorkQueue _inbox;
    private WorkQueue _unwritten;
    private Dictionary<string, Work>? _unwrittenIds;
    private List<Work>? _again;
    private GrainMemory? _memory;
    private long _turns;
    private int _waiting;
    private int _recall;
    private bool _isRunning;
    private bool _isRewinding;
    private bool _isRetired;

    public GrainId Grain { get; } = grain;

    /// <summary>Whether it was told no more than one thing.</summary>
    public bool IsToldOnce => Volatile.Read(ref _turns) == 1;

    /// <summary>Timestamp of the last command, of the engine's clock.</summary>
    public long LastUsed { get; private set; } = engine.Time.GetTimestamp();

    public Taken Take(Work work)
    {
        lock (_gate)
        {
            if (_isRetired)
            {
                return Taken.Retired;
            }

            if (Volatile.Read(ref _waiting) >= engine.Options.MostWaitingInOneGrain)
            {
                return Taken.Full;
            }

            Interlocked.Increment(ref _waiting);
            work.Turn = _turns++;
            _inbox.Enqueue(work);
            LastUsed = engine.Time.GetTimestamp();
            if (_isRunning || _isRewinding)
            {
                return Taken.Yes;
            }

            _isRunning = true;
            return Taken.Idle;
        }
    }

    public bool TryRetire()
    {
        lock (_gate)
        {
            return _isRetired = _isRetired || (!_isRunning && Volatile.Read(ref _waiting) == 0);
        }
    }

    public void Execute() => _ = RunAsync(int.MaxValue);

    /// <summary>Judges one command on this thread, which spares most commands a change of threads; whatever else waits by then goes to the pool.</summary>
    public void RunOne() => _ = RunAsync(1);

    private async Task RunAsync(int turns)
    {
        for (; ; turns--)
        {
            Work work;
            GrainMemory? memory;
            int recall;
            lock (_gate)
            {
                if (_isRewinding || _inbox.IsEmpty)
                {
                    _isRunning = false;
                    return;
                }

                if (turns == 0)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                }

                work = _inbox.Dequeue();
                (memory, recall) = (_memory, _recall);
            }

            try
            {
                var isFresh = work.Envelope.IsFresh && recall == 0;
                var isCertain = !engine.Options.IsShared || (memory is null && !isFresh);
                memory ??= await RecallAsync(isFresh);
                await JudgeAsync(work, memory, recall, isCertain);
            }
            catch (Exception bug)
            {
                // a behaviour that throws has a bug: that command fails, the grain lives on
                Fail(work, bug);
            }
        }
    }

    /// <summary>Only while nothing is unwritten, so nothing can rewind meanwhile.</summary>
    private async ValueTask<GrainMemory> RecallAsync(bool isFresh) =>
        _memory = behaviour.Recall(
            Grain,
            isFresh ? null
            : engine.Options.IsShared ? await engine.Store.LoadAsync(Grain, CancellationToken.None)
            : await engine.Store.RecallAsync(Grain, CancellationToken.None));

    /// <param name="isCertain">The memory is what the store has now, as far as anybody can know.</param>
    private async ValueTask JudgeAsync(Work work, GrainMemory memory, int recall, bool isCertain)
    {
        var envelope = work.Envelope;
        if (envelope.CommandId is { } commandId && FollowTwin(work, commandId))
        {
            return;
        }

        if (envelope.ExpectedVersion is { } expected && expected != memory.Version)
        {
            await AnswerAsync(work, new(OutcomeKind.VersionConflict, memory.Version, Grain: Grain.Key), memory, recall, isCertain);
            return;
        }

        var turn = behaviour.Decide(memory, envelope, work.Now);
        if ((turn.Write ?? NoteOf(turn, memory, work)) is not { } write)
        {
            await AnswerAsync(
                work,
                turn.Refusal is { } refusal
                    ? new(OutcomeKind.Refused, memory.Version, Refusal: refusal, Grain: Grain.Key)
                    : new(OutcomeKind.Unchanged, memory.Version, Grain: Grain.Key),
                memory,
                recall,
                isCertain);
            return;
        }

        write.Completed = Written;
        if (work.Trace != default)
        {
            (write.Trace, write.SubmittedAt) = (work.Trace, engine.Time.GetUtcNow());
        }

        lock (_gate)
        {
            if (IsTakenBack(work, recall))
            {
                return;
            }

            _memory = turn.Next;
            _unwritten.Enqueue(work);
            if (envelope.CommandId is { } id)
            {
                (_unwrittenIds ??= new(StringComparer.Ordinal))[id] = work;
            }
        }

        engine.Store.Write(write);
    }

    /// <summary>
    /// What is kept of a command that had nothing to do: sent again when there would be, it still does nothing. A clock's command is
    /// an exception: one that came too early must not count.
    /// </summary>
    private static GrainWrite? NoteOf(Turn turn, GrainMemory memory, Work work) =>
        turn.Refusal is not null || work.Envelope is not { CommandId: { } commandId, By.Kind: not SenderKind.Clock, IsIdOfWay: false }
            ? null
            : new()
            {
                Grain = memory.Grain,
                FromVersion = memory.Version,
                Row = memory.Row,
                Events = [],
                At = work.Now,
                By = work.Envelope.By,
                State = [],
                Card = null,
                Columns = null,
                SortKeys = null,
                CommandId = commandId,
                Fingerprint = work.Envelope.Fingerprint,
            };

    /// <summary>Whether the same command is being written. Then this one is answered as a repetition of it.</summary>
    private bool FollowTwin(Work work, string commandId)
    {
        lock (_gate)
        {
            if (_unwrittenIds is null || !_unwrittenIds.TryGetValue(commandId, out var twin))
            {
                return false;
            }

            twin.LetFollow(work, null);
            return true;
        }
    }

    /// <summary>Answers a command that writes nothing. If it was handled before, the answer is the one it got then.</summary>
    private async ValueTask AnswerAsync(Work work, Outcome outcome, GrainMemory memory, int recall, bool isCertain)
    {
        if (!isCertain && await IsOutdatedAsync(memory) && TakeBack(work))
        {
            return;
        }

        if (work.Envelope.CommandId is { } commandId && await engine.Store.FindHandledAsync(Grain.Tenant, commandId, CancellationToken.None) is { } handled)
        {
            outcome = Replay(work.Envelope, handled);
        }

        lock (_gate)
        {
            if (IsTakenBack(work, recall))
            {
                return;
            }

            if (_unwritten.Last is { } last)
            {
                // it was judged on what is not on disk yet, so it waits for that
                last.LetFollow(work, outcome);
                return;
            }
        }

        Finish(work, outcome);
    }

    private async ValueTask<bool> IsOutdatedAsync(GrainMemory memory)
    {
        lock (_gate)
        {
            if (!_unwritten.IsEmpty)
            {
                // the answer waits for those, and the store checks them
                return false;
            }
        }

        return (await engine.Store.LoadAsync(Grain, CancellationToken.None))?.Version is var stored && (stored ?? 0) != memory.Version;
    }

    /// <summary>Another engine has brought the grain on: lets the command be judged again on that, unless it has been often enough.</summary>
    private bool TakeBack(Work work)
    {
        lock (_gate)
        {
            if (!_unwritten.IsEmpty || work.Retries++ >= MostRetries)
            {
                return false;
            }

            (_again ??= []).Add(work);
            Rewind();
            return true;
        }
    }

    /// <summary>Under the gate. Whether what a command was judged on was taken back meanwhile; then it is judged again.</summary>
    private bool IsTakenBack(Work work, int recall)
    {
        if (!_isRewinding && recall == _recall)
        {
            return false;
        }

        (_again ??= []).Add(work);
        if (!_isRewinding)
        {
            Requeue();
        }

        return true;
    }

    private void Written(GrainWrite write)
    {
        Work work;
        var isStored = write.Result == WriteResult.Stored;
        var isAnswered = true;
        lock (_gate)
        {
            work = _unwritten.Dequeue();
            if (work.Envelope.CommandId is { } commandId)
            {
                _unwrittenIds?.Remove(commandId);
            }

            if (!isStored)
            {
                // those behind the first to fail fail because of it: that is no try of their own
                isAnswered = write.Result != WriteResult.Superseded || (!_isRewinding && work.Retries++ >= MostRetries);
                _isRewinding = true;
                if (!isAnswered)
                {
                    (_again ??= []).Add(work);
                }

                foreach (var (follower, _) in work.TakeFollowers())
                {
                    (_again ??= []).Add(follower);
                }
            }

            if (_isRewinding && _unwritten.IsEmpty)
            {
                Rewind();
            }
        }

        if (isStored && write is { FromVersion: 0, ToVersion: > 0 })
        {
            engine.Keep(this);
        }

        if (isAnswered)
        {
            Finish(work, write);
        }

        if (isStored)
        {
            foreach (var (follower, outcome) in work.TakeFollowers())
            {
                Finish(follower, outcome ?? Replay(follower.Envelope, new(Grain.Key, write.ToVersion, write.LastPosition, work.Envelope.Fingerprint)));
            }
        }
    }

    /// <summary>Goes back to what is on disk and lets what was judged on anything else be judged again.</summary>
    private void Rewind()
    {
        _memory = null;
        _recall++;
        _isRewinding = false;
        Requeue();
        Schedule();
    }

    private void Requeue()
    {
        if (_again is not { } all)
        {
            return;
        }

        while (!_inbox.IsEmpty)
        {
            all.Add(_inbox.Dequeue());
        }

        all.Sort(static (one, other) => one.Turn.CompareTo(other.Turn));
        foreach (var work in all)
        {
            _inbox.Enqueue(work);
        }

        _again = null;
    }

    private void Schedule()
    {
        if (!_isRunning && !_isRewinding && !_inbox.IsEmpty)
        {
            _isRunning = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Finish(Work work, GrainWrite write)
    {
        if (write.Result == WriteResult.Impossible)
        {
            Fail(work, write.Fault!); // set with this result
        }
        else
        {
            Finish(work, OutcomeOf(work.Envelope, write));
        }
    }

    private void Finish(Work work, Outcome outcome)
    {
        Leave();
        work.Answer.TrySetResult(outcome);
    }

    private void Fail(Work work, Exception bug)
    {
        Leave();
        work.Answer.TrySetException(bug);
    }

    private void Leave()
    {
        Interlocked.Decrement(ref _waiting);
        engine.Leave();
    }

    private Outcome OutcomeOf(CommandEnvelope envelope, GrainWrite write) => write.Result switch
    {
        WriteResult.Stored => new(write.Events.Length > 0 ? OutcomeKind.Committed : OutcomeKind.Unchanged, write.ToVersion, write.LastPosition, Grain: Grain.Key),
        WriteResult.AlreadyHandled => Replay(envelope, write.Handled!), // set with this result
        WriteResult.ClaimHeld => new(OutcomeKind.ClaimHeld, ClaimedKey: write.ClaimedKey, Holder: write.Holder, Grain: Grain.Key),
        WriteResult.Superseded => new(OutcomeKind.VersionConflict, Grain: Grain.Key),
        WriteResult.StorageFull => new(OutcomeKind.StorageFull, Grain: Grain.Key),
        WriteResult.Unavailable => new(OutcomeKind.Overloaded, Grain: Grain.Key),
        _ => new(OutcomeKind.DurabilityUnknown, Grain: Grain.Key),
    };

    private static Outcome Replay(CommandEnvelope envelope, HandledCommand handled) =>
        envelope.Fingerprint is { } now && handled.Fingerprint is { } then && !now.AsSpan().SequenceEqual(then)
            ? new(OutcomeKind.CommandIdReused, Grain: handled.Key)
            : new(OutcomeKind.AlreadyHandled, handled.Version, handled.Position, Grain: handled.Key);
}
