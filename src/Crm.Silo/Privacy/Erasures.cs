using Crm.Grains.Attachments;
using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Runtime.Archive;
using Crm.Runtime.Cards;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.Reactions;
using Crm.Silo.Commands;
using Crm.Silo.Files;
using Crm.Silo.Hosting;
using Crm.Silo.Reactions;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Privacy;

/// <summary>
/// Empties the journal behind a person who was erased, and erases the person's files and the contacts that an individual customer is. A reaction, so that a crash
/// between the two leaves nothing behind.
/// </summary>
public sealed class Erasures(CommandDesk commands, IGrainStore store, SliceDirectory slices, FileDesk desk, IFileStore files, JournalArchive archive) : IReaction
{
    private const int PageSize = 200;

    public string Name => "erasures";

    public IReadOnlyCollection<string> Types { get; } = ["lead-erased-v1", "contact-erased-v1", "customer-erased-v1", "file-erased-v1"];

    /// <summary>The command that erases the person behind a card, with what is to be kept of it; null when the card is not about a person.</summary>
    /// <param name="customerIsPerson">Whether a contact's customer is the same person, whose name goes too.</param>
    public static object? CommandFor(object card, bool customerIsPerson = false) => card switch
    {
        LeadCard c => new LeadCommand.Erase(new(c.Source, c.Region, c.Product, c.Status, c.RuledOutReason, c.OwnerId, c.Captures, c.CreatedAt, c.CustomerId, c.ContactId, c.OpportunityId)),
        ContactCard c => new ContactCommand.Erase(new(c.CustomerId, customerIsPerson ? Erasure.Name : c.CustomerName, c.OwnerId, c.CreatedAt)),
        CustomerCard c => new CustomerCommand.Erase(new(c.Status, c.Industry, c.Country, c.Province, c.City, c.OwnerId, c.LeadId, c.CreatedAt)),
        _ => null,
    };

    public async Task HandleAsync(JournalEntry entry, CancellationToken cancel)
    {
        // first, so that nothing else's failure keeps the person in the journal
        var grain = new GrainId(entry.Tenant, entry.Kind, entry.Key);
        await store.EraseAsync(grain, entry.Version - 1, cancel);
        // and what was copied out of it
        var erased = await store.ReadHistoryAsync(grain, null, int.MaxValue, cancel);
        await archive.RefreshAsync(entry.Tenant, erased.Where(one => one.Version < entry.Version).Select(one => one.Position), cancel);
        if (entry.Kind == "file")
        {
            await files.DeleteAsync(FilePlaces.Of(entry.Tenant, FilePlaces.Attachments, entry.Key), null, cancel);
            return;
        }

        await EraseFilesAsync(entry, cancel);
        if (entry.Kind == "customer")
        {
            await EraseContactsAsync(entry, cancel);
        }
    }

    private async Task EraseFilesAsync(JournalEntry entry, CancellationToken cancel)
    {
        foreach (var file in await desk.AllOfAsync(entry.Tenant, entry.Kind, entry.Key, cancel))
        {
            await TellAsync(entry, "file", file.Id, new AttachmentCommand.Erase(), cancel);
        }
    }

    private async Task EraseContactsAsync(JournalEntry entry, CancellationToken cancel)
    {
        var slice = slices.OfKind("contact");
        await foreach (var page in store.PagesAsync(new(entry.Tenant, "contact", slice.Is("customerId", CardValue.Of(entry.Key)), Limit: PageSize), cancel))
        {
            foreach (var hit in page)
            {
                await TellAsync(entry, "contact", hit.Key, CommandFor(slice.ReadCard(hit.Json), customerIsPerson: true)!, cancel); // contacts are about a person
            }
        }
    }

    private async Task TellAsync(JournalEntry entry, string kind, Guid id, object command, CancellationToken cancel)
    {
        var sending = new Sending(SenderKind.Reaction, ((IReaction)this).CommandIdOf(entry, $"{kind}/{id:N}"), Trusted: true);
        var answer = await commands.TellAsync(Asker.System(entry.Tenant) with { Id = entry.By }, kind, id, command, sending, cancel);
        if (answer.Refusal is { } refusal)
        {
            throw new ReactionStepException(kind, refusal);
        }
    }
}
