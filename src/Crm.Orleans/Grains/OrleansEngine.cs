using Crm.Orleans.Feed;
using Crm.Runtime;
using Crm.Runtime.Embedded;
using Orleans.Runtime.Messaging;
using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.Grains;

/// <summary>
/// Runs grains on a cluster: sends each command to the node where its grain is. Messages between nodes may be lost, and nodes with them; so
/// every command carries an id, and is sent again until somebody answers it or it is too late.
/// </summary>
/// <param name="seats">Where grains are.</param>
/// <param name="store">What answers wait for until it has told of them; null when it needs no telling.</param>
/// <param name="local">The engine of this node, if it runs grains.</param>
/// <param name="time">What commands are stamped with.</param>
internal sealed class OrleansEngine(IEnvelopes envelopes, Func<GrainId, ICrmGrain> seats, ClusterStore? store, EmbeddedEngine? local, TimeProvider time, OrleansEngineOptions options) : IGrainEngine
{
    private static readonly Outcome Overloaded = new(OutcomeKind.Overloaded);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private volatile bool _isStopping;

    public int ActiveCount => local?.ActiveCount ?? 0;

    public int WaitingCount => Volatile.Read(ref _waiting) + (local?.WaitingCount ?? 0);

    public async ValueTask<Outcome> TellAsync(CommandEnvelope envelope, CancellationToken cancel)
    {
        // counted first: either this sees that the engine stops, or whoever stops it sees this
        if (Interlocked.Increment(ref _waiting) > options.MostWaiting || _isStopping)
        {
            Leave();
            return Overloaded;
        }

        var telling = TellAsync(envelope);
        return await (cancel.CanBeCanceled ? telling.WaitAsync(cancel) : telling);
    }

    public async Task DrainAsync(CancellationToken cancel)
    {
        _isStopping = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) > 0)
        {
            await _drained.Task.WaitAsync(cancel);
        }
    }

    public ValueTask DisposeAsync()
    {
        _isStopping = true;
        return ValueTask.CompletedTask;
    }

    private async Task<Outcome> TellAsync(CommandEnvelope envelope)
    {
        try
        {
            if (await BearAsync(envelope) is { } born)
            {
                return await ToldAsync(envelope, born);
            }

            var hasOwnId = envelope.CommandId is not null;
            var sent = envelope with
            {
                CommandId = envelope.CommandId ?? $"node/{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}",
                IsIdOfWay = !hasOwnId,
                Now = envelope.Now ?? time.GetUtcNow(),
            };
            var outcome = await ToldAsync(envelope, await AskAsync(sent));

            // under an id of ours nothing else was handled than this very command, whose first answer was lost or came second
            return outcome.Kind == OutcomeKind.AlreadyHandled && !hasOwnId
                ? outcome with { Kind = outcome.Position > 0 ? OutcomeKind.Committed : OutcomeKind.Unchanged }
                : outcome;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// What nobody knows yet can run nowhere else: a new record is made where it is asked for. It has no seat here; whoever asks for it next
    /// finds one by its tenant, and reads it from the store.
    /// </summary>
    /// <returns>Null when it is to be made elsewhere: it is not new, or this node has no room.</returns>
    private async ValueTask<Outcome?> BearAsync(CommandEnvelope envelope)
    {
        if (!envelope.IsFresh || !options.BearsHere || local is null)
        {
            return null;
        }

        var outcome = await local.TellAsync(envelope, CancellationToken.None);
        local.PutAway(envelope.Grain);
        return outcome.Kind == OutcomeKind.Overloaded ? null : outcome;
    }

    /// <summary>The outcome, once this node has heard of what it says.</summary>
    private async ValueTask<Outcome> ToldAsync(CommandEnvelope envelope, Outcome outcome)
    {
        if (outcome.Position > 0 && store is not null)
        {
            await store.ReachedAsync(envelope.Grain.Tenant, outcome.Position, options.LongestLag);
        }

        return outcome;
    }

    private async Task<Outcome> AskAsync(CommandEnvelope envelope)
    {
        var grain = seats(envelope.Grain);
        var sent = new SentCommand(envelope, envelopes);
        var begun = TimeProvider.System.GetTimestamp();
        var pause = FirstPause;
        var mayHaveHappened = false;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var outcome = (await grain.TellAsync(sent)).Read(envelopes);
                if (outcome.Kind != OutcomeKind.Overloaded || tries > options.OverloadTries)
                {
                    return outcome.Kind == OutcomeKind.Overloaded && mayHaveHappened ? new(OutcomeKind.DurabilityUnknown) : outcome;
                }
            }
            catch (Exception lost) when (lost is TimeoutException or OrleansException or ConnectionFailedException)
            {
                mayHaveHappened = true;
            }

            if (TimeProvider.System.GetElapsedTime(begun) > options.Deadline)
            {
                return new(mayHaveHappened ? OutcomeKind.DurabilityUnknown : OutcomeKind.Overloaded);
            }

            if (tries == 1 && envelope.IsFresh)
            {
                // it may be there by now
                sent = new(envelope with { IsFresh = false }, envelopes);
            }

            await Task.Delay(pause, TimeProvider.System);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _waiting) == 0 && _isStopping)
        {
            _drained.TrySetResult();
        }
    }
}

/// <summary>Bounds of sending commands through the cluster.</summary>
internal sealed record OrleansEngineOptions
{
    /// <summary>Commands this node may have under way in the cluster. Default 20,000.</summary>
    public int MostWaiting { get; init; } = 20_000;

    /// <summary>How long a command is sent again when nobody answers. Default 25 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Whether this node makes new records itself. Only where the store alone keeps states. Default true.</summary>
    public bool BearsHere { get; init; } = true;

    /// <summary>How often a command is sent again to a grain that is too busy, or is just moving. Default 5.</summary>
    public int OverloadTries { get; init; } = 5;

    /// <summary>How long an answer is held back until this node has heard of what it says. Default 1 s.</summary>
    public TimeSpan LongestLag { get; init; } = TimeSpan.FromSeconds(1);
}
