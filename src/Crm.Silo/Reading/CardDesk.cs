using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Exports;
using Crm.Silo.Hosting;
using Crm.Silo.Imports;
using Crm.Silo.Queries;
using Crm.Silo.Rights;
using Crm.Silo.Search;
using Crm.Silo.Tenants;

namespace Crm.Silo.Reading;

/// <summary>Where cards are read: every list, record, search and timeline goes through here, and so through the same rights.</summary>
public sealed class CardDesk(IGrainStore store, CursorCodec cursors, AccessDirectory access, TenantDirectory tenants)
{
    /// <summary>Totals are exact up to this many; beyond it they stay at it.</summary>
    public const int MostCounted = 10_000;

    private const int MostSearchRounds = 20;

    /// <summary>Among how many of the newest matches of a slice the best are looked for: enough to fill a screen, and no more to read however many match.</summary>
    private const int MostRanked = 100;
    private const int ExportPage = 1_000;

    /// <summary>Told of records of others that somebody is shown at once, for those who watch over reading. Must not block.</summary>
    public Action<Asker, IReadOnlyList<Guid>>? ShownOfOthers { get; set; }

    /// <summary>Reads a page of a slice's cards.</summary>
    public async ValueTask<ListAnswer> ListAsync(Asker asker, ISliceBehaviour slice, ListRequest request, CancellationToken cancel)
    {
        if (request.Limit is < 1 or > 200)
        {
            return ListAnswer.Refused("paging-invalid", "A page has 1 to 200 items.", "limit");
        }

        var rights = await access.FindAsync(asker, cancel);
        if (!TryRead(rights, slice, request, out var query, out var refused))
        {
            return refused;
        }

        var mask = rights.Of(slice.Slice).Mask;
        var fields = string.IsNullOrWhiteSpace(request.Fields) ? null : request.Fields.Split(',', StringSplitOptions.TrimEntries);
        if (UnknownField(rights, slice, request) is { } wrong)
        {
            return wrong;
        }

        var hash = CursorCodec.HashQuery(slice.Kind, request.Filter, request.Sort, request.Q, rights.SeesAll(slice.Slice) ? null : asker.Id.ToString());
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

        query = query with { Tenant = asker.Tenant, Filter = CardFilter.AllOf(query.Filter, rights.Filter(slice)) };
        var concealed = query.Match is not null && mask is { ConcealsAny: true } ? mask : null;
        var (hits, next) = concealed is null ? await PageAsync(query, cancel) : await SearchAsync(query, slice, concealed, request.Q!, cancel); // a match comes from a q
        var items = new byte[hits.Count][];
        for (var i = 0; i < items.Length; i++)
        {
            var json = Masked(rights, slice, hits[i].Json);
            items[i] = fields is null ? json : Only(json, fields);
        }

        NoteShown(asker, slice, hits);
        // how many match by what is concealed would say what is in it
        var total = !request.WithTotal ? (long?)null : concealed is not null ? (next is null && query.After is null ? items.Length : MostCounted) : await store.CountAsync(query with { After = null }, MostCounted, cancel);
        return new(items, next is null ? null : cursors.Encode(next, asker.Tenant, hash), total);
    }

    /// <summary>
    /// What a text finds in a slice, best first: among the newest matches those of that name come before those whose name begins with it or
    /// has it, and these before the others; equals stay newest first.
    /// </summary>
    /// <param name="limit">1 to 200.</param>
    public async ValueTask<IReadOnlyList<FoundCard>> SearchAsync(Asker asker, ISliceBehaviour slice, string q, int limit, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        if (!TryRead(rights, slice, new ListRequest(Q: q, Limit: limit), out var query, out _) || query.Match is null or "")
        {
            return [];
        }

        query = query with { Tenant = asker.Tenant, Filter = rights.Filter(slice) };
        // what is concealed is looked for card by card already
        var (hits, _) = rights.Of(slice.Slice).Mask is { ConcealsAny: true } mask
            ? await SearchAsync(query, slice, mask, q, cancel)
            : await PageAsync(query with { Limit = Math.Max(limit, MostRanked) }, cancel);
        FoundCard[] found = [.. hits.Select(hit => Ranked(rights, slice, hit, q)).OrderBy(card => card.Rank).Take(limit)];
        NoteShown(asker, slice, [.. found.Select(card => card.Hit)]);
        return found;
    }

