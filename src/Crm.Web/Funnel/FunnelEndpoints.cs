using Crm.Grains.Kernel;
using Crm.Silo.Funnel;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Funnel;

public static class FunnelEndpoints
{
    private const int MostFound = 20;

    extension(IEndpointRouteBuilder routes)
    {
        public void MapFunnels()
        {
            var reads = routes.MapGroup("/api").WithTags("Funnel");
            reads.MapRead("/funnels/{pipeline}", ReadFunnelAsync).Needs("opportunity", "read");
            reads.MapRead("/boards/{pipeline}", ReadBoardAsync).Needs("opportunity", "read");
            reads.MapRead("/my-day", ReadMyDayAsync).OpenToMembers("each is shown what he sees");
            reads.MapRead("/search", SearchAsync).OpenToMembers("each finds what he sees");
        }
    }

    private static async Task ReadFunnelAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var query = http.Request.Query;
        Guid? owner = Guid.TryParseExact(query["ownerId"], "D", out var ownerId) ? ownerId : null;
        DateTimeOffset? at = InstantConverter.TryParse(query["at"], out var moment) ? moment : null;
        var refusal = Records.CheckQuery(http, ["month", "ownerId", "at", "currency"])
            ?? (query["month"] is [{ } month] && !FunnelMonth.IsMonth(month) ? Refusal.Invalid("date-invalid", "A month is written 2026-11.", "month") : null)
            ?? (query["month"] is [{ }] ? await silo.Funnels.JudgeMonthAsync(http.Caller.Asker, http.RequestAborted) : null)
            ?? (query["ownerId"] is [{ Length: > 0 }] && owner is null ? CommandRequest.IdInvalid with { Field = "ownerId" } : null)
            ?? (query["at"] is [{ Length: > 0 }] && at is null ? Refusal.Invalid("date-invalid", "A moment is written 2026-11-21T08:30:00Z, with its offset.", "at") : null)
            ?? (query["currency"] is [{ } currency] && !Currencies.Knows(currency) ? Refusal.Invalid("currency-unknown", "The currency is not an ISO 4217 code in use.", "currency") : null);
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var request = new FunnelRequest((string)http.GetRouteValue("pipeline")!, query["month"], owner, at, query["currency"]); // the route has it
        if (await silo.Funnels.ReadAsync(http.Caller.Asker, request, http.RequestAborted) is { } funnel)
        {
            await Records.WriteJsonAsync(http, FunnelJson.Write(funnel));
        }
        else
        {
            await Problems.WriteAsync(http, 404, Refusal.NotFound("There is no such pipeline."));
        }
    }

    private static async Task ReadBoardAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var pipeline = (string)http.GetRouteValue("pipeline")!; // the route has it
        if (await silo.Pipelines.FindAsync(http.Caller.Asker.Tenant, pipeline, http.RequestAborted) is null)
        {
            await Problems.WriteAsync(http, 404, Refusal.NotFound("There is no such pipeline."));
            return;
        }

        await Records.WriteJsonAsync(http, await silo.Boards.ReadAsync(http.Caller.Asker, pipeline, http.RequestAborted));
    }

    private static async Task ReadMyDayAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        await Records.WriteJsonAsync(http, await silo.MyDays.ReadAsync(http.Caller.Asker, http.RequestAborted));
    }

    private static async Task SearchAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var limit = Records.ReadLimit(http.Request.Query["limit"], otherwise: MostFound);
        if ((Records.CheckQuery(http, ["q", "limit"]) ?? Records.CheckLimit(limit)) is { } refusal)
        {
            await Problems.WriteAsync(http, 400, refusal);
            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var (slice, card) in http.Request.Query["q"] is [{ Length: > 0 } q] ? await FindAsync(silo, http.Caller.Asker, q, limit, http.RequestAborted) : [])
        {
            var (title, subtitle) = slice.Headline(card);
            writer.WriteStartObject();
            writer.WriteString("slice"u8, slice.Slice.Plural);
            writer.WriteString("id"u8, ((ICard)card).Id);
            writer.WriteString("title"u8, title);
            writer.WriteString("subtitle"u8, subtitle);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>What a text finds, the best first; where not all of it has room, each slice gets its share.</summary>
    private static async Task<List<(ISliceBehaviour Slice, object Card)>> FindAsync(CrmSilo silo, Asker asker, string q, int limit, CancellationToken cancel)
    {
        var found = new List<(ISliceBehaviour Slice, IReadOnlyList<FoundCard> Cards)>();
        foreach (var slice in silo.Slices.All.Where(slice => slice.IsSearched))
        {
            found.Add((slice, await silo.Cards.SearchAsync(asker, slice, q, limit, cancel)));
        }

        var shares = new int[found.Count];
        for (var left = limit; left > 0;)
        {
            var before = left;
            for (var i = 0; i < shares.Length && left > 0; i++)
            {
                if (shares[i] < found[i].Cards.Count)
                {
                    shares[i]++;
                    left--;
                }
            }

            if (left == before)
            {
                break;
            }
        }

        return [.. found.SelectMany((slice, i) => slice.Cards.Take(shares[i]).Select(card => (slice.Slice, card))).OrderBy(each => each.card.Rank).Select(each => (each.Slice, each.card.Card))];
    }
}
