using Crm.Runtime.Cards;

namespace Crm.Runtime.Sqlite;

/// <summary>Reads pages, counts and groups of cards.</summary>
internal static class SqliteLists
{
    /// <summary>Never more rows than this are fetched in order to sort them.</summary>
    private const int MostSorted = 10_000;

    public static CardPage Page(SqliteSession session, CardQuery query, long tenant)
    {
        var sort = query.Sort ?? [];
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 5_000);
        var hits = new List<CardHit>(Math.Min(query.Limit, 256));
        var narrow = Narrow(session, query, tenant);
        CardPlace? last = null;
        var isMore = ReadPage(session, SqliteQuery.Page(query, tenant, narrow), sort.Count, query.Limit, hits, ref last);
        if (!isMore && SqliteQuery.IsRange(sort, query.After) && sort[0].Descending)
        {
            isMore = ReadPage(session, SqliteQuery.Page(query with { Limit = query.Limit - hits.Count }, tenant, narrow, nulls: true), sort.Count, query.Limit, hits, ref last);
        }

        return new CardPage(hits, isMore ? last : null);
    }

    public static long Count(SqliteSession session, CardQuery query, long tenant, int atMost)
    {
        return Prepare(session, SqliteQuery.Count(query, tenant, OfAll(session, query, tenant), atMost)).ReadLong();
    }

    public static IReadOnlyList<CardGroup> Group(SqliteSession session, CardQuery query, IReadOnlyList<CardField> fields, long tenant)
    {
        var built = SqliteQuery.Group(query, fields, tenant, OfAll(session, query, tenant));
        var rows = Prepare(session, built);
        try
        {
            var groups = new List<CardGroup>();
            while (rows.Step())
            {
                var values = new CardValue[fields.Count];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = rows.Value(i);
                }

                groups.Add(new(values, rows.Long(values.Length)));
            }

            return groups;
        }
        finally
        {
            rows.Reset();
        }
    }

    public static CardBuckets Aggregate(SqliteSession session, CardQuery query, CardAggregation aggregation, long tenant)
    {
        var rows = Prepare(session, SqliteQuery.Aggregate(query, aggregation, tenant, OfAll(session, query, tenant)));
        try
        {
            var reader = new CardBucketReader(aggregation);
            while (rows.Step() && reader.TryAdd(rows.Value(0), rows.Text(1), rows.Long(2), rows.IsNull(3) ? null : rows.Long(3), rows.Long(4), rows.Long(5)))
            {
            }

            return reader.ToBuckets();
        }
        finally
        {
            rows.Reset();
        }
    }

    /// <summary>As <see cref="Narrow"/>, for what passes all rows anyway: one id then always pays.</summary>
    private static CardFilter? OfAll(SqliteSession session, CardQuery query, long tenant) =>
        Narrow(session, query, tenant) ?? (query is { Match: null, Filter: { } filter } && SqliteQuery.Indexed(filter) is CardFilter.Compare one ? one : null);

    /// <summary>The part of the filter that indexes alone narrow to few rows; null when there is none.</summary>
    private static CardFilter? Narrow(SqliteSession session, CardQuery query, long tenant)
    {
        if (query.Match is not null || query.Filter is not { } filter || SqliteQuery.Indexed(filter) is not { } part)
        {
            return null;
        }

        // fetching and sorting takes as long as there are rows that pass; walking what the list is sorted by passes some pages of rows for each
        // that fits, the more the fewer fit: in the middle both are as many as the root of their product. An index that has the scope passes
        // rows without fetching them
        var all = session.ReadLong($"select max(id) from g_{query.Kind}");
        var walked = SqliteQuery.IsOfScope(part) && query.Sort is [{ Field: { Indexed: true, Type: not CardFieldType.Id } }, ..] ? 40d : 200d;
        var few = Math.Min(MostSorted, (int)Math.Sqrt(walked * all));
        return Prepare(session, SqliteQuery.Count(query with { Filter = part }, tenant, part, few)).ReadLong() < few ? part : null;
    }

    private static bool ReadPage(SqliteSession session, SqliteQuery query, int sortColumns, int limit, List<CardHit> hits, ref CardPlace? last)
    {
        var rows = Prepare(session, query);
        var isMore = false;
        while (rows.Step() && !(isMore = hits.Count == limit))
        {
            hits.Add(new(rows.Guid(0), rows.Long(1), rows.Blob(2)));
            if (hits.Count == limit)
            {
                var values = new CardValue[sortColumns];
                for (var i = 0; i < sortColumns; i++)
                {
                    values[i] = rows.Value(3 + i);
                }

                last = new(values, rows.Long(1));
            }
        }

        rows.Reset();
        return isMore;
    }

    private static SqliteStatement Prepare(SqliteSession session, SqliteQuery query)
    {
        session.Sets = query.Sets;
        var statement = session.Prepare(query.Sql);
        foreach (var value in query.Values)
        {
            statement.Add(value);
        }

        return statement;
    }
}