    /// <summary>
    /// The cards of a list, counted by a field and summed: of those that the list has for the asker, by a field and over one that are shown
    /// to the asker. Months are those of the tenant's calendar.
    /// </summary>
    public async ValueTask<GroupAnswer> GroupAsync(Asker asker, ISliceBehaviour slice, GroupRequest request, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        if (!TryRead(rights, slice, new ListRequest(request.Filter, Q: request.Q, Limit: ExportPage), out var query, out var refused))
        {
            return new(null, null, refused.Refusal);
        }

        var parsed = GroupParser.Parse(request.By, request.Sum, slice.CardsWith(rights.FieldsOf(slice.Slice)));
        if (!parsed.IsValid)
        {
            return new(null, null, Refusal.Invalid(parsed.Code, parsed.Detail, parsed.Parameter));
        }

        var mask = rights.Of(slice.Slice).Mask;
        if (mask is not null && parsed.Shown.FirstOrDefault(field => !mask.Shows(field)) is { } concealed)
        {
            return new(null, null, AccessPolicy.FieldForbidden(concealed));
        }

        if (query.Match is "")
        {
            return new(parsed.Aggregation, new([], false), null);
        }

        query = query with { Tenant = asker.Tenant, Filter = CardFilter.AllOf(query.Filter, rights.Filter(slice)) };
        var isCut = false;
        if (query.Match is not null && mask is { ConcealsAny: true })
        {
            // how many match by what is concealed would say what is in it
            (var found, isCut) = await FoundAsync(query, slice, mask, request.Q!, cancel); // a match comes from a q
            query = query with { Match = null, Filter = CardFilter.AllOf(query.Filter, new CardFilter.Keys(found)) };
        }

        var isMoment = parsed.Aggregation.By.Type == CardFieldType.Instant;
        var buckets = await store.AggregateAsync(query, parsed.Aggregation with { Offsets = isMoment ? ZoneOffsets.Of(tenants.Find(asker.Tenant).TimeZone) : null }, cancel);
        return new(parsed.Aggregation, buckets with { IsMore = buckets.IsMore || isCut }, null);
    }

    /// <summary>How many cards of a request are seen that a verb may be done to, or why none are counted.</summary>
    public async ValueTask<(long Count, Refusal? Refusal)> CountAsync(Asker asker, ISliceBehaviour slice, ListRequest request, string verb, int atMost, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        if (!TryRead(rights, slice, request, out var query, out var refused))
        {
            return (0, refused.Refusal);
        }

        if (UnknownField(rights, slice, request) is { } wrong)
        {
            return (0, wrong.Refusal);
        }

        query = query with { Tenant = asker.Tenant, Filter = CardFilter.AllOf(query.Filter, rights.Filter(slice, verb)) };
        if (query.Match is "")
        {
            return (0, null);
        }

        // how many match by what is concealed would say what is in it
        return (query.Match is not null && rights.Of(slice.Slice).Mask is { ConcealsAny: true } mask
            ? await CountFoundAsync(query with { Limit = ExportPage }, slice, mask, request.Q!, atMost, cancel) // a match comes from a q
            : await store.CountAsync(query, atMost, cancel), null);
    }

