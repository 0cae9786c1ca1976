using Crm.Runtime.Cards;

namespace Crm.Runtime.Journal;

/// <summary>
/// Where grains, their journal and their cards are kept. One writer: writes are committed in the order they come, many in one
/// transaction; each succeeds or fails alone. Reads see everything that was answered.
/// </summary>
public interface IGrainStore : IAsyncDisposable
{
    /// <summary>Takes a write; <see cref="GrainWrite.Completed"/> tells how it went, of one write after the other in the order they came.</summary>
    void Write(GrainWrite write);

    /// <summary>Told of stored writes, in order, before they are answered. Must not block: it holds up the writer.</summary>
    event Action<IReadOnlyList<GrainWrite>>? Committed;

    /// <summary>What a follower of commits threw. A bug, for the log: the other followers and the answers are not held up by it.</summary>
    event Action<Exception>? Faulted;

    /// <summary>Told of a tenant in whose journal another process has written. Must not block. Never raised where one process writes alone.</summary>
    event Action<string>? Grown;

    ValueTask<StoredGrain?> LoadAsync(GrainId grain, CancellationToken cancel);

    /// <summary>
    /// A grain for the one engine that runs it: all that it wrote was answered before it was put away, so what is on its way to the disk just now
    /// is others', and need not be waited for.
    /// </summary>
    ValueTask<StoredGrain?> RecallAsync(GrainId grain, CancellationToken cancel) => LoadAsync(grain, cancel);

    /// <summary>What was answered to a command id. Forgotten after <see cref="HandledCommand.DaysKept"/>, but not while an event of the tenant is parked.</summary>
    ValueTask<HandledCommand?> FindHandledAsync(string tenant, string commandId, CancellationToken cancel);

    /// <summary>Which grain holds a key, if any.</summary>
    ValueTask<Guid?> FindClaimAsync(string tenant, string key, CancellationToken cancel);

    ValueTask<CardPage> QueryAsync(CardQuery query, CancellationToken cancel);

    /// <summary>How many cards match, counted up to <paramref name="atMost"/>.</summary>
    ValueTask<long> CountAsync(CardQuery query, int atMost, CancellationToken cancel);

    /// <summary>How many cards match, for each combination of some fields' values. The query's sort, place and limit do not count.</summary>
    ValueTask<IReadOnlyList<CardGroup>> GroupAsync(CardQuery query, IReadOnlyList<CardField> fields, CancellationToken cancel);

    /// <summary>
    /// The cards that match, counted and summed for each value of a field, those with most cards first and, of as many, in the order of their
    /// values. The query's sort, place and limit do not count.
    /// </summary>
    ValueTask<CardBuckets> AggregateAsync(CardQuery query, CardAggregation aggregation, CancellationToken cancel);

    /// <summary>Entries after a position, oldest first, optionally of some event types only.</summary>
    ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(string tenant, long after, int limit, IReadOnlyCollection<string>? types, CancellationToken cancel);

    /// <summary>A grain's own entries, newest first, beginning at a position of its own or at its newest.</summary>
    ValueTask<IReadOnlyList<JournalEntry>> ReadHistoryAsync(GrainId grain, long? from, int limit, CancellationToken cancel);

    /// <summary>The position of the tenant's newest event; 0 for none. Includes all that was answered.</summary>
    long HeadOf(string tenant);

    IReadOnlyCollection<string> Tenants { get; }

    /// <summary>Running totals as they are now. Includes all that was answered.</summary>
    TallyBook Tallies { get; }

    /// <summary>Running totals of a kind at the end of a calendar day.</summary>
    ValueTask<IReadOnlyDictionary<string, TallyTotal>> TalliesAtEndOfAsync(string tenant, string kind, int day, CancellationToken cancel);

    /// <summary>Positions of the first entry at or after a moment; one past the head when there is none.</summary>
    ValueTask<long> FindPositionAsync(string tenant, DateTimeOffset from, CancellationToken cancel);

