using System.Text.Json;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Queries;
using Crm.Silo.Rights;
using Crm.Silo.Search;

namespace Crm.Silo.Reading;

/// <summary>Where cards are read: every list, record, search and timeline goes through here, and so through the same rights.</summary>
public sealed class CardDesk(IGrainStore store, CursorCodec cursors)
{
    /// <summary>Totals are exact up to this many; beyond it they stay at it.</summary>
    public const int MostCounted = 10_000;

    /// <summary>Reads a page of a slice's cards.</summary>
    public async ValueTask<ListAnswer> ListAsync(Asker asker, ISliceBehaviour slice, ListRequest request, CancellationToken cancel)
    {
        if (request.Limit is < 1 or > 200)
        {
            return ListAnswer.Refused("paging-invalid", "A page has 1 to 200 items.", "limit");
        }

        if (!TryRead(asker, slice, request, out var query, out var refused))
        {
            return refused;
        }

        var fields = string.IsNullOrWhiteSpace(request.Fields) ? null : request.Fields.Split(',', StringSplitOptions.TrimEntries);
        if (fields?.FirstOrDefault(field => !slice.FieldNames.Contains(field)) is { } unknown)
        {
            return ListAnswer.Refused("fields-invalid", $"There is no field {QueryProblem.Quote(unknown)} here.", "fields");
        }

        var hash = CursorCodec.HashQuery(slice.Kind, request.Filter, request.Sort, request.Q, asker.IsAdmin ? null : asker.Id.ToString());
        if (request.Cursor is { } cursor)
        {
            if (!cursors.TryDecode(cursor, asker.Tenant, hash, out var place) || place.SortValues.Count != (query.Sort?.Count ?? 0))
            {
                return ListAnswer.Refused("cursor-invalid", "This cursor is not of this list.", "cursor");
            }

            query = query with { After = place };
        }

        if (query.Match is "")
        {
            return new([], null, request.WithTotal ? 0 : null);
        }

        var page = await store.QueryAsync(query, cancel);
        var items = new byte[page.Hits.Count][];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = fields is null ? page.Hits[i].Json : Only(page.Hits[i].Json, fields);
        }

        return new(
            items,
            page.Next is { } next ? cursors.Encode(next, asker.Tenant, hash) : null,
            request.WithTotal ? await store.CountAsync(query with { After = null }, MostCounted, cancel) : null);
    }

    /// <summary>The query behind a request, with the asker's rights in it.</summary>
    public static bool TryRead(Asker asker, ISliceBehaviour slice, ListRequest request, out CardQuery query, out ListAnswer refused)
    {
        (query, refused) = (null!, null!); // set before true or false is answered
        CardFilter? filter = null;
        IReadOnlyList<CardSort>? sort = null;
        if (!string.IsNullOrWhiteSpace(request.Filter))
        {
            var parsed = FilterParser.Parse(request.Filter, slice.Cards);
            if (!parsed.IsValid)
            {
                refused = ListAnswer.Refused(parsed.Problem.Code, parsed.Problem.Detail, "filter");
                return false;
            }

            filter = parsed.Filter;
        }

        if (!string.IsNullOrWhiteSpace(request.Sort))
        {
            var parsed = SortParser.Parse(request.Sort, slice.Cards);
            if (!parsed.IsValid)
            {
                refused = ListAnswer.Refused(parsed.Problem.Code, parsed.Problem.Detail, "sort");
                return false;
            }

            sort = parsed.Keys;
        }

        // a search that asks for nothing that can be found is an empty list, which "" stands for; without q there is no search
        var match = string.IsNullOrWhiteSpace(request.Q) ? null : SearchTerms.ForQuery(request.Q) ?? "";
        query = new(asker.Tenant, slice.Kind, CardFilter.AllOf(filter, Scope(asker, slice)), sort, match, Limit: request.Limit);
        return true;
    }

    /// <summary>Which cards of a slice the asker sees, as a filter; null for all.</summary>
    public static CardFilter? Scope(Asker asker, ISliceBehaviour slice)
    {
        if (asker.IsAdmin || slice.Slice.IsSetting)
        {
            return null;
        }

        var owner = slice.Cards.Find("ownerId") ?? throw new InvalidOperationException($"Slice '{slice.Kind}' has no column ownerId to judge rights by.");
        var own = new CardFilter.Compare(owner, CardOperator.Equal, CardValue.Of(asker.Id));
        return slice.Slice.UnassignedIsOpen ? new CardFilter.Or(own, new CardFilter.Compare(owner, CardOperator.Equal, CardValue.Null)) : own;
    }

    /// <summary>One card as UTF-8 JSON; null when there is none, or none for the asker.</summary>
    public async ValueTask<byte[]?> FindAsync(Asker asker, ISliceBehaviour slice, Guid id, CancellationToken cancel)
    {
        var stored = await store.LoadAsync(new(asker.Tenant, slice.Kind, id), cancel);
        return stored?.Card is { } card && Sees(asker, slice, slice.ReadCard(card)) ? card : null;
    }

    /// <summary>One card as an object of its slice; null when there is none, or none for the asker.</summary>
    public async ValueTask<TCard?> FindAsync<TCard>(Asker asker, ISliceBehaviour slice, Guid id, CancellationToken cancel) where TCard : class =>
        await FindAsync(asker, slice, id, cancel) is { } json ? (TCard)slice.ReadCard(json) : null;

    /// <summary>Whether the asker sees a card.</summary>
    public static bool Sees(Asker asker, ISliceBehaviour slice, object card)
    {
        if (asker.IsAdmin || slice.Slice.IsSetting)
        {
            return true;
        }

        var owner = slice.Row(card)[slice.Cards.Find("ownerId")!.Ordinal]; // Scope has checked that there is one
        return AccessPolicy.Sees(asker, slice.Slice, owner.Bytes is { } bytes ? new Guid(bytes, bigEndian: true) : null);
    }

    /// <summary>A record's journal, newest first, or null when there is no such record for the asker.</summary>
    /// <param name="from">Position to begin at, or null for the newest.</param>
    public async ValueTask<IReadOnlyList<JournalEntry>?> HistoryAsync(Asker asker, ISliceBehaviour slice, Guid id, long? from, int limit, CancellationToken cancel) =>
        await FindAsync(asker, slice, id, cancel) is null ? null : await store.ReadHistoryAsync(new(asker.Tenant, slice.Kind, id), from, limit, cancel);

    /// <summary>A card with some of its fields only; the id and version are always among them.</summary>
    private static byte[] Only(byte[] json, string[] fields)
    {
        using var whole = JsonDocument.Parse(json);
        using var part = new MemoryStream();
        using (var writer = new Utf8JsonWriter(part, new JsonWriterOptions { Encoder = SiloJson.Cards.Encoder }))
        {
            writer.WriteStartObject();
            foreach (var field in whole.RootElement.EnumerateObject())
            {
                if (field.Name is "id" or "version" || fields.Contains(field.Name))
                {
                    field.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return part.ToArray();
    }
}
