using Crm.Grains.Customers;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Audit;
using Crm.Web.Exports;
using Crm.Web.Files;
using Crm.Web.Http;
using Crm.Web.Privacy;
using Crm.Web.Rights;

namespace Crm.Web.Customers;

public static class CustomerEndpoints
{
    private const string Kind = "customer";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapCustomers()
        {
            var customers = routes.MapGroup("/api/customers").WithTags("Customers");
            customers.MapReads(Kind);
            customers.MapShares(Kind);
            customers.MapFiles(Kind);
            customers.MapExport(Kind);
            customers.MapRestore(Kind);
            customers.MapPrivacy(Kind);
            customers.MapCreate<CustomerCommand.Create>(Kind, CreateAsync);
            customers.MapVerb<CustomerCommand.Amend>(Kind, "amend", AmendAsync);
            customers.MapVerb<CustomerCommand.Assign>(Kind, "assign", AssignAsync);
            customers.MapVerb<ActivityDraft>(Kind, "log-activity", activity => new CustomerCommand.LogActivity(activity));
        }
    }

    private static async ValueTask<Gathered> CreateAsync(CrmSilo silo, Asker asker, Guid id, CustomerCommand.Create create, CancellationToken cancel) =>
        (await CheckParentAsync(silo, asker, create.ParentId, cancel) ?? await People.UserNames.CheckOwnerAsync(silo, asker, create.OwnerId, cancel)) is { } wrong
            ? wrong
            : Gathered.Of(create with
            {
                OwnerId = create.OwnerId ?? (silo.Access.Of(asker).OwnsWhatIsMade(silo.Slices.OfKind(Kind).Slice) ? asker.Id : null),
                ContactId = create.Type == CustomerRules.Individual ? GrainId.NewKey(silo.Time.GetUtcNow()) : null,
            });

    private static async ValueTask<Gathered> AmendAsync(CrmSilo silo, Asker asker, Guid id, CustomerCommand.Amend amend, CancellationToken cancel) =>
        amend.ParentId.Value == id
            ? Refusal.Invalid("reference-invalid", "A customer is not its own parent.", "parentId")
            : await CheckParentAsync(silo, asker, amend.ParentId.Value, cancel) is { } wrong ? wrong : Gathered.Of(amend);

    private static async ValueTask<Gathered> AssignAsync(CrmSilo silo, Asker asker, Guid id, CustomerCommand.Assign assign, CancellationToken cancel) =>
        await People.UserNames.CheckOwnerAsync(silo, asker, assign.OwnerId, cancel) is { } wrong ? wrong : Gathered.Of(assign);

    private static async ValueTask<Refusal?> CheckParentAsync(CrmSilo silo, Asker asker, Guid? parentId, CancellationToken cancel) =>
        parentId is { } parent && await silo.Cards.FindAsync(asker, silo.Slices.OfKind(Kind), parent, cancel) is null
            ? Refusal.Invalid("reference-not-found", "There is no such customer.", "parentId")
            : null;
}
