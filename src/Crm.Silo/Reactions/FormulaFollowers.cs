using System.Text.Json;
using Crm.Grains.FieldBooks;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Runtime.Reactions;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Reactions;

/// <summary>A formula that is new or other than it was is reckoned for every record there is.</summary>
public sealed class FormulaFollowers(CommandDesk commands, IGrainStore store, SliceDirectory slices) : IReaction
{
    private const int PageSize = 500;

    public string Name => "formula-followers";

    public IReadOnlyCollection<string> Types { get; } = ["fieldbook-field-added-v1", "fieldbook-field-amended-v1", "fieldbook-field-restored-v1"];

    public async Task HandleAsync(JournalEntry entry, CancellationToken cancel)
    {
        if (!MayChangeResults(JsonSerializer.Deserialize(entry.Payload, SiloJson.Stored.TypeInfo<FieldBookEvent>()))
            || (await store.LoadAsync(new(entry.Tenant, entry.Kind, entry.Key), cancel))?.Card is not { } json
            || !slices.TryFindPlural(((FieldBookCard)slices.OfKind(entry.Kind).ReadCard(json)).Slice, out var slice)
            || slice.Compute() is not { } compute)
        {
            return;
        }

        // the version of the rows does not matter: what is changed meanwhile is reckoned with the change
        await foreach (var page in store.PagesAsync(new(entry.Tenant, slice.Kind, Limit: PageSize), cancel))
        {
            await Task.WhenAll(page.Select(hit => ComputeAsync(entry, slice.Kind, hit.Key, compute, cancel)));
        }
    }

    private async Task ComputeAsync(JournalEntry entry, string kind, Guid id, object compute, CancellationToken cancel)
    {
        var sending = new Sending(SenderKind.Reaction, ((IReaction)this).CommandIdOf(entry, $"{kind}/{id:N}"), Trusted: true);
        var answer = await commands.TellAsync(Asker.System(entry.Tenant) with { Id = entry.By }, kind, id, compute, sending, cancel);
        if (answer is { Kind: OutcomeKind.Overloaded or OutcomeKind.StorageFull or OutcomeKind.DurabilityUnknown, Refusal: { } refusal })
        {
            throw new ReactionStepException(kind, refusal);
        }
    }

    private static bool MayChangeResults(FieldBookEvent? happened) => happened switch
    {
        FieldBookEvent.Added { Field.Type: CustomField.Formula } => true,
        FieldBookEvent.Amended { From: var from, To: var to } => (from.Expression, from.Scale) != (to.Expression, to.Scale) && to.Type == CustomField.Formula,
        FieldBookEvent.Restored => true,
        _ => false,
    };
}
