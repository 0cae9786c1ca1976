using System.Text;
using Crm.Orleans.Grains;
using Orleans.Runtime.Placement;

namespace Crm.Orleans.Placing;

/// <summary>Puts the grains of a tenant together, and elsewhere when there is no more room.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
internal sealed class TenantPlacementAttribute() : PlacementAttribute(new TenantPlacement());

[GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class TenantPlacement : PlacementStrategy;

/// <summary>
/// Each tenant has its own order of preference of the silos, worked out from their addresses, so every node comes to the same without asking.
/// The first that has room gets the grain: a small tenant lives on one silo, where its writes share commits, and a large one spills over to
/// the next.
/// </summary>
internal sealed class TenantPlacementDirector(ClusterLoad load) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var all = context.GetCompatibleSilos(target);
        var hosts = all.Where(load.IsHost).ToArray();
        if (hosts.Length == 0)
        {
            throw new SiloUnavailableException("No silo of this cluster runs grains.");
        }

        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, hosts) is { } wanted)
        {
            return Task.FromResult(wanted);
        }

        var key = target.GrainIdentity.Key.ToString() ?? "";
        var tenant = GrainKeys.TenantOf(key).ToString();
        return Task.FromResult(Choose(tenant, hosts, load));
    }

    internal static SiloAddress Choose(string tenant, IReadOnlyCollection<SiloAddress> hosts, ClusterLoad load)
    {
        var ranked = hosts.OrderBy(host => Rank(tenant, host)).ToArray();
        return Array.Find(ranked, host => load.HasRoom(host, hosts)) ?? ranked.MinBy(load.WaitingOn)!; // there is one
    }

    private static ulong Rank(string tenant, SiloAddress host)
    {
        // FNV-1a: the same in every process
        var hash = 14695981039346656037ul;
        foreach (var one in Encoding.UTF8.GetBytes($"{tenant}@{host.ToParsableString()}"))
        {
            hash = unchecked((hash ^ one) * 1099511628211ul);
        }

        hash ^= hash >> 32;
        return unchecked(hash * 0x9E3779B97F4A7C15ul);
    }
}
