using System.Collections.Concurrent;
using Crm.Grains.Policies;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;

namespace Crm.Silo.Policies;

/// <summary>The limits of every organisation, kept in memory and following the commits.</summary>
public sealed class PolicyDirectory
{
    private readonly ConcurrentDictionary<string, PolicyCard> _known = new(StringComparer.Ordinal);
    private readonly IGrainStore _store;
    private readonly ISliceBehaviour _slice;

    public PolicyDirectory(IGrainStore store, SliceDirectory slices)
    {
        (_store, _slice) = (store, slices.OfKind("policy"));
        store.Committed += Follow;
    }

    /// <summary>The grain of a tenant's policy.</summary>
    public static GrainId Of(string tenant) => GrainId.Named(tenant, "policy", "policy");

    /// <summary>What holds now; version 0 until something was set.</summary>
    public async ValueTask<PolicyCard> FindAsync(string tenant, CancellationToken cancel)
    {
        if (_known.TryGetValue(tenant, out var known))
        {
            return known;
        }

        var grain = Of(tenant);
        var stored = (await _store.LoadAsync(grain, cancel))?.Card is { } card ? (PolicyCard)_slice.ReadCard(card) : new PolicyCard(grain.Key, 0, PolicyLimits.Default);
        // what a commit has noted meanwhile is newer
        return _known.AddOrUpdate(tenant, stored, (_, noted) => noted.Version > stored.Version ? noted : stored);
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Grain.Kind is "policy" && write.CardAfter is PolicyCard card)
            {
                _known.AddOrUpdate(write.Grain.Tenant, card, (_, known) => known.Version > card.Version ? known : card);
            }
        }
    }
}
