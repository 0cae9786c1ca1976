using System.Collections.Concurrent;

namespace Crm.Orleans.Placing;

/// <summary>How busy a silo is, as it says itself.</summary>
[GenerateSerializer, Immutable, Alias("crm-load")]
public readonly record struct SiloLoad([property: Id(0)] int Active, [property: Id(1)] int Waiting, [property: Id(2)] bool IsDraining);

/// <summary>What this node knows of how busy the silos are: each tells all others every second.</summary>
internal sealed class ClusterLoad(IClusterMembershipService members)
{
    /// <summary>The beginning of the names of nodes that run grains.</summary>
    public const string HostName = "silo-";

    /// <summary>The beginning of the names of nodes that only serve.</summary>
    public const string WebName = "web-";

    /// <summary>Commands waiting in a silo beyond which new grains go elsewhere.</summary>
    public const int MostWaiting = 2_000;

    /// <summary>
    /// How far a silo may be above the average number of grains, in addition to a quarter, before new ones go elsewhere: some hundred MiB. A
    /// tenant on two silos has two writers that wait for each other, so idle grains alone are no reason to part.
    /// </summary>
    public const int Slack = 50_000;

    private readonly ConcurrentDictionary<SiloAddress, SiloLoad> _loads = new();

    public void Note(SiloAddress silo, SiloLoad load) => _loads[silo] = load;

    public void Forget(SiloAddress silo) => _loads.TryRemove(silo, out _);

    public bool IsHost(SiloAddress silo) =>
        members.CurrentSnapshot.Members.TryGetValue(silo, out var member) && !member.Name.StartsWith(WebName, StringComparison.Ordinal);

    public int WaitingOn(SiloAddress silo) => _loads.TryGetValue(silo, out var load) ? load.Waiting : 0;

    public bool HasRoom(SiloAddress silo, IReadOnlyCollection<SiloAddress> hosts)
    {
        if (!_loads.TryGetValue(silo, out var load))
        {
            return true;
        }

        var mean = hosts.Sum(host => _loads.TryGetValue(host, out var other) ? (long)other.Active : 0) / hosts.Count;
        return !load.IsDraining && load.Waiting < MostWaiting && load.Active <= mean + (mean / 4) + Slack;
    }
}
