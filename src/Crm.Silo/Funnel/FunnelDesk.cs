using System.Globalization;
using Crm.Grains.Kernel;
using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;
using Crm.Grains.Targets;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Silo.Funnel;

/// <summary>Which funnel is asked for.</summary>
/// <param name="Month">Such as <c>2026-11</c>; null for all.</param>
/// <param name="At">As it was then; null for now.</param>
/// <param name="Currency">Null is the tenant's own.</param>
public sealed record FunnelRequest(string Pipeline, string? Month = null, Guid? OwnerId = null, DateTimeOffset? At = null, string? Currency = null);

/// <summary>A funnel with what belongs around it.</summary>
/// <param name="Currencies">All that opportunities of the pipeline are in.</param>
/// <param name="Position">The journal position it is as new as.</param>
/// <param name="HasAmounts">False for those whose role does not show them amounts.</param>
public sealed record FunnelView(
    FunnelRequest Request, PipelineCard Pipeline, string Currency, IReadOnlyList<string> Currencies, OpportunityFunnel Funnel, TallyTotal Lost, long Position, DateTimeOffset At,
    bool HasAmounts = true);

/// <summary>Reads funnels: from running totals for now, from their days and the journal for any moment before.</summary>
public sealed class FunnelDesk(IGrainStore store, SliceDirectory slices, PipelineDirectory pipelines, TenantDirectory tenants, AccessDirectory access, TimeProvider time)
{
    /// <summary>How far entries of different records may be in front of each other: moments when they are made, an hour when history is told.</summary>
    private static readonly TimeSpan JournalDisorder = TimeSpan.FromHours(1);

    private readonly ISliceBehaviour _opportunities = slices.OfKind("opportunity");
    private readonly ISliceBehaviour _targets = slices.OfKind("target");

    /// <summary>The funnel, or null when there is no such pipeline.</summary>
    public async ValueTask<FunnelView?> ReadAsync(Asker asker, FunnelRequest request, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var at = request.At is { } then && then < now ? then : now;
        var isPast = at < now;
        var position = store.HeadOf(asker.Tenant);
        var pipeline = isPast ? await PipelineAtAsync(asker.Tenant, request.Pipeline, at, cancel) : await pipelines.FindAsync(asker.Tenant, request.Pipeline, cancel);
        if (pipeline is null)
        {
            return null;
        }

        IEnumerable<KeyValuePair<string, TallyTotal>> totals = isPast ? await TotalsAtAsync(asker.Tenant, at, cancel) : store.Tallies.Read(asker.Tenant, "opportunity");
        var rights = await access.FindAsync(asker, cancel);
        var currency = request.Currency ?? tenants.Find(asker.Tenant).Currency;
        var target = request.Month is { } month ? await TargetAsync(asker.Tenant, request.Pipeline, month, rights, request.OwnerId, currency, cancel) : null;
        var view = Sum(request, pipeline, totals, new OwnerSight(rights, _opportunities.Slice, request.OwnerId), currency, target, isPast ? await store.FindPositionAsync(asker.Tenant, at, cancel) - 1 : position, at);
        return view with { HasAmounts = rights.Of(_opportunities.Slice).Mask?.Shows("amount") ?? true };
    }

    /// <summary>Why an asker may not ask for a month, or null: what counts in a month closes in it, and for some that is a secret.</summary>
    public async ValueTask<Refusal?> JudgeMonthAsync(Asker asker, CancellationToken cancel) =>
        (await access.FindAsync(asker, cancel)).Of(_opportunities.Slice).Mask is { } mask && !(mask.Shows("expectedCloseOn") && mask.Shows("closedOn")) ? AccessPolicy.FieldForbidden("month") : null;

    /// <summary>The grain of a target.</summary>
    public static GrainId TargetId(string tenant, string pipeline, string month, Guid? ownerId) =>
        GrainId.Named(tenant, "target", $"{pipeline}|{month}|{ownerId?.ToString() ?? "-"}");

    private static FunnelView Sum(
        FunnelRequest request, PipelineCard pipeline, IEnumerable<KeyValuePair<string, TallyTotal>> totals, OwnerSight sight, string currency, decimal? target, long position, DateTimeOffset at)
    {
        var stages = new Dictionary<string, TallyTotal>(StringComparer.Ordinal);
        var currencies = new SortedSet<string>(StringComparer.Ordinal);
        TallyTotal lost = default;
        foreach (var (group, total) in totals)
        {
            if (!TallyKey.TryRead(group, request.Pipeline, out var key) || !key.IsIn(request.Month) || !sight.Sees(key.Owner))
            {
                continue;
            }

            currencies.Add(key.Currency.ToString());
            if (!key.Currency.SequenceEqual(currency))
            {
                continue;
            }

            if (key.Status.SequenceEqual("lost"))
            {
                lost = new(lost.Count + total.Count, lost.Hundredths + total.Hundredths);
                continue;
            }

            var stage = key.Stage.ToString();
            var sum = stages.GetValueOrDefault(stage);
            stages[stage] = new(sum.Count + total.Count, sum.Hundredths + total.Hundredths);
        }

        var lines = pipeline.Stages
            .Where(stage => !stage.Retired || stages.ContainsKey(stage.Key))
            .Select(stage => (Stage: stage, Total: stages.GetValueOrDefault(stage.Key)))
            .Select(line => new FunnelStage(line.Stage.Key, line.Stage.WinRate, line.Total.Count, line.Total.Amount));
        return new(request, pipeline, currency, [.. currencies], FunnelMath.Of(lines, target), lost, position, at);
    }

