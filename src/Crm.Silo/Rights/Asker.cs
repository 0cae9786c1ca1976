namespace Crm.Silo.Rights;

/// <summary>On whose behalf something is read or commanded.</summary>
/// <param name="Role">A key of the role book. Of a person the directory knows the role better: it follows every change.</param>
public sealed record Asker(string Tenant, Guid Id, string Name, string Role)
{
    /// <summary>Ourselves: no role limits what is done.</summary>
    public bool IsSystem { get; private init; }

    /// <summary>Our own reactions, clocks and imports: they act on what somebody with the right began.</summary>
    public static Asker System(string tenant) => new(tenant, Guid.Empty, "system", Crm.Grains.Kernel.RoleKeys.Admin) { IsSystem = true };
}