    /// <summary>
    /// Every card of a request that a verb may be done to, as the asker may see it, page by page: rights that change meanwhile hold from the
    /// next page on.
    /// </summary>
    /// <exception cref="ExportForbiddenException">The asker may not, or not any more.</exception>
    public async IAsyncEnumerable<byte[]> ReadAllAsync(Asker asker, ISliceBehaviour slice, ListRequest request, string verb, [EnumeratorCancellation] CancellationToken cancel)
    {
        CardPlace? after = null;
        do
        {
            var rights = await access.FindAsync(asker, cancel);
            if (rights.Of(slice.Slice).ScopeOf(verb) == Scope.None || !TryRead(rights, slice, request, out var query, out _))
            {
                throw new ExportForbiddenException();
            }

            if (query.Match is "")
            {
                yield break;
            }

            var mask = rights.Of(slice.Slice).Mask;
            query = query with { Tenant = asker.Tenant, Filter = CardFilter.AllOf(query.Filter, rights.Filter(slice, verb)), After = after, Limit = ExportPage };
            var (hits, next) = query.Match is not null && mask is { ConcealsAny: true } ? await SearchAsync(query, slice, mask, request.Q!, cancel) : await PageAsync(query, cancel); // a match comes from a q
            foreach (var hit in hits)
            {
                yield return mask is null ? hit.Json : mask.Apply(hit.Json);
            }

            after = next;
        }
        while (after is not null);
    }

    private static ListAnswer? UnknownField(Access rights, ISliceBehaviour slice, ListRequest request) =>
        string.IsNullOrWhiteSpace(request.Fields)
        || request.Fields.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(field => !slice.FieldNames.Contains(field) && slice.CardsWith(rights.FieldsOf(slice.Slice)).Find(field)?.Key is null) is not { } unknown
            ? null
            : ListAnswer.Refused("fields-invalid", $"There is no field {QueryProblem.Quote(unknown)} here.", "fields");

    /// <summary>Whether every field of a filter is shown: rights may have changed since it was read.</summary>
    public static bool MayFilter(Access rights, ISliceBehaviour slice, CardFilter filter) => rights.Of(slice.Slice).Mask is not { } mask || FieldsOf(filter).All(mask.Shows);

    /// <summary>The query behind a request, without the limits of rights on records; those on fields are judged.</summary>
    public static bool TryRead(Access rights, ISliceBehaviour slice, ListRequest request, out CardQuery query, out ListAnswer refused)
    {
        (query, refused) = (null!, null!); // set before true or false is answered
        if (!rights.MayEver(slice.Slice, "read"))
        {
            refused = new([], null, null, AccessPolicy.Forbidden);
            return false;
        }

        if (!slice.IsSearched && !string.IsNullOrWhiteSpace(request.Q))
        {
            refused = ListAnswer.Refused("query-invalid", "These records are not found by words; use a filter.", "q");
            return false;
        }

        var mask = rights.Of(slice.Slice).Mask;
        CardFilter? filter = null;
        IReadOnlyList<CardSort>? sort = null;
        if (!string.IsNullOrWhiteSpace(request.Filter))
        {
            var parsed = FilterParser.Parse(request.Filter, slice.CardsWith(rights.FieldsOf(slice.Slice)));
            if (!parsed.IsValid)
            {
                refused = ListAnswer.Refused(parsed.Problem.Code, parsed.Problem.Detail, "filter");
                return false;
            }

            filter = parsed.Filter;
        }

        if (!string.IsNullOrWhiteSpace(request.Sort))
        {
            var parsed = SortParser.Parse(request.Sort, slice.CardsWith(rights.FieldsOf(slice.Slice)));
            if (!parsed.IsValid)
            {
                refused = ListAnswer.Refused(parsed.Problem.Code, parsed.Problem.Detail, "sort");
                return false;
            }

            sort = parsed.Keys;
        }

        if (mask is not null && (FieldsOf(filter).Concat(sort?.Select(key => key.Field.Name) ?? []).FirstOrDefault(field => !mask.Shows(field)) is { } concealed))
        {
            refused = new([], null, null, AccessPolicy.FieldForbidden(concealed));
            return false;
        }

        // a search that asks for nothing that can be found is an empty list, which "" stands for; without q there is no search
        var match = string.IsNullOrWhiteSpace(request.Q) ? null : SearchTerms.ForQuery(request.Q) ?? "";
        query = new("", slice.Kind, filter, sort, match, Limit: request.Limit);
        return true;
    }

