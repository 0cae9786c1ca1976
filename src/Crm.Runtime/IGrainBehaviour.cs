using Crm.Runtime.Cards;
using Crm.Runtime.Journal;

namespace Crm.Runtime;

/// <summary>Finds, runs and places grains. Disposing takes no more commands; who wants those taken to end drains first.</summary>
public interface IGrainEngine : IAsyncDisposable
{
    /// <summary>Grains in the memory of this process.</summary>
    int ActiveCount { get; }

    /// <summary>Commands that this process took and has not yet answered.</summary>
    int WaitingCount { get; }

    /// <summary>Sends a command to a grain and answers when what it did is on disk.</summary>
    /// <remarks>Cancelling stops the waiting, not the command.</remarks>
    ValueTask<Outcome> TellAsync(CommandEnvelope envelope, CancellationToken cancel);

    /// <summary>Takes no more commands and waits until those taken are answered.</summary>
    Task DrainAsync(CancellationToken cancel);
}

/// <summary>What one kind of grain knows and does, in terms the runtime can store. Called for one grain by one caller at a time.</summary>
public interface IGrainBehaviour
{
    /// <summary>On disk forever.</summary>
    string Kind { get; }

    CardSchema Cards { get; }

    /// <summary>Full-text search covers the cards of this kind.</summary>
    bool IsSearched { get; }

    /// <summary>What a grain remembers between commands.</summary>
    /// <param name="stored">Its last row, or null before its first event.</param>
    GrainMemory Recall(GrainId grain, StoredGrain? stored);

    /// <summary>Judges a command. Pure: the same memory, command and time give the same turn.</summary>
    Turn Decide(GrainMemory memory, CommandEnvelope envelope, DateTimeOffset now);

    /// <summary>
    /// The memory after an event from the journal and what was written with it, to rebuild a grain's row. Rules are not asked. An event
    /// whose payload is erased counts as a version and changes nothing.
    /// </summary>
    Turn Refold(GrainMemory memory, JournalEntry entry);

    /// <summary>The command a clock gives when due.</summary>
    object OnClock(string name);
}

/// <summary>A grain's memory: an immutable snapshot at one version.</summary>
public abstract record GrainMemory(GrainId Grain, long Version, GrainRow Row);

/// <summary>
/// Where a grain is stored. One object per activation, passed along from memory to memory; only the store's writer reads and sets it, in the
/// order of the writes. After a failed write the grain is recalled with a new one.
/// </summary>
public sealed class GrainRow
{
    /// <summary>The row's number; 0 until it is stored.</summary>
    public long Number { get; set; }

    /// <summary>Position of the grain's newest event; 0 for none.</summary>
    public long LastPosition { get; set; }

    /// <summary>
    /// A write with this row has failed. Whatever was judged after it was judged on what never happened, and is
    /// <see cref="WriteResult.Superseded"/> even if another activation has brought the grain to the version it expects.
    /// </summary>
    public bool IsLost { get; set; }
}

/// <summary>What a behaviour answers: a refusal, or the memory after the command and what to write (nothing when it was so already).</summary>
public readonly record struct Turn(object? Refusal, GrainMemory? Next, GrainWrite? Write)
{
    public static Turn Refused(object refusal) => new(refusal, null, null);

    public static Turn Unchanged(GrainMemory memory) => new(null, memory, null);
}
