namespace Crm.Runtime.Journal;

/// <summary>A store out of which a tenant can be moved, and held against where it went.</summary>
public interface IMovableStore : IGrainStore
{
    /// <summary>What is kept of a tenant beside its journal and cannot be made from it, a kind of note after the other.</summary>
    IEnumerable<TenantNote> ReadNotes(string tenant);

    /// <summary>A tenant's grains of a kind in the order of their keys, after a key or from the first.</summary>
    ValueTask<IReadOnlyList<StoredGrain>> ReadGrainsAsync(string tenant, string kind, Guid? after, int limit, CancellationToken cancel);

    /// <summary>Every named value; see <see cref="IGrainStore.ReadSecretAsync"/>.</summary>
    IEnumerable<KeyValuePair<string, byte[]>> ReadSecrets();
}

/// <summary>Something that is kept of a tenant and cannot be made from its journal.</summary>
public abstract record TenantNote
{
    private TenantNote() { }

    /// <param name="Day">The day it was handled, as days since 1970.</param>
    public sealed record Handled(string CommandId, HandledCommand Command, int Day) : TenantNote;

    /// <summary>How far a reader has come.</summary>
    public sealed record Cursor(string Reader, long Position) : TenantNote;

    public sealed record Parked(ParkedEntry Entry) : TenantNote;

    /// <param name="Due">When it is tried, in milliseconds since 1970; null when parked.</param>
    public sealed record Effect(NewEffect What, long? Due, int Attempts, string? Error) : TenantNote;
}
