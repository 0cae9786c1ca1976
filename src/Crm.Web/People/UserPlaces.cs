using Crm.Grains.Kernel;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

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
            ?? (id is { } person ? CheckAbove(silo, asker, organisation, person) : null)
            ?? (departmentId is { } department && organisation.Departments.GetValueOrDefault(department) is not { Open: true }
                ? Refusal.Invalid("reference-not-found", "There is no such open department.", "departmentId")
                : null)
            ?? (superiorId is { } superior ? CheckSuperior(organisation, id, superior) : null);
    }

    /// <summary>Why an asker may not command somebody, or null: who sets the password of one who may do more may do as much a moment later.</summary>
    public static async ValueTask<Refusal?> CheckAboveAsync(CrmSilo silo, Asker asker, Guid person, CancellationToken cancel) =>
        CheckAbove(silo, asker, await silo.Access.OrganisationAsync(asker.Tenant, cancel), person);

    /// <summary>Why an asker may not have a key of a role in his hands, or null.</summary>
    public static async ValueTask<Refusal?> CheckKeyAsync(CrmSilo silo, Asker asker, string role, CancellationToken cancel) =>
        OnlyForbidden(CheckRole(silo, asker, await silo.Access.OrganisationAsync(asker.Tenant, cancel), role));

    private static Refusal? CheckAbove(CrmSilo silo, Asker asker, Organisation organisation, Guid person) =>
        organisation.Users.TryGetValue(person, out var known) ? OnlyForbidden(CheckRole(silo, asker, organisation, known.Role)) : null;

    // a role that is gone can do nothing
    private static Refusal? OnlyForbidden(Refusal? refusal) => refusal is { Kind: RefusalKind.Forbidden } ? refusal : null;

    /// <summary>Nobody gives a role that can do more than he can, nor commands one who has it.</summary>
    private static Refusal? CheckRole(CrmSilo silo, Asker asker, Organisation organisation, string key)
    {
        if (organisation.FindRole(key) is not { } role)
        {
            return Refusal.Invalid("enum-invalid", $"Use one of: {string.Join(", ", organisation.Roles.Select(each => each.Key))}.", "role");
        }

        return silo.Access.Of(asker).Includes(role, silo.Slices)
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
