namespace Crm.Runtime;

/// <summary>What sort of sender a command has.</summary>
public enum SenderKind
{
    System = 0,
    User = 1,
    Key = 2,
    Reaction = 3,
    Clock = 4,
    Import = 5,
}

/// <summary>Who sends a command. <see cref="Rights"/> is opaque to the runtime: behaviours judge by it.</summary>
public sealed record Sender(SenderKind Kind, Guid Id, object? Rights = null)
{
    public static Sender System { get; } = new(SenderKind.System, Guid.Empty);
}

/// <summary>A command on its way to a grain.</summary>
/// <param name="CommandId">Makes it happen once: the same id again answers what it answered first. Null: each sending counts.</param>
/// <param name="Fingerprint">Of the command's content; the same id with another fingerprint is refused. Null matches all.</param>
/// <param name="ExpectedVersion">Only if the grain is at this version, or any when null.</param>
/// <param name="Now">When it was received, UTC; null lets the engine read the clock.</param>
/// <param name="IsIdOfWay">
/// The command id was made for the way there only, to tell a second sending from a second command: when there was nothing to do, nothing is
/// kept of it.
/// </param>
/// <param name="IsFresh">The key was just made, so the store need not be asked for it. If that is wrong the write is refused there and judged again.</param>
public sealed record CommandEnvelope(
    GrainId Grain, object Command, Sender By, string? CommandId = null, byte[]? Fingerprint = null, long? ExpectedVersion = null, DateTimeOffset? Now = null, bool IsFresh = false, bool IsIdOfWay = false);

/// <summary>How a command ended.</summary>
public enum OutcomeKind
{
    /// <summary>Its events are on disk.</summary>
    Committed,

    /// <summary>It was so already: nothing was written.</summary>
    Unchanged,

    /// <summary>A rule said no; see <see cref="Outcome.Refusal"/>.</summary>
    Refused,

    /// <summary>The grain is at another version than expected; <see cref="Outcome.Version"/> is the real one.</summary>
    VersionConflict,

    /// <summary>Another grain, <see cref="Outcome.Holder"/>, holds the key <see cref="Outcome.ClaimedKey"/>.</summary>
    ClaimHeld,

    /// <summary>The command id was handled before; version and position are those of the first time.</summary>
    AlreadyHandled,

    /// <summary>The command id was used for another command.</summary>
    CommandIdReused,

    /// <summary>Too much is waiting, or the engine is stopping. Nothing happened; try later.</summary>
    Overloaded,

    /// <summary>The disk is full. Nothing happened.</summary>
    StorageFull,

    /// <summary>The disk failed while writing: it may or may not have happened. The process stops.</summary>
    DurabilityUnknown,
}

/// <param name="Version">Of the grain, after the command.</param>
/// <param name="Position">Of the command's last event in the tenant's journal; 0 when nothing was written.</param>
/// <param name="Grain">The grain that handled it: another than asked for when the command id had been handled by that one.</param>
public sealed record Outcome(
    OutcomeKind Kind, long Version = 0, long Position = 0, object? Refusal = null, string? ClaimedKey = null, Guid Holder = default, Guid Grain = default)
{
    /// <summary>The command took effect, now or earlier.</summary>
    public bool Succeeded => Kind is OutcomeKind.Committed or OutcomeKind.Unchanged or OutcomeKind.AlreadyHandled;
}
