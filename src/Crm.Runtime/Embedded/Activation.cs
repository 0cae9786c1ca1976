using Crm.Runtime.Journal;

namespace Crm.Runtime.Embedded;

internal enum Taken
{
    Yes,
    Full,
    Retired,
}

/// <summary>A command waiting for its answer.</summary>
internal sealed class Work(CommandEnvelope envelope, DateTimeOffset now)
{
    public CommandEnvelope Envelope { get; } = envelope;

    public DateTimeOffset Now { get; } = now;

    public TaskCompletionSource<Outcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often it was judged again because what it was judged on did not reach the disk.</summary>
    public int Retries { get; set; }
}

/// <summary>
/// One grain in memory. Commands are judged one at a time against the memory that the ones before leave behind, without waiting for the
/// disk: writes follow each other in order, and an answer goes out only when its write, and so every write before it, is on disk. When a
/// write fails, those judged after it fail with it at the store's version check; the grain is then recalled and they are judged again.
/// </summary>
internal sealed class Activation(EmbeddedEngine engine, IGrainBehaviour behaviour, GrainId grain) : IThreadPoolWorkItem
{
    private const int MostRetries = 5;

    private readonly Lock _gate = new();
    private readonly Queue<Work> _inbox = new();
    private readonly Queue<Judged> _unwritten = new();
    private List<Work>? _again;
    private Judged? _lastUnwritten;
    private GrainMemory? _memory;
    private int _recall;
    private bool _isRunning;
    private bool _isRewinding;
    private bool _isRetired;

    public GrainId Grain { get; } = grain;

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

            if (_inbox.Count >= engine.Options.MostWaitingInOneGrain)
            {
                return Taken.Full;
            }

