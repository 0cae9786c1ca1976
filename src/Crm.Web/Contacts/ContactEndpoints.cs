using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Kernel;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Audit;
using Crm.Web.Exports;
using Crm.Web.Files;
using Crm.Web.Http;
using Crm.Web.Privacy;
using Crm.Web.Rights;

namespace Crm.Web.Contacts;

public sealed record CreateContactBody(
    Guid CustomerId,
    string Name,
    string? Mobile = null,
    string? Email = null,
    string? Title = null,
    string? Department = null,
    string? Wechat = null,
    string? Note = null,
    IReadOnlyDictionary<string, CustomValue>? Custom = null,
    Guid? OwnerId = null);

public sealed record MoveContactBody(Guid CustomerId);

public static class ContactEndpoints
{
    private const string Kind = "contact";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapContacts()
        {
            var contacts = routes.MapGroup("/api/contacts").WithTags("Contacts");
            contacts.MapReads(Kind);
            contacts.MapShares(Kind);
            contacts.MapFiles(Kind);
            contacts.MapExport(Kind);
            contacts.MapRestore(Kind);
            contacts.MapPrivacy(Kind);
            contacts.MapCreate<CreateContactBody>(Kind, CreateAsync);
            contacts.MapVerb<ContactCommand.Amend>(Kind, "amend");
            contacts.MapVerb<MoveContactBody>(Kind, "move", MoveAsync);
            contacts.MapVerb<ActivityDraft>(Kind, "log-activity", activity => new ContactCommand.LogActivity(activity));
        }
    }

    private static async ValueTask<Gathered> CreateAsync(CrmSilo silo, Asker asker, Guid id, CreateContactBody body, CancellationToken cancel)
    {
        if (await People.UserNames.CheckOwnerAsync(silo, asker, body.OwnerId, cancel) is { } wrong)
        {
            return wrong;
        }

        return await CustomerAsync(silo, asker, body.CustomerId, cancel) is { } customer
            ? Gathered.Of(new ContactCommand.Create(
                customer.Id, customer.Name, body.Name, body.Mobile, body.Email, body.Title, body.Department, body.Wechat, body.Note, body.Custom,
                body.OwnerId ?? customer.OwnerId ?? (silo.Access.Of(asker).OwnsWhatIsMade(silo.Slices.OfKind(Kind).Slice) ? asker.Id : null)))
            : NoSuchCustomer;
    }

    private static async ValueTask<Gathered> MoveAsync(CrmSilo silo, Asker asker, Guid id, MoveContactBody body, CancellationToken cancel) =>
        await CustomerAsync(silo, asker, body.CustomerId, cancel) is { } customer ? Gathered.Of(new ContactCommand.Move(customer.Id, customer.Name)) : NoSuchCustomer;

    private static readonly Refusal NoSuchCustomer = Refusal.Invalid("reference-not-found", "There is no such customer.", "customerId");

    private static ValueTask<CustomerCard?> CustomerAsync(CrmSilo silo, Asker asker, Guid id, CancellationToken cancel) =>
        silo.Cards.FindAsync<CustomerCard>(asker, silo.Slices.OfKind("customer"), id, cancel);
}
