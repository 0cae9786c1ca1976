using System.Text.Json;
using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Grains.Opportunities;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Runtime.Reactions;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Reactions;

/// <summary>A step of a reaction was refused for now; the event is tried again.</summary>
public sealed class ReactionStepException(string step, Refusal refusal) : Exception($"{step}: {refusal.Code}: {refusal.Sentence}");

/// <summary>
/// Makes the customer, contact and opportunity of a converted lead. Finishes what it began after any crash; each step takes effect once. A
/// customer or contact that turns out to exist is taken instead, and the lead is told.
/// </summary>
public sealed class Conversion(CommandDesk commands, IGrainStore store, SliceDirectory slices, TenantDirectory tenants) : IReaction
{
    public string Name => "conversion";

    public IReadOnlyCollection<string> Types { get; } = ["lead-converted-v1"];

    public async Task HandleAsync(JournalEntry entry, CancellationToken cancel)
    {
        if (JsonSerializer.Deserialize(entry.Payload, SiloJson.Stored.TypeInfo<LeadEvent>()) is not LeadEvent.Converted converted)
        {
            return;
        }

        var asker = Asker.System(entry.Tenant) with { Id = entry.By };
        var customerId = converted.CustomerId;
        if (CustomerReactions.From(entry.Key, converted) is { } customer)
        {
            customerId = await MakeAsync(asker, entry, "customer", customerId, customer, cancel);
        }

        var customerName = await CustomerNameAsync(entry.Tenant, customerId, cancel) ?? converted.Details.Company ?? converted.Details.Name;
        var contactId = await MakeAsync(asker, entry, "contact", converted.ContactId, ContactReactions.From(entry.Key, converted, customerId, customerName), cancel);
        var today = tenants.Find(entry.Tenant).DayOf(entry.At);
        if (converted.OpportunityId is { } opportunityId
            && OpportunityReactions.From(entry.Key, converted, customerId, customerName, contactId, today) is { } opportunity)
        {
            await MakeAsync(asker, entry, "opportunity", opportunityId, opportunity, cancel);
        }

        if (customerId != converted.CustomerId || contactId != converted.ContactId)
        {
            await MakeAsync(asker, entry, "lead", entry.Key, new LeadCommand.NameCustomer(customerId, contactId), cancel);
        }
    }

    /// <summary>Gives a step's command; the record that is in its way is the one it wanted.</summary>
    private async Task<Guid> MakeAsync(Asker asker, JournalEntry entry, string kind, Guid id, object command, CancellationToken cancel)
    {
        var sending = new Sending(SenderKind.Reaction, ((IReaction)this).CommandIdOf(entry, kind), Trusted: true);
        var answer = await commands.TellAsync(asker, kind, id, command, sending, cancel);
        return answer switch
        {
            { Succeeded: true } => answer.Id,
            { Refusal.Existing: { } existing } => existing,
            { Refusal: { } refusal } => throw new ReactionStepException(kind, refusal),
            _ => id,
        };
    }

    private async ValueTask<string?> CustomerNameAsync(string tenant, Guid id, CancellationToken cancel) =>
        (await store.LoadAsync(new(tenant, "customer", id), cancel))?.Card is { } json ? ((CustomerCard)slices.OfKind("customer").ReadCard(json)).Name : null;
}