            _inbox.Enqueue(work);
            LastUsed = engine.Time.GetTimestamp();
            Schedule();
            return Taken.Yes;
        }
    }

    public bool TryRetire()
    {
        lock (_gate)
        {
            return _isRetired = _isRetired || (!_isRunning && _inbox.Count == 0 && _unwritten.Count == 0 && !_isRewinding);
        }
    }

    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        while (true)
        {
            Work work;
            GrainMemory? memory;
            int recall;
            lock (_gate)
            {
                if (_isRewinding || _inbox.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                work = _inbox.Dequeue();
                (memory, recall) = (_memory, _recall);
            }

            try
            {
                memory ??= behaviour.Recall(Grain, work is { Envelope.IsFresh: true, Retries: 0 } ? null : await engine.Store.LoadAsync(Grain, CancellationToken.None));
                await JudgeAsync(work, memory, recall);
            }
            catch (Exception bug)
            {
                // a behaviour that throws has a bug: that command fails, the grain lives on from what is on disk
                Fail(work, bug);
            }
        }
    }

    private async ValueTask JudgeAsync(Work work, GrainMemory memory, int recall)
    {
        var envelope = work.Envelope;
        if (envelope.ExpectedVersion is { } expected && expected != memory.Version)
        {
            await AnswerAsync(work, new(OutcomeKind.VersionConflict, memory.Version, Grain: Grain.Key));
            return;
        }

        var turn = behaviour.Decide(memory, envelope, work.Now);
        if (turn.Write is not { } write)
        {
            await AnswerAsync(work, turn.Refusal is { } refusal
                ? new(OutcomeKind.Refused, memory.Version, Refusal: refusal, Grain: Grain.Key)
                : new(OutcomeKind.Unchanged, memory.Version, Grain: Grain.Key));
            return;
        }

        write.Completed = Written;
        lock (_gate)
        {
            if (_isRewinding || recall != _recall)
            {
                // while it was judged, what it was judged on was taken back
                (_again ??= []).Add(work);
                if (!_isRewinding)
                {
                    Requeue();
                }

                return;
            }

            _memory = turn.Next;
            _unwritten.Enqueue(_lastUnwritten = new(work));
        }

        engine.Store.Write(write);
    }

    /// <summary>Answers a command that writes nothing. If it was handled before, the answer is the one it got then.</summary>
    private async ValueTask AnswerAsync(Work work, Outcome outcome)
    {
        if (work.Envelope.CommandId is { } commandId && await engine.Store.FindHandledAsync(Grain.Tenant, commandId, CancellationToken.None) is { } handled)
        {
            outcome = Replay(work.Envelope, handled);
        }

        lock (_gate)
        {
            if (_unwritten.Count > 0)
            {
                // it was judged on what is not on disk yet, so it waits for that
                _lastUnwritten!.Follow(work, outcome); // there is a last one
                return;
            }
        }

        Finish(work, outcome);
    }

    private void Written(GrainWrite write)
    {
        Judged judged;
        var isStored = write.Result == WriteResult.Stored;
        lock (_gate)
        {
            judged = _unwritten.Dequeue();
            if (!isStored)
            {
                _isRewinding = true;
                if (write.Result == WriteResult.Superseded && judged.Work.Retries++ < MostRetries)
                {
                    (_again ??= []).Add(judged.Work);
                    judged = judged with { Work = null! }; // judged again instead of answered
                }

                foreach (var (follower, _) in judged.Followers)
                {
                    (_again ??= []).Add(follower);
                }
            }

            if (_isRewinding && _unwritten.Count == 0)
            {
                Rewind();
            }
        }

        if (judged.Work is { } work)
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

        if (isStored)
        {
            foreach (var (follower, outcome) in judged.Followers)
            {
                Finish(follower, outcome);
            }
        }
    }

    /// <summary>Goes back to what is on disk and lets what was judged on anything else be judged again, before what came later.</summary>
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
        var later = _inbox.ToArray();
        _inbox.Clear();
        foreach (var work in _again ?? [])
        {
            _inbox.Enqueue(work);
        }

        foreach (var work in later)
        {
            _inbox.Enqueue(work);
        }

        _again = null;
    }

    private void Schedule()
    {
        if (!_isRunning && !_isRewinding && _inbox.Count > 0)
        {
            _isRunning = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Finish(Work work, Outcome outcome)
    {
        engine.Leave();
        work.Answer.TrySetResult(outcome);
    }

    private void Fail(Work work, Exception bug)
    {
        engine.Leave();
        work.Answer.TrySetException(bug);
    }

    private Outcome OutcomeOf(CommandEnvelope envelope, GrainWrite write) => write.Result switch
    {
        WriteResult.Stored => new(OutcomeKind.Committed, write.ToVersion, write.LastPosition, Grain: Grain.Key),
        WriteResult.AlreadyHandled => Replay(envelope, write.Handled!), // set with this result
        WriteResult.ClaimHeld => new(OutcomeKind.ClaimHeld, ClaimedKey: write.ClaimedKey, Holder: write.Holder, Grain: Grain.Key),
        WriteResult.Superseded => new(OutcomeKind.VersionConflict, Grain: Grain.Key),
        WriteResult.StorageFull => new(OutcomeKind.StorageFull, Grain: Grain.Key),
        _ => new(OutcomeKind.DurabilityUnknown, Grain: Grain.Key),
    };

    private static Outcome Replay(CommandEnvelope envelope, HandledCommand handled) =>
        envelope.Fingerprint is { } now && handled.Fingerprint is { } then && !now.AsSpan().SequenceEqual(then)
            ? new(OutcomeKind.CommandIdReused, Grain: handled.Key)
            : new(OutcomeKind.AlreadyHandled, handled.Version, handled.Position, Grain: handled.Key);

    /// <summary>A command whose write is on its way, and those judged after it that write nothing.</summary>
    private sealed record Judged(Work Work)
    {
        private List<(Work Work, Outcome Outcome)>? _followers;

        /// <summary>Judged after it, and writing nothing.</summary>
        public IReadOnlyList<(Work Work, Outcome Outcome)> Followers => _followers ?? (IReadOnlyList<(Work, Outcome)>)[];

        public void Follow(Work work, Outcome outcome) => (_followers ??= []).Add((work, outcome));
    }
}
