namespace Crm.Runtime.Sharing;

/// <summary>A named thing that one holder has until it runs out.</summary>
public readonly record struct Lease(string Name, Guid Holder);

/// <summary>
/// Where processes agree who does what. Leases run out by the clock of the store, never by that of a process, so that clocks which differ
/// make no two holders.
/// </summary>
public interface ILeaseStore
{
    /// <summary>Takes each lease that is free, has run out, or is the holder's own already; from now on it lasts for <paramref name="time"/>.</summary>
    /// <returns>Those of the names that the holder has now.</returns>
    ValueTask<IReadOnlyCollection<string>> TakeAsync(IReadOnlyCollection<string> names, Guid holder, TimeSpan time, CancellationToken cancel);

    /// <summary>Frees what the holder has of the names.</summary>
    ValueTask GiveBackAsync(IReadOnlyCollection<string> names, Guid holder, CancellationToken cancel);

    /// <summary>The leases that have not run out and whose names begin so.</summary>
    ValueTask<IReadOnlyList<Lease>> ReadLeasesAsync(string prefix, CancellationToken cancel);
}
