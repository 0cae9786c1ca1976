using System.Collections.Concurrent;
using System.Collections.Immutable;
using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;

namespace Crm.Silo.Pipelines;

/// <summary>Pipelines by key, as commands on opportunities need them. Follows the commits, so it is as new as any answer.</summary>
public sealed class PipelineDirectory
{
    private readonly ConcurrentDictionary<Guid, PipelineCard> _cards = new();
    private readonly ConcurrentDictionary<string, Known> _tenants = new(StringComparer.Ordinal);
    private readonly IGrainStore _store;
    private readonly ISliceBehaviour _slice;

    public PipelineDirectory(IGrainStore store, SliceDirectory slices)
    {
        (_store, _slice) = (store, slices.OfKind("pipeline"));
        store.Committed += Follow;
    }

    /// <summary>The grain of a pipeline's key.</summary>
    public static GrainId IdOf(string tenant, string key) => GrainId.Named(tenant, "pipeline", key);

    /// <summary>The pipeline of a key, retired ones included; null when there is none.</summary>
    public async ValueTask<PipelineCard?> FindAsync(string tenant, string key, CancellationToken cancel)
    {
        var id = IdOf(tenant, key);
        if (_cards.TryGetValue(id.Key, out var known))
        {
            return known;
        }

        if ((await _store.LoadAsync(id, cancel))?.Card is not { } json)
        {
            return null;
        }

        return Keep(id.Key, json);
    }

    /// <summary>All pipelines of a tenant, oldest first, at most 200.</summary>
    public async ValueTask<IReadOnlyList<PipelineCard>> AllAsync(string tenant, CancellationToken cancel)
    {
        var page = await _store.QueryAsync(new CardQuery(tenant, "pipeline", Limit: 200), cancel);
        return [.. page.Hits.Select(hit => (PipelineCard)_slice.ReadCard(hit.Json)).Reverse()];
    }

    /// <summary>The stage that is meant, of every pipeline of a tenant that has it.</summary>
    public async ValueTask<StageChoice> ChooseAsync(string tenant, Func<PipelineCard, PipelineStage?> meant, CancellationToken cancel)
    {
        if (!_tenants.TryGetValue(tenant, out var known) || !known.IsWhole)
        {
            known = await LoadAsync(tenant, cancel);
        }

        var stages = new List<StageRef>(known.Pipelines.Length);
        foreach (var pipeline in known.Pipelines)
        {
            if (_cards.TryGetValue(pipeline, out var card) && meant(card) is { } stage)
            {
                stages.Add(RefOf(card, stage));
            }
        }

        return new(stages);
    }

    /// <summary>What a command must know of a stage.</summary>
    public static StageRef RefOf(PipelineCard pipeline, PipelineStage stage) => new(pipeline.Key, stage.Key, stage.WinRate, stage.Retired || pipeline.Retired);

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Grain.Kind is "pipeline" && write.CardAfter is PipelineCard card)
            {
                _cards[card.Id] = card;
                Note(write.Grain.Tenant, [card.Id], isWhole: false);
            }
        }
    }

    private async ValueTask<Known> LoadAsync(string tenant, CancellationToken cancel)
    {
        var page = await _store.QueryAsync(new CardQuery(tenant, "pipeline", Limit: 5_000), cancel);
        foreach (var hit in page.Hits)
        {
            Keep(hit.Key, hit.Json);
        }

        return Note(tenant, [.. page.Hits.Select(hit => hit.Key)], isWhole: true);
    }

    /// <summary>Keeps a card as it was read, unless a newer one was told of meanwhile.</summary>
    private PipelineCard Keep(Guid pipeline, byte[] json)
    {
        var card = (PipelineCard)_slice.ReadCard(json);
        return _cards.AddOrUpdate(pipeline, card, (_, other) => other.Version > card.Version ? other : card);
    }

    // what is committed while the tenant's are read is noted by Follow, and kept
    private Known Note(string tenant, ImmutableArray<Guid> pipelines, bool isWhole) => _tenants.AddOrUpdate(
        tenant,
        static (_, noted) => new(noted.pipelines, noted.isWhole),
        static (_, known, noted) => new([.. known.Pipelines.Union(noted.pipelines)], known.IsWhole || noted.isWhole),
        (pipelines, isWhole));

    /// <param name="IsWhole">Whether these are all of the tenant's.</param>
    private sealed record Known(ImmutableArray<Guid> Pipelines, bool IsWhole);
}
