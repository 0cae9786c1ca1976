using System.Text.Json;
using Crm.Grains.Opportunities;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Funnel;

/// <summary>Reads a pipeline's board: its open opportunities.</summary>
public sealed class BoardDesk(IGrainStore store, SliceDirectory slices, AccessDirectory access)
{
    /// <summary>Cards a board shows; the latest changed ones when there are more.</summary>
    public const int MostCards = 5_000;

    private readonly ISliceBehaviour _opportunities = slices.OfKind("opportunity");

    public async ValueTask<byte[]> ReadAsync(Asker asker, string pipeline, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        var mask = rights.Of(_opportunities.Slice).Mask;
        var filter = CardFilter.AllOf(new CardFilter.And(_opportunities.Is("pipeline", CardValue.Of(pipeline)), _opportunities.Is("status", CardValue.Of("open"))), rights.Filter(_opportunities));
        var latest = new CardSort(_opportunities.Column("updatedAt"), Descending: true);
        var page = await store.QueryAsync(new(asker.Tenant, "opportunity", filter, [latest], Limit: MostCards), cancel);
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var hit in page.Hits)
            {
                FunnelJson.WriteBoardCard(writer, (OpportunityCard)_opportunities.ReadCard(hit.Json), mask);
            }

            writer.WriteEndArray();
            writer.WriteBoolean("truncated"u8, page.Next is not null);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    /// <summary>Writes the part of a card that a board shows to the asker.</summary>
    public void WriteCard(Utf8JsonWriter writer, Asker asker, OpportunityCard card) => FunnelJson.WriteBoardCard(writer, card, access.Of(asker).Of(_opportunities.Slice).Mask);
}
