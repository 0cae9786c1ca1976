using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Commands;

/// <summary>How a command is to be sent, besides what it says.</summary>
/// <param name="By">Which sort of sender the asker is.</param>
/// <param name="CommandId">See <see cref="CommandEnvelope.CommandId"/>.</param>
/// <param name="Trusted">Rights were judged already, or the command may be given by anybody: a capture, a step of a reaction.</param>
/// <param name="Now">When it happened, to tell history; null for now.</param>
/// <param name="IsFresh">See <see cref="CommandEnvelope.IsFresh"/>.</param>
public readonly record struct Sending(
    SenderKind By, string? CommandId = null, byte[]? Fingerprint = null, long? ExpectedVersion = null, bool Trusted = false, DateTimeOffset? Now = null, bool IsFresh = false);

/// <summary>How a command ended, in words that callers answer with.</summary>
/// <param name="Id">The record that handled it.</param>
public readonly record struct Answer(Guid Id, long Version, long Position, Refusal? Refusal, OutcomeKind Kind)
{
    public bool Succeeded => Refusal is null;

    public static Answer Refused(Guid id, Refusal refusal) => new(id, 0, 0, refusal, OutcomeKind.Refused);
}

/// <summary>Where commands are given: every command from outside, from an import or from a reaction goes through here.</summary>
public sealed class CommandDesk(IGrainEngine engine, SliceDirectory slices, AccessDirectory access)
{
    public static readonly Refusal DurabilityUnknown = Refusal.Conflict("durability-unknown", "The disk failed; whether this was stored is unknown.");

    private readonly ConcurrentDictionary<(string Tenant, string CommandId), byte> _underWay = new();

    /// <summary>Gives a command to a record.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> TellAsync(Asker asker, string kind, Guid id, object command, Sending sending, CancellationToken cancel)
    {
        if ((!sending.Trusted && !asker.IsSystem) || slices.OfKind(kind).Slice.HasCustomFields)
        {
            await access.LoadAsync(asker.Tenant, cancel);
        }

        var key = (asker.Tenant, sending.CommandId ?? "");
        if (sending.CommandId is not null && !_underWay.TryAdd(key, 0))
        {
            return Answer.Refused(id, Refusal.Conflict("idempotency-in-flight", "The first request with this Idempotency-Key is still being handled."));
        }

        try
        {
            var by = new Sender(sending.By, asker.Id, sending.Trusted ? null : asker);
            var outcome = await engine.TellAsync(
                new(new(asker.Tenant, kind, id), command, by, sending.CommandId, sending.Fingerprint, sending.ExpectedVersion, sending.Now, sending.IsFresh), cancel);
            return AnswerOf(id, kind, outcome);
        }
        finally
        {
            if (sending.CommandId is not null)
            {
                _underWay.TryRemove(key, out _);
            }
        }
    }

    private Answer AnswerOf(Guid id, string kind, Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Committed or OutcomeKind.Unchanged or OutcomeKind.AlreadyHandled =>
            new(outcome.Grain == Guid.Empty ? id : outcome.Grain, outcome.Version, outcome.Position, null, outcome.Kind),
        OutcomeKind.Refused => new(id, outcome.Version, 0, (Refusal)outcome.Refusal!, outcome.Kind), // behaviours of slices refuse with a Refusal
        OutcomeKind.ClaimHeld => new(id, 0, 0, slices.OfKind(kind).Claimed(outcome.ClaimedKey ?? "") with { Existing = outcome.Holder }, outcome.Kind),
        OutcomeKind.VersionConflict => new(id, outcome.Version, 0, Refusal.Conflict("version-conflict", $"The record is at version {outcome.Version} by now."), outcome.Kind),
        OutcomeKind.CommandIdReused => new(id, 0, 0, Refusal.Invalid("idempotency-key-reused", "This Idempotency-Key was used for another request."), outcome.Kind),
        OutcomeKind.Overloaded => new(id, 0, 0, Refusal.Conflict("overloaded", "Too much is waiting; try again in a moment."), outcome.Kind),
        OutcomeKind.StorageFull => new(id, 0, 0, Refusal.Conflict("storage-full", "The disk is full; nothing was changed."), outcome.Kind),
        _ => new(id, 0, 0, DurabilityUnknown, outcome.Kind),
    };
}
