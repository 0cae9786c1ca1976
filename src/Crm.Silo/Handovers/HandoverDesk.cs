using Crm.Grains.Handovers;
using Crm.Grains.Kernel;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Handovers;

/// <summary>What there is to hand over of one slice.</summary>
/// <param name="Slice">Its plural.</param>
/// <param name="OpenSteps">Records among them with something planned.</param>
public sealed record HandoverHolding(string Slice, int Count, int OpenSteps);

/// <summary>What a person owns, and what stays with the person's name.</summary>
/// <param name="Targets">Targets are the person's own record of what was agreed: they are kept.</param>
/// <param name="Departments">Names of the departments the person manages: somebody has to be named there.</param>
/// <param name="Reports">Names of those whose superior the person is.</param>
public sealed record HandoverPreview(Guid FromId, IReadOnlyList<HandoverHolding> Holdings, int Targets, IReadOnlyList<string> Departments, IReadOnlyList<string> Reports);

/// <summary>Where hand-overs are looked at and asked for.</summary>
public sealed class HandoverDesk(CommandDesk commands, IGrainStore store, SliceDirectory slices, AccessDirectory access)
{
    /// <summary>What there is to hand over; null when there is no such person.</summary>
    public async ValueTask<HandoverPreview?> PreviewAsync(string tenant, Guid person, CancellationToken cancel)
    {
        var organisation = await access.OrganisationAsync(tenant, cancel);
        if (!organisation.Users.ContainsKey(person))
        {
            return null;
        }

        var holdings = new List<HandoverHolding>();
        foreach (var slice in HandoverWork.Given(slices))
        {
            var owned = HandoverWork.OwnedBy(slice, person);
            var count = await CountAsync(tenant, slice, owned, cancel);
            var steps = slice.Cards.Find("dueAt") is { } due ? await CountAsync(tenant, slice, new CardFilter.And(owned, new CardFilter.Present(due)), cancel) : 0;
            holdings.Add(new(slice.Slice.Plural, count, steps));
        }

        var targets = slices.OfKind("target");
        return new(
            person, holdings, await CountAsync(tenant, targets, HandoverWork.OwnedBy(targets, person), cancel),
            [.. organisation.Departments.Values.Where(department => department.Open && department.ManagerId == person).Select(department => department.Name).Order(StringComparer.Ordinal)],
            [.. organisation.Users.Values.Where(user => user.Active && user.SuperiorId == person).Select(user => user.Name).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Asks for a hand-over, which then runs by itself. The person is shut out first. Who asks must see all that is handed over.</summary>
    public async ValueTask<Answer> RequestAsync(
        Asker asker, Guid handover, Guid from, IReadOnlyList<Guid> to, IReadOnlyList<HandoverShare> shares, Sending sending, CancellationToken cancel)
    {
        var organisation = await access.OrganisationAsync(asker.Tenant, cancel);
        if (!organisation.Users.TryGetValue(from, out var person) || await PreviewAsync(asker.Tenant, from, cancel) is not { } preview)
        {
            return Answer.Refused(handover, Refusal.Invalid("reference-not-found", "There is no such person.", "fromId"));
        }

        if (to.Concat(shares.SelectMany(share => share.To)).Any(id => id != from && organisation.Users.GetValueOrDefault(id) is not { Active: true }))
        {
            return Answer.Refused(handover, Refusal.Invalid("reference-not-found", "There is no such active user.", "to"));
        }

        if (shares.FirstOrDefault(share => preview.Holdings.All(holding => holding.Slice != share.Slice)) is { } unknown)
        {
            return Answer.Refused(handover, Refusal.Invalid("enum-invalid", $"Use one of: {string.Join(", ", preview.Holdings.Select(holding => holding.Slice))}.", "shares"));
        }

        var rights = access.Of(asker);
        var seesAll = rights.IsEverything || preview.Holdings.All(holding => holding.Count == 0 || !slices.TryFindPlural(holding.Slice, out var slice) || rights.SeesOwner(slice.Slice, from));
        var planned = preview.Holdings.Select(holding => new HandoverCount(holding.Slice, holding.Count)).ToList();
        return await commands.TellAsync(asker, "handover", handover, new HandoverCommand.Request(from, to, shares, planned, person.Active, seesAll), sending, cancel);
    }

    private async ValueTask<int> CountAsync(string tenant, ISliceBehaviour slice, CardFilter filter, CancellationToken cancel) =>
        (int)await store.CountAsync(new(tenant, slice.Kind, filter), int.MaxValue, cancel);
}
