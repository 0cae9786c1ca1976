using System.Data;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Runtime.PostgreSql;

/// <summary>A grain's row as a group leaves it: what several writes of one group make of it is written once.</summary>
internal sealed class PostgreSqlRow
{
    public required long Number { get; init; }

    public required Guid Key { get; init; }

    public required int Tenant { get; init; }

    /// <summary>The version of the row as it is, 0 when there is none.</summary>
    public required long Was { get; init; }

    public long Version { get; private set; }

    public long Last { get; private set; }

    public byte[] State { get; private set; } = [];

    public byte[]? Card { get; private set; }

    public CardValue[]? Columns { get; private set; }

    /// <summary>Collation keys of the texts that changed, by ordinal.</summary>
    public byte[]?[] SortKeys { get; }

    /// <summary>Which texts' collation keys change, a bit each by ordinal.</summary>
    public ulong Keyed { get; private set; }

    public PostgreSqlRow(CardSchema schema) => SortKeys = new byte[]?[schema.Fields.Count];

    /// <exception cref="ArgumentException">The write is not of this kind's shape. Then nothing has changed.</exception>
    public void Take(GrainWrite write, CardSchema schema, long last)
    {
        Check(write, schema);
        (Version, Last, State, Card, Columns) = (write.ToVersion, last, write.State, write.Card, write.Columns);
        foreach (var field in schema.Fields)
        {
            if (field.Type == CardFieldType.Text && (Was == 0 || (write.Changed & (1UL << field.Ordinal)) != 0))
            {
                SortKeys[field.Ordinal] = (write.Changed & (1UL << field.Ordinal)) != 0 ? write.SortKeys?[field.Ordinal] : SortKeys[field.Ordinal];
                Keyed |= 1UL << field.Ordinal;
            }
        }
    }

    private static void Check(GrainWrite write, CardSchema schema)
    {
        ArgumentNullException.ThrowIfNull(write.State);
        if ((write.Columns is { } columns && columns.Length != schema.Fields.Count) || (write.SortKeys is { } keys && keys.Length != schema.Fields.Count))
        {
            throw new ArgumentException($"A '{schema.Kind}' has {schema.Fields.Count} columns.");
        }

        foreach (var field in schema.Fields)
        {
            if (write.Columns?[field.Ordinal] is { IsNull: false } value && !Fits(field.Type, value))
            {
                throw new ArgumentException($"The field '{field.Name}' of a '{schema.Kind}' cannot hold {value}.");
            }
        }
    }

    private static bool Fits(CardFieldType type, CardValue value) => type switch
    {
        CardFieldType.Text or CardFieldType.Choice or CardFieldType.Bag => value.Text is not null,
        CardFieldType.Id => value.Bytes is { Length: 16 },
        _ => value.IsInteger,
    };
}

/// <summary>The statements of one kind. Each takes its rows as one array a column.</summary>
internal sealed class PostgreSqlKind
{
    private readonly string _insert;
    private readonly string _update;
    private readonly string _spots;
    private readonly string _saveTerms;
    private readonly string _dropTerms;

    public PostgreSqlKind(CardSchema schema, bool isSearched)
    {
        (Schema, IsSearched) = (schema, isSearched);
        var table = PostgreSqlTables.Table(schema.Kind);
        var columns = schema.Fields.SelectMany(field => field.Type == CardFieldType.Text ? new[] { PostgreSqlTables.ValueColumn(field), PostgreSqlTables.SortColumn(field) } : [PostgreSqlTables.ValueColumn(field)]).ToArray();
        string[] types = ["bigint", "uuid", "int", "int", "bigint", "bigint", "bytea", "bytea", .. ColumnTypes(schema)];
        var named = string.Concat(columns.Select(column => $", {column}"));
        _insert = $"insert into {table}(id, key, tenant, listed, version, last, state, card{named}) select * from unnest({Arrays(types)})";
        _update = $"""
            update {table} g set version=u.version, last=u.last, state=u.state, card=u.card, listed=u.listed{string.Concat(schema.Fields.Select(Set))}
            from unnest({Arrays(["bigint", "bigint", .. types])}) as u(was, keyed, number, key, tenant, listed, version, last, state, card{named}) where g.id = u.number and g.version = u.was
            """;
        _spots = $"select g.key, g.tenant, g.version, g.id, g.last from unnest($1::uuid[]) u(key) join {table} g on g.key = u.key";
        _saveTerms = $"insert into {PostgreSqlTables.SearchTable(schema.Kind)}(id, terms) select id, terms::tsvector from unnest($1::bigint[], $2::text[]) u(id, terms) on conflict(id) do update set terms = excluded.terms";
        _dropTerms = $"delete from {PostgreSqlTables.SearchTable(schema.Kind)} where id = any($1)";
        Load = $"select key, version, id, last, state, card from {table} where key=$1 and tenant=$2";
    }

