using Crm.Silo.Rights;

namespace Crm.Web.Hosting.Demo;

/// <summary>Somebody of the demo tenant, as who works on a record.</summary>
internal sealed record DemoPerson(Guid Id, string Name, string Role, string? Region)
{
    public Asker Asker => new(DemoData.Tenant, Id, Name, Role);
}

/// <summary>Who works in the demo tenant.</summary>
/// <param name="Sellers">Each with a region.</param>
internal sealed record DemoTeam(DemoPerson Manager, DemoPerson Marketing, IReadOnlyList<DemoPerson> Sellers)
{
    private readonly Dictionary<string, DemoPerson[]> _byRegion = Sellers.GroupBy(seller => seller.Region!).ToDictionary(region => region.Key, region => region.ToArray()); // sellers have one

    /// <summary>Somebody who sells in a region.</summary>
    public DemoPerson SellerIn(string region, DemoDice dice) => dice.Pick(_byRegion[region]);
}
