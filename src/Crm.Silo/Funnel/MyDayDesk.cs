using System.Globalization;
using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Grains.Opportunities;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Funnel;

/// <summary>What a person looks at first: what is due, what came in, how the month stands for all that the person sees.</summary>
public sealed class MyDayDesk(IGrainStore store, SliceDirectory slices, TenantDirectory tenants, AccessDirectory access, TimeProvider time)
{
    private const int MostDue = 50;
    private const int MostNewLeads = 10;

    private readonly ISliceBehaviour _leads = slices.OfKind("lead");
    private readonly ISliceBehaviour _opportunities = slices.OfKind("opportunity");

    public async ValueTask<byte[]> ReadAsync(Asker asker, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        var mine = CardValue.Of(asker.Id);
        var leadsDue = await DueAsync(asker, rights, _leads, cancel);
        var opportunitiesDue = await DueAsync(asker, rights, _opportunities, cancel);
        var newLeads = !rights.IsOn(_leads.Slice) ? new CardPage([], null) : await store.QueryAsync(
            new(asker.Tenant, "lead", All(_leads.Is("ownerId", mine), _leads.Is("status", CardValue.Of("open"))), Limit: MostNewLeads), cancel);
        var unassigned = !rights.SeesOwner(_leads.Slice, null) ? 0 : await store.CountAsync(
            new(asker.Tenant, "lead", All(_leads.Is("ownerId", CardValue.Null), _leads.Is("status", CardValue.Of("open")))), atMost: 10_000, cancel);
        var (open, won) = Totals(asker, rights);
        var leadMask = rights.Of(_leads.Slice).Mask;
        var opportunityMask = rights.Of(_opportunities.Slice).Mask;
        var hasAmounts = opportunityMask?.Shows("amount") ?? true;

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("due"u8);
            var due = leadsDue.Select(hit => Due("leads", leadMask, (LeadCard)_leads.ReadCard(hit.Json)))
                .Concat(opportunitiesDue.Select(hit => Due("opportunities", opportunityMask, (OpportunityCard)_opportunities.ReadCard(hit.Json))))
                .OrderBy(item => item.Step.DueAt).Take(MostDue);
            foreach (var (slice, id, title, step, overdue) in due)
            {
                writer.WriteStartObject();
                writer.WriteString("slice"u8, slice);
                writer.WriteString("id"u8, id);
                writer.WriteString("title"u8, title);
                writer.WriteStartObject("step"u8);
                writer.WriteString("text"u8, step.Text);
                writer.WriteInstant("dueAt"u8, step.DueAt);
                writer.WriteEndObject();
                writer.WriteBoolean("overdue"u8, overdue);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("newLeads"u8);
            foreach (var hit in newLeads.Hits)
            {
                writer.WriteRawValue(leadMask?.Apply(hit.Json) ?? hit.Json, skipInputValidation: true);
            }

            writer.WriteEndArray();
            writer.WriteNumber("unassignedLeads"u8, unassigned);
            writer.WriteNumber("openOpportunities"u8, open.Count);
            writer.WriteString("openAmount"u8, hasAmounts ? open.Amount.ToString("0.00", CultureInfo.InvariantCulture) : null);
            writer.WriteNumber("wonThisMonth"u8, won.Count);
            writer.WriteString("wonAmount"u8, hasAmounts ? won.Amount.ToString("0.00", CultureInfo.InvariantCulture) : null);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static (string Slice, Guid Id, string Title, Step Step, bool Overdue) Due(string slice, FieldMask? mask, LeadCard card) => (slice, card.Id, Title(mask, card.Name), Shown(mask, card.NextStep!), card.Overdue); // found by its due time

    private static (string Slice, Guid Id, string Title, Step Step, bool Overdue) Due(string slice, FieldMask? mask, OpportunityCard card) => (slice, card.Id, Title(mask, card.Name), Shown(mask, card.NextStep!), card.Overdue); // found by its due time

    private static string Title(FieldMask? mask, string name) => mask?.Of("name") switch { FieldAccess.Hidden => "", FieldAccess.Masked => FieldMask.Mask(name), _ => name };

    private static Step Shown(FieldMask? mask, Step step) => mask?.Shows("nextStep") ?? true ? step : step with { Text = "" };

    private async ValueTask<IReadOnlyList<CardHit>> DueAsync(Asker asker, Access rights, ISliceBehaviour slice, CancellationToken cancel)
    {
        if (!rights.IsOn(slice.Slice))
        {
            return [];
        }

        var dueAt = slice.Column("dueAt");
        var query = new CardQuery(
            asker.Tenant, slice.Kind, All(slice.Is("ownerId", CardValue.Of(asker.Id)), new CardFilter.Present(dueAt)), [new(dueAt, Descending: false)], Limit: MostDue);
        return (await store.QueryAsync(query, cancel)).Hits;
    }

    private (TallyTotal Open, TallyTotal Won) Totals(Asker asker, Access rights)
    {
        var sight = new OwnerSight(rights, _opportunities.Slice);
        var info = tenants.Find(asker.Tenant);
        var month = info.DayOf(time.GetUtcNow()).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var (open, won) = (default(TallyTotal), default(TallyTotal));
        foreach (var (group, total) in store.Tallies.Read(asker.Tenant, "opportunity"))
        {
            if (!TallyKey.TryRead(group, pipeline: null, out var key) || !key.Currency.SequenceEqual(info.Currency) || !sight.Sees(key.Owner))
            {
                continue;
            }

            if (key.Status.SequenceEqual("open"))
            {
                open = new(open.Count + total.Count, open.Hundredths + total.Hundredths);
            }
            else if (key.Status.SequenceEqual("won") && key.Month.SequenceEqual(month))
            {
                won = new(won.Count + total.Count, won.Hundredths + total.Hundredths);
            }
        }

        return (open, won);
    }

    private static CardFilter All(CardFilter left, CardFilter right) => new CardFilter.And(left, right);
}
