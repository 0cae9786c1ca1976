using Crm.Grains.ApiKeys;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Web.People;

/// <summary>Who is behind an id.</summary>
internal static class UserNames
{
    /// <summary>The name of the user or key behind an id; null when there is none.</summary>
    public static async ValueTask<string?> FindAsync(CrmSilo silo, string tenant, Guid id, CancellationToken cancel)
    {
        if (id == Guid.Empty)
        {
            return null;
        }

        var system = Asker.System(tenant);
        return (await silo.Cards.FindAsync<UserCard>(system, silo.Slices.OfKind("user"), id, cancel))?.Name
            ?? (await silo.Cards.FindAsync<ApiKeyCard>(system, silo.Slices.OfKind("apikey"), id, cancel))?.Name;
    }

    /// <summary>A record can be given to an active user of the tenant only.</summary>
    public static async ValueTask<Refusal?> CheckOwnerAsync(CrmSilo silo, Asker asker, Guid? ownerId, CancellationToken cancel)
    {
        if (ownerId is not { } owner || owner == asker.Id)
        {
            return null;
        }

        return await silo.Cards.FindAsync<UserCard>(asker, silo.Slices.OfKind("user"), owner, cancel) is { Active: true }
            ? null
            : Refusal.Invalid("reference-not-found", "There is no such active user.", "ownerId");
    }
}