    public CardSchema Schema { get; }

    public bool IsSearched { get; }

    /// <summary>Selects a grain by key and tenant.</summary>
    public string Load { get; }

    /// <summary>Where the grains of some keys are, whatever their tenant: key, tenant, version, id, last.</summary>
    public NpgsqlBatchCommand Spots(Guid[] keys) => new(_spots) { Parameters = { Parameter(NpgsqlDbType.Uuid, keys) } };

    public NpgsqlBatchCommand Insert(IReadOnlyList<PostgreSqlRow> rows)
    {
        var command = new NpgsqlBatchCommand(_insert);
        AddRows(command, rows);
        return command;
    }

    public NpgsqlBatchCommand Update(IReadOnlyList<PostgreSqlRow> rows)
    {
        var command = new NpgsqlBatchCommand(_update);
        command.Parameters.Add(Parameter(NpgsqlDbType.Bigint, Column(rows, row => row.Was)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Bigint, Column(rows, row => unchecked((long)row.Keyed))));
        AddRows(command, rows);
        return command;
    }

    public NpgsqlBatchCommand SaveTerms(long[] numbers, string[] vectors) =>
        new(_saveTerms) { Parameters = { Parameter(NpgsqlDbType.Bigint, numbers), Parameter(NpgsqlDbType.Text, vectors) } };

    public NpgsqlBatchCommand DropTerms(long[] numbers) => new(_dropTerms) { Parameters = { Parameter(NpgsqlDbType.Bigint, numbers) } };

    public static NpgsqlParameter Parameter<T>(NpgsqlDbType element, T[] values) => new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | element, TypedValue = values };

    public static T[] Column<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        return values;
    }

    private static string Set(CardField field)
    {
        var value = PostgreSqlTables.ValueColumn(field);
        var set = $", {value}=u.{value}";
        return field.Type != CardFieldType.Text
            ? set
            : $"{set}, {PostgreSqlTables.SortColumn(field)}=case when (u.keyed & {1L << field.Ordinal}) <> 0 then u.{PostgreSqlTables.SortColumn(field)} else g.{PostgreSqlTables.SortColumn(field)} end";
    }

    private static IEnumerable<string> ColumnTypes(CardSchema schema)
    {
        foreach (var field in schema.Fields)
        {
            yield return field.Type switch
            {
                CardFieldType.Text or CardFieldType.Choice => "text",
                CardFieldType.Id => "uuid",
                CardFieldType.Bag => "jsonb",
                _ => "bigint",
            };
            if (field.Type == CardFieldType.Text)
            {
                yield return "bytea";
            }
        }
    }

    private static string Arrays(IReadOnlyList<string> types) => string.Join(", ", types.Select((type, i) => $"${i + 1}::{type}[]"));

    private void AddRows(NpgsqlBatchCommand command, IReadOnlyList<PostgreSqlRow> rows)
    {
        command.Parameters.Add(Parameter(NpgsqlDbType.Bigint, Column(rows, row => row.Number)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Uuid, Column(rows, row => row.Key)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Integer, Column(rows, row => row.Tenant)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Integer, Column(rows, row => row.Card is null ? (int?)null : row.Tenant)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Bigint, Column(rows, row => row.Version)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Bigint, Column(rows, row => row.Last)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Bytea, Column(rows, row => row.State)));
        command.Parameters.Add(Parameter(NpgsqlDbType.Bytea, Column(rows, row => row.Card)));
        foreach (var field in Schema.Fields)
        {
            var at = field.Ordinal;
            command.Parameters.Add(field.Type switch
            {
                CardFieldType.Text or CardFieldType.Choice => Parameter(NpgsqlDbType.Text, Column(rows, row => row.Columns?[at].Text is { } text ? PostgreSqlText.Storable(text) : null)),
                CardFieldType.Bag => Parameter(NpgsqlDbType.Jsonb, Column(rows, row => row.Columns?[at].Text)),
                CardFieldType.Id => Parameter(NpgsqlDbType.Uuid, Column(rows, row => row.Columns?[at].Bytes is { } id ? new Guid(id, bigEndian: true) : (Guid?)null)),
                _ => Parameter(NpgsqlDbType.Bigint, Column(rows, row => row.Columns is { } columns && columns[at].IsInteger ? columns[at].Integer : (long?)null)),
            });
            if (field.Type == CardFieldType.Text)
            {
                command.Parameters.Add(Parameter(NpgsqlDbType.Bytea, Column(rows, row => row.SortKeys[at])));
            }
        }
    }
}