    /// <summary>One card as UTF-8 JSON, as the asker may see it; null when there is none, or none for the asker.</summary>
    public async ValueTask<byte[]?> FindAsync(Asker asker, ISliceBehaviour slice, Guid id, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        if (await FindWholeAsync(rights, asker.Tenant, slice, id, cancel) is not { } card)
        {
            return null;
        }

        NoteShown(asker, slice, [new(id, 0, card)]);
        return Masked(rights, slice, card);
    }

    /// <summary>
    /// One card as an object of its slice, for our own use; null when there is none, or none for the asker. It is whole: what of it is shown
    /// goes through <see cref="Conceal"/>.
    /// </summary>
    public async ValueTask<TCard?> FindAsync<TCard>(Asker asker, ISliceBehaviour slice, Guid id, CancellationToken cancel) where TCard : class =>
        await FindWholeAsync(await access.FindAsync(asker, cancel), asker.Tenant, slice, id, cancel) is { } json ? (TCard)slice.ReadCard(json) : null;

    /// <summary>Whether the asker sees a card.</summary>
    public bool Sees(Asker asker, ISliceBehaviour slice, object card) => IsSeen(access.Of(asker), slice, card);

    /// <summary>A card as the asker may see it: without hidden fields, with masked ones masked.</summary>
    public byte[] Conceal(Asker asker, ISliceBehaviour slice, byte[] card) => Masked(access.Of(asker), slice, card);

    /// <summary>A record's journal, newest first, or null when there is no such record for the asker.</summary>
    /// <param name="from">Position to begin at, or null for the newest.</param>
    public async ValueTask<IReadOnlyList<JournalEntry>?> HistoryAsync(Asker asker, ISliceBehaviour slice, Guid id, long? from, int limit, CancellationToken cancel) =>
        await FindWholeAsync(await access.FindAsync(asker, cancel), asker.Tenant, slice, id, cancel) is null ? null : await store.ReadHistoryAsync(new(asker.Tenant, slice.Kind, id), from, limit, cancel);

    private static byte[] Masked(Access rights, ISliceBehaviour slice, byte[] card)
    {
        var shown = rights.Of(slice.Slice).Mask?.Apply(card) ?? card;
        return slice.Kind == "import" && !ImportProblems.AreShown(rights) ? ImportProblems.WithoutValues(shown) : shown;
    }

    private static bool IsSeen(Access rights, ISliceBehaviour slice, object card) => rights.SeesAll(slice.Slice) || rights.Sees(slice.Slice, slice.FactsOf(card));

    private async ValueTask<byte[]?> FindWholeAsync(Access rights, string tenant, ISliceBehaviour slice, Guid id, CancellationToken cancel)
    {
        var stored = await store.LoadAsync(new(tenant, slice.Kind, id), cancel);
        return stored?.Card is { } card && (rights.SeesAll(slice.Slice) || IsSeen(rights, slice, slice.ReadCard(card))) ? card : null;
    }

    private static FoundCard Ranked(Access rights, ISliceBehaviour slice, CardHit hit, string q)
    {
        var card = slice.ReadCard(Masked(rights, slice, hit.Json));
        return new(hit, card, SearchTerms.RankOf(q, slice.Headline(card).Title));
    }

    private async ValueTask<(IReadOnlyList<CardHit> Hits, CardPlace? Next)> PageAsync(CardQuery query, CancellationToken cancel)
    {
        var page = await store.QueryAsync(query, cancel);
        return (page.Hits, page.Next);
    }

