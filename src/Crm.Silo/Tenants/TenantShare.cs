using Crm.Runtime.Sharing;

namespace Crm.Silo.Tenants;

/// <summary>Leaves the background work of suspended tenants undone: their clocks, reactions, effects and imports go on when they are resumed.</summary>
internal sealed class TenantShare : IWorkShare
{
    private readonly IWorkShare _inner;
    private readonly TenantDirectory _tenants;

    public TenantShare(IWorkShare inner, TenantDirectory tenants)
    {
        (_inner, _tenants) = (inner, tenants);
        inner.Changed += () => Changed?.Invoke();
        tenants.Switched += _ => Changed?.Invoke();
    }

    public event Action? Changed;

    public bool IsAlone => _inner.IsAlone;

    public bool IsOurs(string work, string tenant) => !_tenants.Find(tenant).IsSuspended && _inner.IsOurs(work, tenant);
}
