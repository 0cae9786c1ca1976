using Crm.Grains.Kernel;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Rights;

namespace Crm.Web.People;

/// <summary>Whether a person may be put where somebody wants to put him.</summary>
internal static class UserPlaces
{
    /// <summary>Checks a role, a department and a superior; what is null is not asked for.</summary>
    /// <param name="id">The person, or null for a new one.</param>
    public static async ValueTask<Refusal?> CheckAsync(CrmSilo silo, Asker asker, Guid? id, string? role, Guid? departmentId, Guid? superiorId, CancellationToken cancel)
    {
        var organisation = await silo.Access.OrganisationAsync(asker.Tenant, cancel);
        return (role is null ? null : CheckRole(silo, asker, organisation, role))
            ?? (id is { } person && organisation.Users.TryGetValue(person, out var known) ? CheckRole(silo, asker, organisation, known.Role) is { Kind: RefusalKind.Forbidden } above ? above : null : null)
            ?? (departmentId is { } department && organisation.Departments.GetValueOrDefault(department) is not { Open: true }
                ? Refusal.Invalid("reference-not-found", "There is no such open department.", "departmentId")
                : null)
            ?? (superiorId is { } superior ? CheckSuperior(organisation, id, superior) : null);
    }

    /// <summary>Nobody gives a role that can do more than he can, nor commands one who has it.</summary>
    private static Refusal? CheckRole(CrmSilo silo, Asker asker, Organisation organisation, string key)
    {
        if (organisation.FindRole(key) is not { } role)
        {
            return Refusal.Invalid("enum-invalid", $"Use one of: {string.Join(", ", organisation.Roles.Select(each => each.Key))}.", "role");
        }

        return silo.Access.Of(asker).Includes(role, silo.Slices.All.Select(slice => slice.Slice), silo.Slices.All.SelectMany(RoleEndpoints.VerbsOf).Distinct())
            ? null
            : Refusal.Forbidden("Nobody grants what he may not do himself.");
    }

    private static Refusal? CheckSuperior(Organisation organisation, Guid? id, Guid superior)
    {
        if (organisation.Users.GetValueOrDefault(superior) is not { Active: true })
        {
            return Refusal.Invalid("reference-not-found", "There is no such active user.", "superiorId");
        }

        Guid? above = superior;
        for (var depth = 0; depth < 100 && above is { } one; depth++)
        {
            if (one == id)
            {
                return Refusal.Invalid("superior-cycle", "A person is not his own superior, however far up.", "superiorId");
            }

            above = organisation.Users.GetValueOrDefault(one)?.SuperiorId;
        }

        return null;
    }
}