    /// <summary>A page of what is found by fields that are shown. The store looks into all, so more are read until the page is full.</summary>
    private async ValueTask<(IReadOnlyList<CardHit> Hits, CardPlace? Next)> SearchAsync(CardQuery query, ISliceBehaviour slice, FieldMask mask, string q, CancellationToken cancel)
    {
        var found = new List<CardHit>();
        for (var round = 0; round < MostSearchRounds; round++)
        {
            var page = await store.QueryAsync(query with { Limit = query.Limit - found.Count }, cancel);
            foreach (var hit in page.Hits)
            {
                var texts = slice.SearchTextsOf(slice.ReadCard(hit.Json));
                if (SearchTerms.Matches(q, [.. texts.Select(text => mask.Shows(text.Field) ? text.Text : null)]))
                {
                    found.Add(hit);
                }
            }

            query = query with { After = page.Next };
            if (page.Next is null || found.Count == query.Limit)
            {
                return (found, page.Next);
            }
        }

        return (found, query.After);
    }

    /// <summary>What is found by fields that are shown, up to <see cref="MostCounted"/> cards, and whether there are more.</summary>
    private async ValueTask<(List<Guid> Keys, bool IsMore)> FoundAsync(CardQuery query, ISliceBehaviour slice, FieldMask mask, string q, CancellationToken cancel)
    {
        var found = new List<Guid>();
        do
        {
            var (hits, next) = await SearchAsync(query, slice, mask, q, cancel);
            found.AddRange(hits.Select(hit => hit.Key));
            query = query with { After = next };
        }
        while (query.After is not null && found.Count < MostCounted);
        return (found, query.After is not null);
    }

    /// <summary>How many are found by fields that are shown, up to a number.</summary>
    private async ValueTask<long> CountFoundAsync(CardQuery query, ISliceBehaviour slice, FieldMask mask, string q, int atMost, CancellationToken cancel)
    {
        var count = 0L;
        do
        {
            var (hits, next) = await SearchAsync(query, slice, mask, q, cancel);
            count += hits.Count;
            query = query with { After = next };
        }
        while (query.After is not null && count < atMost);
        return Math.Min(count, atMost);
    }

    private void NoteShown(Asker asker, ISliceBehaviour slice, IReadOnlyList<CardHit> cards)
    {
        if (ShownOfOthers is null || asker.IsSystem || !slice.IsSearched)
        {
            return;
        }

        var others = new List<Guid>(cards.Count);
        for (var i = 0; i < cards.Count; i++)
        {
            if (OwnerIn(cards[i].Json) is { } owner && owner != asker.Id)
            {
                others.Add(cards[i].Key);
            }
        }

        if (others.Count > 0)
        {
            ShownOfOthers(asker, others);
        }
    }

    /// <summary>To whom a card belongs; looked for in its bytes, because reading the whole of each would slow the list down.</summary>
    private static Guid? OwnerIn(ReadOnlySpan<byte> json)
    {
        var name = "\"ownerId\":\""u8;
        var at = json.IndexOf(name);
        return at >= 0 && json.Length >= at + name.Length + 36 && Utf8Parser.TryParse(json.Slice(at + name.Length, 36), out Guid owner, out _, 'D') ? owner : null;
    }

    private static IEnumerable<string> FieldsOf(CardFilter? filter) => filter switch
    {
        CardFilter.And both => FieldsOf(both.Left).Concat(FieldsOf(both.Right)),
        CardFilter.Or either => FieldsOf(either.Left).Concat(FieldsOf(either.Right)),
        CardFilter.Not not => FieldsOf(not.Inner),
        CardFilter.Compare compare => [compare.Field.Name],
        CardFilter.Present present => [present.Field.Name],
        CardFilter.In any => [any.Field.Name],
        _ => [],
    };

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
                else if (field.Name == "custom" && fields.Any(wanted => wanted.StartsWith("custom.", StringComparison.Ordinal)))
                {
                    writer.WriteStartObject(field.Name);
                    foreach (var custom in field.Value.EnumerateObject().Where(custom => fields.Contains($"custom.{custom.Name}")))
                    {
                        custom.WriteTo(writer);
                    }

                    writer.WriteEndObject();
                }
            }

            writer.WriteEndObject();
        }

        return part.ToArray();
    }
}
