using System.Text.Json;
using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Kernel;
using Crm.Grains.Opportunities;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.Reactions;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Reactions;

/// <summary>What follows from a customer's life: an individual gets a contact, and a new name reaches contacts and opportunities.</summary>
public sealed class CustomerFollowers(CommandDesk commands, IGrainStore store, SliceDirectory slices) : IReaction
{
    private const int PageSize = 500;

    public string Name => "customer-followers";

    public IReadOnlyCollection<string> Types { get; } = ["customer-created-v1", "customer-amended-v1", "customer-erased-v1"];

    public async Task HandleAsync(JournalEntry entry, CancellationToken cancel)
    {
        switch (JsonSerializer.Deserialize(entry.Payload, SiloJson.Stored.TypeInfo<CustomerEvent>()))
        {
            case CustomerEvent.Created { ContactId: { } contactId } created when ContactReactions.From(entry.Key, created) is { } contact:
                await TellAsync(entry, "contact", contactId, contact, cancel);
                break;
            case CustomerEvent.Erased:
                await TellAllAsync(entry, "opportunity", new OpportunityCommand.NameCustomer(entry.Key, Erasure.Name), cancel);
                break;
            case CustomerEvent.Amended amended:
                if (ContactReactions.From(entry.Key, amended) is { } contactName)
                {
                    await TellAllAsync(entry, "contact", contactName, cancel);
                }

                if (OpportunityReactions.From(entry.Key, amended) is { } opportunityName)
                {
                    await TellAllAsync(entry, "opportunity", opportunityName, cancel);
                }

                break;
        }
    }

    private async Task TellAllAsync(JournalEntry entry, string kind, object command, CancellationToken cancel)
    {
        var query = new CardQuery(entry.Tenant, kind, slices.OfKind(kind).Is("customerId", CardValue.Of(entry.Key)), Limit: PageSize);
        await foreach (var page in store.PagesAsync(query, cancel))
        {
            foreach (var hit in page)
            {
                await TellAsync(entry, kind, hit.Key, command, cancel);
            }
        }
    }

    private async Task TellAsync(JournalEntry entry, string kind, Guid id, object command, CancellationToken cancel)
    {
        var sending = new Sending(SenderKind.Reaction, ((IReaction)this).CommandIdOf(entry, $"{kind}/{id:N}"), Trusted: true);
        var answer = await commands.TellAsync(Asker.System(entry.Tenant) with { Id = entry.By }, kind, id, command, sending, cancel);
        if (answer.Refusal is { Existing: null } refusal)
        {
            throw new ReactionStepException(kind, refusal);
        }
    }
}
