using System.Net;
using Crm.Orleans.Placing;

namespace Crm.Cluster.Tests.Placing;

public sealed class TenantPlacementTests
{
    private static readonly SiloAddress[] Hosts = [.. Enumerable.Range(1, 4).Select(i => SiloAddress.New(IPAddress.Loopback, 11_000 + i, 1))];

    // who is a host is asked elsewhere
    private readonly ClusterLoad _load = new(null!);

    [Fact]
    public void The_grains_of_a_tenant_are_put_together_whoever_puts_them()
    {
        var chosen = TenantPlacementDirector.Choose("acme", Hosts, _load);

        TenantPlacementDirector.Choose("acme", [.. Hosts.Reverse()], new(null!)).Should().Be(chosen);
    }

    [Fact]
    public void Tenants_are_spread_over_the_silos()
    {
        var counts = Enumerable.Range(0, 4_000).GroupBy(i => TenantPlacementDirector.Choose($"tenant-{i}", Hosts, _load)).Select(group => group.Count()).ToList();

        counts.Should().HaveCount(4).And.OnlyContain(count => count > 800 && count < 1_200);
    }

    [Fact]
    public void When_a_silo_goes_only_its_tenants_move()
    {
        var gone = Hosts[0];
        foreach (var tenant in Enumerable.Range(0, 500).Select(i => $"tenant-{i}"))
        {
            var before = TenantPlacementDirector.Choose(tenant, Hosts, _load);
            if (!before.Equals(gone))
            {
                TenantPlacementDirector.Choose(tenant, Hosts[1..], _load).Should().Be(before);
            }
        }
    }

    [Theory]
    [InlineData(0, ClusterLoad.MostWaiting, false)]
    [InlineData(200_000, 0, false)]
    [InlineData(0, 0, true)]
    public void A_tenant_spills_over_when_its_silo_has_no_room(int active, int waiting, bool isDraining)
    {
        var first = TenantPlacementDirector.Choose("acme", Hosts, _load);
        foreach (var host in Hosts)
        {
            _load.Note(host, default);
        }

        _load.Note(first, new(active, waiting, isDraining));

        TenantPlacementDirector.Choose("acme", Hosts, _load).Should().NotBe(first);
    }

    [Fact]
    public void When_none_has_room_the_one_with_the_shortest_queue_takes_it()
    {
        for (var i = 0; i < Hosts.Length; i++)
        {
            _load.Note(Hosts[i], new(0, ClusterLoad.MostWaiting + (i == 2 ? 0 : 100), false));
        }

        TenantPlacementDirector.Choose("acme", Hosts, _load).Should().Be(Hosts[2]);
    }
}
