using System.Collections.Concurrent;
using Crm.Grains.Tenants;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;

namespace Crm.Silo.Tenants;

/// <summary>The organisations this server works for, kept in memory and following the commits.</summary>
public sealed class TenantDirectory
{
    private readonly ConcurrentDictionary<string, (long Version, TenantInfo Info)> _tenants = new(StringComparer.Ordinal);

    /// <summary>A tenant was opened, suspended or resumed. Told on the store's thread: must not block.</summary>
    public event Action<TenantInfo>? Switched;

    /// <summary>The grain of a tenant's own settings.</summary>
    public static GrainId GrainOf(string tenant) => GrainId.Named(tenant, "tenant", "tenant");

    /// <summary>The tenant; one that nothing is known of yet has the defaults.</summary>
    public TenantInfo Find(string key) => _tenants.TryGetValue(key, out var known) ? known.Info : _tenants.GetOrAdd(key, static key => (0, TenantInfo.Of(key, null))).Info;

    /// <summary>Reads what the store knows of its tenants, and follows it from then on.</summary>
    public async Task FollowAsync(IGrainStore store, ISliceBehaviour slice, CancellationToken cancel)
    {
        store.Committed += Follow;
        // what another process has written is not told but as growth; it is read a moment later
        store.Grown += tenant => _ = TryLoadAsync(store, slice, tenant);
        await ReadAsync(store, slice, cancel);
    }

    /// <summary>Reads every tenant there is.</summary>
    public async Task ReadAsync(IGrainStore store, ISliceBehaviour slice, CancellationToken cancel)
    {
        foreach (var tenant in store.Tenants)
        {
            await LoadAsync(store, slice, tenant, cancel);
        }
    }

    /// <summary>Reads a tenant that came into the store without a commit.</summary>
    public async Task LoadAsync(IGrainStore store, ISliceBehaviour slice, string tenant, CancellationToken cancel)
    {
        if ((await store.LoadAsync(GrainOf(tenant), cancel))?.Card is { } json)
        {
            Note(tenant, (TenantCard)slice.ReadCard(json));
        }
    }

    /// <summary>Forgets a tenant that is gone.</summary>
    public void Forget(string tenant) => _tenants.TryRemove(tenant, out _);

    private async Task TryLoadAsync(IGrainStore store, ISliceBehaviour slice, string tenant)
    {
        try
        {
            await LoadAsync(store, slice, tenant, CancellationToken.None);
        }
        catch (Exception)
        {
            // the store cannot be read just now, and says so itself; the next growth brings it
        }
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Grain.Kind is "tenant" && write.CardAfter is TenantCard card && write.Events.Length > 0)
            {
                Note(write.Grain.Tenant, card);
            }
        }
    }

    private void Note(string tenant, TenantCard card)
    {
        var info = TenantInfo.Of(tenant, card);
        var isSwitch = !_tenants.TryGetValue(tenant, out var before) || before.Version == 0 || before.Info.IsSuspended != info.IsSuspended;
        _tenants.AddOrUpdate(tenant, _ => (card.Version, info), (_, known) => known.Version > card.Version ? known : (card.Version, info));
        if (isSwitch)
        {
            Switched?.Invoke(info);
        }
    }
}
