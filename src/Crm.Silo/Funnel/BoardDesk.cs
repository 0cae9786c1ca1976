using System.Text.Json;
using Crm.Grains.Opportunities;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Funnel;

/// <summary>Reads a pipeline's board: its open opportunities.</summary>
public sealed class BoardDesk(IGrainStore store, SliceDirectory slices)
{
    /// <summary>Cards a board shows; the latest changed ones when there are more.</summary>
    public const int MostCards = 5_000;

    private readonly ISliceBehaviour _opportunities = slices.OfKind("opportunity");

    public async ValueTask<byte[]> ReadAsync(Asker asker, string pipeline, CancellationToken cancel)
    {
        var filter = CardFilter.AllOf(
            new CardFilter.And(Equal("pipeline", pipeline), Equal("status", "open")), CardDesk.Scope(asker, _opportunities));
        var latest = new CardSort(Field("updatedAt"), Descending: true);
        var page = await store.QueryAsync(new(asker.Tenant, "opportunity", filter, [latest], Limit: MostCards), cancel);
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, FunnelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("items"u8);
            foreach (var hit in page.Hits)
            {
                FunnelJson.WriteBoardCard(writer, (OpportunityCard)_opportunities.ReadCard(hit.Json));
            }

            writer.WriteEndArray();
            writer.WriteBoolean("truncated"u8, page.Next is not null);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private CardFilter.Compare Equal(string field, string value) => new(Field(field), CardOperator.Equal, CardValue.Of(value));

    private CardField Field(string name) => _opportunities.Cards.Find(name) ?? throw new InvalidOperationException($"Opportunities have no column '{name}'.");
}
