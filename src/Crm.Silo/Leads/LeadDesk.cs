using Crm.Grains.Customers;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Search;

namespace Crm.Silo.Leads;

/// <summary>What a lead's commands need besides the lead: whether it is there already, and which customer it becomes.</summary>
public sealed class LeadDesk(CommandDesk commands, IGrainStore store, CardDesk cards, SliceDirectory slices, AccessDirectory access)
{
    // a key may be given up and taken between looking it up and writing; each round loses to somebody else's progress
    private const int MostRounds = 8;

    /// <summary>
    /// Captures a lead: a new one, or a further source of the one that has the same keys. Whoever may create leads needs no right
    /// to that one, and learns only its id.
    /// </summary>
    /// <param name="freshId">The id if it is new: UUIDv7.</param>
    /// <returns>The answer, and whether the lead was there already.</returns>
    public async ValueTask<(Answer Answer, bool IsDuplicate)> CaptureAsync(Asker asker, LeadCommand.Capture capture, Guid freshId, Sending sending, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        var slice = slices.OfKind("lead").Slice;
        if ((rights.MayEver(slice, "create") ? rights.MayFill(slice, capture) : AccessPolicy.Forbidden) is { } forbidden)
        {
            return (Answer.Refused(freshId, forbidden), false);
        }

        // taken for a new one without a look: most are, and whoever holds a key is named when it is not
        var target = freshId;
        for (var round = 0; ; round++)
        {
            var answer = await commands.TellAsync(asker, "lead", target, capture, sending with { Trusted = true, IsFresh = target == freshId }, cancel);
            if (answer is { Kind: OutcomeKind.ClaimHeld } && target != freshId)
            {
                // it is one lead by its company and another by its mobile: it is recorded on the first, and fills nothing that is the other's
                capture = capture with { Company = null, Mobile = null, Email = null, Product = null };
                continue;
            }

            if (answer is not { Kind: OutcomeKind.ClaimHeld, Refusal.Existing: { } holder } || round == MostRounds)
            {
                // a lead begins with one event, so a higher version means that it was there
                return (answer, answer.Succeeded && (answer.Id != freshId || answer.Version > 1) && answer.Version > 1);
            }

            target = holder;
        }
    }

    /// <summary>
    /// The customer that a lead would become: one of the asker's choice, one of the same name that is there already, or none.
    /// </summary>
    public async ValueTask<Guid?> FindCustomerAsync(Asker asker, LeadCard lead, CancellationToken cancel)
    {
        var slice = slices.OfKind("customer");
        if (lead.Company is { } company)
        {
            var named = slice.Is("name", CardValue.Of(company)) with { SortKey = SearchTerms.SortKey(company) };
            var page = await store.QueryAsync(new(asker.Tenant, "customer", named, Limit: 1), cancel);
            return page.Hits is [var hit, ..] ? hit.Key : null;
        }

        return CustomerRules.Keys(CustomerRules.Individual, creditCode: null, lead.Mobile) is [var key] ? await store.FindClaimAsync(asker.Tenant, key, cancel) : null;
    }

    /// <summary>The lead as the asker may see it.</summary>
    public ValueTask<LeadCard?> FindAsync(Asker asker, Guid id, CancellationToken cancel) => cards.FindAsync<LeadCard>(asker, slices.OfKind("lead"), id, cancel);
}
