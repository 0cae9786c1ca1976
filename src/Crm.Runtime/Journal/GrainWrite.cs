using System.Diagnostics;
using Crm.Runtime.Cards;

namespace Crm.Runtime.Journal;

/// <summary>An event ready to be recorded.</summary>
/// <param name="Type">Its wire name.</param>
/// <param name="Payload">UTF-8 JSON.</param>
/// <param name="Salt">16 random bytes: without them the hash of an erased payload could be guessed.</param>
/// <param name="PayloadHash">SHA-256 of salt and payload.</param>
/// <param name="Event">The event itself, for those who follow commits in this process.</param>
public readonly record struct NewEvent(string Type, byte[] Payload, byte[] Salt, byte[] PayloadHash, object Event)
{
    public object Event { get => field is Unread unread ? unread.Value! : field; init; } = Event; // an event is never null
}

/// <summary>A card or an event that is read when somebody asks for it: most of what other processes tell is asked for by nobody.</summary>
public abstract class Unread
{
    private object? _value;

    public object? Value => _value ??= Read();

    protected abstract object? Read();
}

/// <summary>A clock to set.</summary>
public readonly record struct ClockSetting(string Name, DateTimeOffset DueAt);

/// <summary>A change of a running total.</summary>
public readonly record struct TallyChange(string Group, long Count, long Hundredths);

/// <summary>Something to be done to the outside world after the commit, at least once.</summary>
/// <param name="Kind">Names the handler.</param>
/// <param name="DedupeKey">Sent along, so that the receiver can tell a repetition.</param>
public readonly record struct NewEffect(string Kind, string DedupeKey, byte[] Payload);

/// <summary>
/// Everything one command changes, written in one transaction or not at all. Made by a behaviour, numbered and completed by the store.
/// </summary>
public sealed class GrainWrite
{
    private readonly IReadOnlyList<ClockSetting> _clocksSet = [];
    private IReadOnlyList<ClockSetting>? _clocksAhead;

    public required GrainId Grain { get; init; }

    /// <summary>The version the grain must still be at.</summary>
    public required long FromVersion { get; init; }

    public required GrainRow Row { get; init; }

    /// <summary>None: all that is written is that the command's id was handled, at this version.</summary>
    public required NewEvent[] Events { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Sender By { get; init; }

    public required byte[] State { get; init; }

    /// <summary>UTF-8 JSON of the card after the command; null when the grain is not to be listed.</summary>
    public required byte[]? Card { get; init; }

    /// <summary>The card's fields, by ordinal of the schema.</summary>
    public required CardValue[]? Columns { get; init; }

    /// <summary>Collation keys for the Text fields that changed, by ordinal; null elsewhere.</summary>
    public required byte[]?[]? SortKeys { get; init; }

    /// <summary>Which fields differ from the row as it is, a bit each by ordinal. Untouched columns leave their indexes untouched.</summary>
    public ulong Changed { get; init; } = ulong.MaxValue;

    /// <summary>Whether the grain begins or ceases to be listed with this write.</summary>
    public bool ListingChanges { get; init; } = true;

    /// <summary>
    /// The search terms if they changed, or the card's <see cref="CardSchema.Scope"/> did, or it begins to be listed; else null. Empty removes
    /// them. ASCII letters and digits, with one space between two terms.
    /// </summary>
    public string? SearchTerms { get; init; }

    public IReadOnlyList<string> Claims { get; init; } = [];

    public IReadOnlyList<string> Releases { get; init; } = [];

    /// <summary>
    /// Clocks to set. A time that is over at <see cref="At"/> becomes the moment after it, for a firing is known by its time: a clock set
    /// again to a time at which it has fired would not fire.
    /// </summary>
    public IReadOnlyList<ClockSetting> ClocksSet
    {
        get => _clocksSet.Count == 0 ? _clocksSet : _clocksAhead ??= [.. _clocksSet.Select(clock => clock.DueAt > At ? clock : clock with { DueAt = At.AddMilliseconds(1) })];
        init => _clocksSet = value;
    }

    public IReadOnlyList<string> ClocksStopped { get; init; } = [];

    public IReadOnlyList<TallyChange> Tallies { get; init; } = [];

    /// <summary>The tenant's calendar day of <see cref="At"/>, as a day number.</summary>
    public int Day { get; init; }

    public IReadOnlyList<NewEffect> Effects { get; init; } = [];

    public string? CommandId { get; init; }

    public byte[]? Fingerprint { get; init; }

    /// <summary>The card objects before and after, for those who follow commits in this process.</summary>
    public object? CardBefore { get => field is Unread unread ? unread.Value : field; init; }

    public object? CardAfter { get => field is Unread unread ? unread.Value : field; init; }

    /// <summary>The span of its command; none when nobody listens.</summary>
    public ActivityContext Trace { get; set; }

    /// <summary>When it was given to the store; set with <see cref="Trace"/>.</summary>
    public DateTimeOffset SubmittedAt { get; set; }

    /// <summary>Called once, on the store's thread, when the write is on disk or has failed. Must not block.</summary>
    public Action<GrainWrite>? Completed { get; set; }

    /// <summary>How it went; set before <see cref="Completed"/>.</summary>
    public WriteResult Result { get; set; }

    /// <summary>What went wrong when the result is none of a business kind.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Position of the last event; set when stored, 0 without events.</summary>
    public long LastPosition { get; set; }

    /// <summary>Who holds the key that could not be claimed, and which key.</summary>
    public Guid Holder { get; set; }

    public string? ClaimedKey { get; set; }

    /// <summary>What was answered to the command id the first time.</summary>
    public HandledCommand? Handled { get; set; }

    public long ToVersion => FromVersion + Events.Length;
}

public enum WriteResult
{
    Pending,
    Stored,

    /// <summary>The grain is not at the expected version any more.</summary>
    Superseded,
    ClaimHeld,
    AlreadyHandled,
    StorageFull,

    /// <summary>It can never be stored: of an unknown kind, of a wrong type, too large. A bug of the behaviour; see <see cref="GrainWrite.Fault"/>.</summary>
    Impossible,

    /// <summary>The store could not be reached, or another process writes now. Nothing happened; try later.</summary>
    Unavailable,
    DurabilityUnknown,
}

/// <summary>What is remembered of a command with an id.</summary>
public sealed record HandledCommand(Guid Key, long Version, long Position, byte[]? Fingerprint)
{
    /// <summary>How many days at least a command's id is remembered, counted back from the last day but one on which there were commands.</summary>
    public const int DaysKept = 7;
}

/// <summary>A grain's row.</summary>
public sealed record StoredGrain(Guid Key, long Version, GrainRow Row, byte[] State, byte[]? Card);

/// <summary>One row of a tenant's journal.</summary>
/// <param name="Position">From 1, without gaps in the tenant.</param>
/// <param name="Previous">Position of the same grain's previous event, 0 for none.</param>
/// <param name="Payload">UTF-8 JSON; empty once erased.</param>
public sealed record JournalEntry(
    string Tenant, long Position, DateTimeOffset At, string Kind, Guid Key, long Version, string Type, SenderKind ByKind, Guid By, string? CommandId,
    long Previous, byte[] Salt, byte[] Payload, byte[] PayloadHash, byte[] Hash);