    ValueTask<IReadOnlyList<DueClock>> ReadClocksAsync(DateTimeOffset until, int limit, CancellationToken cancel);

    /// <summary>A small named value outside any tenant, such as a credential; null when there is none.</summary>
    ValueTask<byte[]?> ReadSecretAsync(string name, CancellationToken cancel);

    /// <summary>Stores or, with null, removes a named value. On disk when it returns.</summary>
    Task WriteSecretAsync(string name, byte[]? value, CancellationToken cancel);

    ValueTask<long> ReadCursorAsync(string reader, string tenant, CancellationToken cancel);

    Task WriteCursorAsync(string reader, string tenant, long position, CancellationToken cancel);

    ValueTask<IReadOnlyList<ParkedEntry>> ReadParkedAsync(string reader, CancellationToken cancel);

    /// <summary>Stores, or with <see cref="ParkedEntry.Attempts"/> 0 removes, an entry that a reader could not handle.</summary>
    Task WriteParkedAsync(ParkedEntry entry, CancellationToken cancel);

    ValueTask<IReadOnlyList<PendingEffect>> ReadEffectsAsync(DateTimeOffset due, int limit, CancellationToken cancel);

    /// <summary>Notes how a try of an effect went: done (null) or to be tried again, or parked when no next try is given.</summary>
    Task WriteEffectAsync(long id, EffectProgress? progress, CancellationToken cancel);

    /// <summary>Checks the hash chain of a tenant; null when whole, else the first position that is wrong and why.</summary>
    ValueTask<ChainFault?> VerifyAsync(string tenant, CancellationToken cancel);

    /// <summary>
    /// Empties the payloads and salts of a grain's entries up to a version, for good; their hashes stay, so the chain still verifies. What the
    /// grain is now is not touched. Erasing again changes nothing.
    /// </summary>
    Task EraseAsync(GrainId grain, long throughVersion, CancellationToken cancel);

    /// <summary>Drops and refolds the rows, claims, clocks, tallies and search of a tenant from its journal.</summary>
    Task RebuildAsync(string tenant, CancellationToken cancel);

    /// <summary>
    /// Removes a tenant with all that is kept for it: journal, rows, claims, clocks, tallies, effects, cursors and command ids. What is kept
    /// outside any tenant stays. Nobody may write for the tenant meanwhile. Cut short by a crash, it is done again to the end.
    /// </summary>
    Task DeleteTenantAsync(string tenant, CancellationToken cancel);

    /// <summary>
    /// Takes in a tenant that is not here yet, whole or not at all: its journal as it is, everything that is made from it, made anew, and the
    /// notes; nobody is told. The sequences are read on the store's own thread.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tenant has a journal here already, or the one given is broken.</exception>
    Task ReceiveAsync(string tenant, IEnumerable<JournalEntry> journal, IEnumerable<TenantNote> notes, CancellationToken cancel);

    /// <summary>For the health page: what the store is and how it is set.</summary>
    IReadOnlyDictionary<string, string> Describe();

    /// <summary>Whether writes are taken.</summary>
    bool IsHealthy { get; }
}

public readonly record struct DueClock(GrainId Grain, string Name, DateTimeOffset DueAt);

/// <summary>An entry that a reader failed to handle.</summary>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="RetryAt">When it is tried again; null once given up until a person replays it.</param>
public sealed record ParkedEntry(string Reader, string Tenant, long Position, Guid Key, int Attempts, DateTimeOffset? RetryAt, string Error);

public sealed record PendingEffect(long Id, string Tenant, string Kind, string DedupeKey, byte[] Payload, int Attempts);

/// <param name="RetryAt">Null parks the effect.</param>
public sealed record EffectProgress(int Attempts, DateTimeOffset? RetryAt, string Error);

public sealed record ChainFault(long Position, string Reason);
