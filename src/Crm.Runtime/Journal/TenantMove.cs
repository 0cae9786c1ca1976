namespace Crm.Runtime.Journal;

/// <summary>What a move has shown.</summary>
/// <param name="Events">Entries of the journal.</param>
/// <param name="Grains">Rows that were compared.</param>
/// <param name="Fault">Why the copy must not be used, or null when it equals the original.</param>
public sealed record MoveResult(long Events, long Grains, string? Fault);

/// <summary>
/// Copies a tenant from one store to another and holds the copy against the original: the hash chain of both, and the state and card of
/// every grain. The original is left as it is.
/// </summary>
public static class TenantMove
{
    private const int PageSize = 5_000;

    /// <param name="kinds">The kinds of grains there are.</param>
    public static async Task<MoveResult> RunAsync(IMovableStore from, IMovableStore to, string tenant, IEnumerable<string> kinds, CancellationToken cancel)
    {
        var events = from.HeadOf(tenant);
        if (to.HeadOf(tenant) > 0)
        {
            return new(events, 0, $"'{tenant}' is in the other store already");
        }

        if (await from.VerifyAsync(tenant, cancel) is { } broken)
        {
            return new(events, 0, $"journal-chain-broken at {broken.Position}: {broken.Reason}");
        }

        await to.ReceiveAsync(tenant, Journal(from, tenant), from.ReadNotes(tenant), cancel);
        if (await to.VerifyAsync(tenant, cancel) is { } wrong)
        {
            return new(events, 0, $"the copy's chain is broken at {wrong.Position}: {wrong.Reason}");
        }

        if (to.HeadOf(tenant) != events || !await HasSameEndAsync(from, to, tenant, events, cancel))
        {
            return new(events, 0, $"the copy has {to.HeadOf(tenant)} events, or others");
        }

        var grains = 0L;
        foreach (var kind in kinds)
        {
            var (compared, fault) = await CompareAsync(from, to, tenant, kind, cancel);
            grains += compared;
            if (fault is not null)
            {
                return new(events, grains, fault);
            }

            if (!Totals(from, tenant, kind).SequenceEqual(Totals(to, tenant, kind)))
            {
                return new(events, grains, $"the totals of {kind} differ");
            }
        }

        return new(events, grains, null);
    }

    private static IEnumerable<KeyValuePair<string, TallyTotal>> Totals(IMovableStore store, string tenant, string kind) =>
        store.Tallies.Read(tenant, kind).OrderBy(total => total.Key, StringComparer.Ordinal);

    private static IEnumerable<JournalEntry> Journal(IMovableStore from, string tenant)
    {
        for (var after = 0L; ;)
        {
            // read on the receiving store's thread, which has nothing else to do meanwhile
#pragma warning disable RS0030 // a thread of its own that may wait: what it feeds is written there
            var page = from.ReadJournalAsync(tenant, after, PageSize, null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
#pragma warning restore RS0030
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (var entry in page)
            {
                yield return entry;
            }

            after = page[^1].Position;
        }
    }

    private static async Task<bool> HasSameEndAsync(IMovableStore from, IMovableStore to, string tenant, long head, CancellationToken cancel)
    {
        var (one, other) = (await from.ReadJournalAsync(tenant, head - 1, 1, null, cancel), await to.ReadJournalAsync(tenant, head - 1, 1, null, cancel));
        return one.Count == other.Count && one.Zip(other).All(pair => pair.First.Hash.AsSpan().SequenceEqual(pair.Second.Hash));
    }

    private static async Task<(long Compared, string? Fault)> CompareAsync(IMovableStore from, IMovableStore to, string tenant, string kind, CancellationToken cancel)
    {
        var compared = 0L;
        for (Guid? after = null; ;)
        {
            var one = await from.ReadGrainsAsync(tenant, kind, after, PageSize, cancel);
            var other = await to.ReadGrainsAsync(tenant, kind, after, PageSize, cancel);
            for (var i = 0; i < Math.Max(one.Count, other.Count); i++)
            {
                if (i >= one.Count || i >= other.Count || !AreEqual(one[i], other[i]))
                {
                    return (compared, $"{kind} {(i < one.Count ? one[i] : other[i]).Key} differs: rebuild the original, then move it");
                }

                compared++;
            }

            if (one.Count < PageSize)
            {
                return (compared, null);
            }

            after = one[^1].Key;
        }
    }

    private static bool AreEqual(StoredGrain one, StoredGrain other) =>
        one.Key == other.Key && one.Version == other.Version && one.Row.LastPosition == other.Row.LastPosition && one.State.AsSpan().SequenceEqual(other.State)
        && one.Card is null == other.Card is null && one.Card.AsSpan().SequenceEqual(other.Card);
}
