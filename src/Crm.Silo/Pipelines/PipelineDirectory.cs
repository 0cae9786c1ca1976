using System.Collections.Concurrent;
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

        var card = (PipelineCard)_slice.ReadCard(json);
        return _cards.AddOrUpdate(id.Key, card, (_, other) => other.Version > card.Version ? other : card);
    }

    /// <summary>All pipelines of a tenant, oldest first, at most 200.</summary>
    public async ValueTask<IReadOnlyList<PipelineCard>> AllAsync(string tenant, CancellationToken cancel)
    {
        var page = await _store.QueryAsync(new CardQuery(tenant, "pipeline", Limit: 200), cancel);
        return [.. page.Hits.Select(hit => (PipelineCard)_slice.ReadCard(hit.Json)).Reverse()];
    }

    /// <summary>What a command must know of a stage.</summary>
    public static StageRef RefOf(PipelineCard pipeline, PipelineStage stage) => new(pipeline.Key, stage.Key, stage.WinRate, stage.Retired || pipeline.Retired);

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.CardAfter is PipelineCard card)
            {
                _cards[card.Id] = card;
            }
        }
    }
}
