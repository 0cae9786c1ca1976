using Crm.Grains.Departments;
using Crm.Grains.Kernel;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Rights;

public static class DepartmentEndpoints
{
    private const string Kind = "department";

    private static readonly Refusal NoSuchParent = Refusal.Invalid("reference-not-found", "There is no such open department.", "parentId");

    extension(IEndpointRouteBuilder routes)
    {
        public void MapDepartments()
        {
            var departments = routes.MapGroup("/api/departments").WithTags("Organisation");
            departments.MapReads(Kind);
            departments.MapCreate<DepartmentCommand.Create>(Kind, CreateAsync);
            departments.MapVerb<DepartmentCommand.Amend>(Kind, "amend", AmendAsync);
            departments.MapVerb<DepartmentCommand.Move>(Kind, "move", MoveAsync);
            departments.MapVerb<EmptyBody>(Kind, "close", CloseAsync, mayBeEmpty: true);
            departments.MapVerb<DepartmentCommand.Reopen>(Kind, "reopen", mayBeEmpty: true);
        }
    }

    private static async ValueTask<Gathered> CreateAsync(CrmSilo silo, Asker asker, Guid id, DepartmentCommand.Create create, CancellationToken cancel)
    {
        var organisation = await silo.Access.OrganisationAsync(asker.Tenant, cancel);
        return (CheckParent(organisation, create.ParentId) ?? CheckManager(organisation, create.ManagerId)) is { } wrong ? wrong : Gathered.Of(create);
    }

    private static async ValueTask<Gathered> AmendAsync(CrmSilo silo, Asker asker, Guid id, DepartmentCommand.Amend amend, CancellationToken cancel)
    {
        var organisation = await silo.Access.OrganisationAsync(asker.Tenant, cancel);
        return (CheckManager(organisation, amend.ManagerId.Value) ?? (amend.ManagerId.Value is null ? null : CheckSight(silo, asker, organisation, id))) is { } wrong ? wrong : Gathered.Of(amend);
    }

    private static async ValueTask<Gathered> MoveAsync(CrmSilo silo, Asker asker, Guid id, DepartmentCommand.Move move, CancellationToken cancel)
    {
        var organisation = await silo.Access.OrganisationAsync(asker.Tenant, cancel);
        return (CheckParent(organisation, move.ParentId) ?? (move.ParentId is null ? null : CheckSight(silo, asker, organisation, id))) is { } wrong
            ? wrong
            : Gathered.Of(move with { IsBelowItself = move.ParentId is { } parent && organisation.IsWithin(parent, id) });
    }

    private static async ValueTask<Gathered> CloseAsync(CrmSilo silo, Asker asker, Guid id, EmptyBody body, CancellationToken cancel) =>
        Gathered.Of(new DepartmentCommand.Close((await silo.Access.OrganisationAsync(asker.Tenant, cancel)).HasMembers(id)));

    /// <summary>Who manages a department, or one above it, sees what its people own: so only who sees it himself says who that is.</summary>
    private static Refusal? CheckSight(CrmSilo silo, Asker asker, Organisation organisation, Guid department)
    {
        var access = silo.Access.Of(asker);
        var owned = silo.Slices.All.Where(slice => slice.IsSearched && slice.Cards.Find("ownerId") is not null).ToList();
        var people = organisation.Users.Values.Where(user => user.DepartmentId is { } of && organisation.IsWithin(of, department));
        return access.IsEverything || people.All(person => owned.All(slice => access.SeesOwner(slice.Slice, person.Id))) ? null : Refusal.Forbidden("Nobody grants what he may not do himself.");
    }

    private static Refusal? CheckParent(Organisation organisation, Guid? parent) =>
        parent is null || organisation.Departments.GetValueOrDefault(parent.Value) is { Open: true } ? null : NoSuchParent;

    private static Refusal? CheckManager(Organisation organisation, Guid? manager) =>
        manager is null || organisation.Users.GetValueOrDefault(manager.Value) is { Active: true }
            ? null
            : Refusal.Invalid("reference-not-found", "There is no such active user.", "managerId");
}
