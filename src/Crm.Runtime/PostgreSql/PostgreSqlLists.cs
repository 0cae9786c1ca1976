using Crm.Runtime.Cards;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>Reads pages, counts and groups of cards.</summary>
internal static class PostgreSqlLists
{
    public static async Task<CardPage> PageAsync(NpgsqlConnection connection, CardQuery query, int tenant, CancellationToken cancel)
    {
        var sort = query.Sort ?? [];
        var hits = new List<CardHit>(Math.Min(query.Limit, 256));
        var next = await ReadPageAsync(connection, PostgreSqlQuery.Page(query, tenant), sort, query.Limit, hits, cancel);
        if (!next.IsMore && PostgreSqlQuery.IsRange(sort, query.After) && sort[0].Descending)
        {
            var nulls = await ReadPageAsync(connection, PostgreSqlQuery.Page(query with { Limit = query.Limit - hits.Count }, tenant, nulls: true), sort, query.Limit, hits, cancel);
            next = (nulls.IsMore, nulls.Last ?? next.Last);
        }

        return new(hits, next.IsMore ? next.Last : null);
    }

    public static async Task<long> CountAsync(NpgsqlConnection connection, CardQuery query, int tenant, int atMost, CancellationToken cancel)
    {
        await using var count = PostgreSqlQuery.Count(query, tenant, atMost).On(connection);
        return (long)(await count.ExecuteScalarAsync(cancel))!; // a count is never null
    }

    public static async Task<IReadOnlyList<CardGroup>> GroupAsync(NpgsqlConnection connection, CardQuery query, IReadOnlyList<CardField> fields, int tenant, CancellationToken cancel)
    {
        await using var command = PostgreSqlQuery.Group(query, fields, tenant).On(connection);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var groups = new List<CardGroup>();
        while (await rows.ReadAsync(cancel))
        {
            groups.Add(new([.. fields.Select((field, i) => field.Type == CardFieldType.Text && !rows.IsDBNull(i) ? CardValue.Of(rows.GetString(i)) : ReadValue(rows, i, field))], rows.GetInt64(fields.Count)));
        }

        return groups;
    }

    public static async Task<CardBuckets> AggregateAsync(NpgsqlConnection connection, CardQuery query, CardAggregation aggregation, int tenant, CancellationToken cancel)
    {
        await using var command = PostgreSqlQuery.Aggregate(query, aggregation, tenant).On(connection);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var reader = new CardBucketReader(aggregation);
        while (await rows.ReadAsync(cancel) && reader.TryAdd(BucketValue(rows, aggregation.By), rows.IsDBNull(1) ? null : rows.GetString(1), rows.GetInt64(2), rows.IsDBNull(3) ? null : rows.GetInt64(3), rows.IsDBNull(3) ? 0 : rows.GetInt64(4), rows.GetInt64(5)))
        {
        }

        return reader.ToBuckets();
    }

    private static CardValue BucketValue(NpgsqlDataReader row, CardField by) => by.Type is CardFieldType.Id or CardFieldType.Flag ? ReadValue(row, 0, by) : row.IsDBNull(0) ? CardValue.Null : CardValue.Of(row.GetString(0));

    private static async Task<(bool IsMore, CardPlace? Last)> ReadPageAsync(
        NpgsqlConnection connection, PostgreSqlQuery query, IReadOnlyList<CardSort> sort, int limit, List<CardHit> hits, CancellationToken cancel)
    {
        await using var select = query.On(connection);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        CardPlace? last = null;
        while (await rows.ReadAsync(cancel))
        {
            if (hits.Count == limit)
            {
                return (true, last);
            }

            hits.Add(new(rows.GetGuid(0), rows.GetInt64(1), rows.GetFieldValue<byte[]>(2)));
            last = hits.Count < limit ? null : new([.. sort.Select((key, i) => ReadValue(rows, 3 + i, key.Field))], rows.GetInt64(1));
        }

        return (false, last);
    }

    private static CardValue ReadValue(NpgsqlDataReader row, int column, CardField field) => row.IsDBNull(column) ? CardValue.Null : field.Type switch
    {
        CardFieldType.Text when field.Key is null => CardValue.Of(row.GetFieldValue<byte[]>(column)),
        CardFieldType.Text or CardFieldType.Choice or CardFieldType.Choices or CardFieldType.Currency => CardValue.Of(row.GetString(column)),
        CardFieldType.Id => CardValue.Of(row.GetGuid(column)),
        _ => CardValue.Of(row.GetInt64(column)),
    };
}