    /// <summary>The target of one owner; else the pipeline's own for who sees all, and for anybody else the sum of those of the people who are seen.</summary>
    private async ValueTask<decimal?> TargetAsync(string tenant, string pipeline, string month, Access rights, Guid? ownerId, string currency, CancellationToken cancel)
    {
        if (ownerId is not null || rights.SeesAll(_opportunities.Slice) || rights.Organisation is null)
        {
            var stored = await store.LoadAsync(TargetId(tenant, pipeline, month, ownerId), cancel);
            return stored?.Card is { } json ? Counted(json)?.Amount.Amount : null;
        }

        var query = new CardQuery(tenant, _targets.Kind, new CardFilter.And(_targets.Is("pipeline", CardValue.Of(pipeline)), _targets.Is("month", CardValue.Of(month))), Limit: 5_000);
        decimal? sum = null;
        foreach (var hit in (await store.QueryAsync(query, cancel)).Hits)
        {
            if (Counted(hit.Json) is { OwnerId: { } owner } target && rights.SeesOwner(_opportunities.Slice, owner))
            {
                sum = (sum ?? 0) + target.Amount.Amount;
            }
        }

        return sum;

        TargetCard? Counted(byte[] json) => _targets.ReadCard(json) is TargetCard target && target.Amount.Currency == currency ? target : null;
    }

    private async ValueTask<PipelineCard?> PipelineAtAsync(string tenant, string key, DateTimeOffset at, CancellationToken cancel)
    {
        var slice = slices.OfKind("pipeline");
        var id = PipelineDirectory.IdOf(tenant, key);
        var history = await store.ReadHistoryAsync(id, null, limit: 10_000, cancel);
        return slice.Fold(id, history.Where(entry => entry.At <= at).Reverse()) as PipelineCard
            // before it was made there was nothing in it, which today's stages show as well as any
            ?? await pipelines.FindAsync(tenant, key, cancel);
    }

    /// <summary>
    /// The totals at the end of the day before, changed by what each opportunity that was touched on the day itself had become by the moment.
    /// </summary>
    private async ValueTask<Dictionary<string, TallyTotal>> TotalsAtAsync(string tenant, DateTimeOffset at, CancellationToken cancel)
    {
        var info = tenants.Find(tenant);
        var day = info.DayOf(at);
        var totals = new Dictionary<string, TallyTotal>(await store.TalliesAtEndOfAsync(tenant, "opportunity", day.DayNumber - 1, cancel), StringComparer.Ordinal);
        var start = info.StartOf(day);
        var position = await store.FindPositionAsync(tenant, start, cancel) - 1;
        var touched = new Dictionary<Guid, long>();
        while (true)
        {
            var page = await store.ReadJournalAsync(tenant, position, 1_000, _opportunities.EventTypes, cancel);
            foreach (var entry in page.Where(entry => entry.At <= at))
            {
                touched[entry.Key] = entry.Position;
            }

            if (page.Count < 1_000 || page[^1].At > at + JournalDisorder)
            {
                break;
            }

            position = page[^1].Position;
        }

        foreach (var (key, last) in touched)
        {
            var id = new GrainId(tenant, "opportunity", key);
            var history = (await store.ReadHistoryAsync(id, last, limit: 100_000, cancel)).Reverse().ToList();
            Add(totals, _opportunities.Fold(id, history.Where(entry => entry.At < start)), -1);
            Add(totals, _opportunities.Fold(id, history), 1);
        }

        return totals;
    }

    private void Add(Dictionary<string, TallyTotal> totals, object? card, int sign)
    {
        foreach (var tally in card is null ? [] : _opportunities.Tallies(card))
        {
            var sum = totals.GetValueOrDefault(tally.Group);
            totals[tally.Group] = new(sum.Count + sign * tally.Count, sum.Hundredths + sign * (Int128)tally.Hundredths);
        }
    }
}

/// <summary>The month of a funnel, such as <c>2026-11</c>.</summary>
public static class FunnelMonth
{
    public static bool IsMonth(string text) => text.Length == 7 && DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
