using System.Globalization;
using System.Text;
using Crm.Runtime.Cards;

namespace Crm.Runtime.PostgreSql;

/// <summary>The tables. The same as in the other store, in this one's words.</summary>
internal static class PostgreSqlTables
{
    /// <summary>Raised when an older program could not read what this one writes.</summary>
    public const int SchemaVersion = 1;

    /// <summary>A row's number is its tenant's and, in so many bits, the position of its first event: in the order they were made, whoever makes them.</summary>
    public const int PositionBits = 40;

    /// <summary>What a program must know before it may touch the rest.</summary>
    public const string Foundation = """
        create table if not exists schema_version(version integer not null);
        create table if not exists lease(id integer primary key check(id = 1), epoch bigint not null, holder text not null);
        create table if not exists lease_beat(id integer primary key check(id = 1), at timestamptz not null);
        insert into lease values(1, 0, '') on conflict do nothing;
        insert into lease_beat values(1, '-infinity') on conflict do nothing;
        """;

    /// <summary>
    /// Text is compared and sorted by its bytes and its case is that of A-Z, whatever the database's locale. Names that others choose are bytes
    /// where they may hold a zero, which text here cannot.
    /// </summary>
    public const string Common = """
        create table if not exists tenant(
          number integer generated always as identity primary key, name text collate "C" not null unique, head bigint not null default 0, hash bytea not null) with (fillfactor = 50);
        create table if not exists journal(
          tenant integer not null, position bigint not null, at bigint not null, kind text collate "C" not null, key uuid not null, version bigint not null,
          type text collate "C" not null, by_kind smallint not null, by_id uuid not null, command bytea, previous bigint not null,
          salt bytea not null, payload bytea not null, payload_hash bytea not null, hash bytea not null,
          primary key(tenant, position), constraint journal_version unique(tenant, kind, key, version));
        create table if not exists handled(
          day integer not null, tenant integer not null, command bytea not null, key uuid not null, version bigint not null, position bigint not null,
          fingerprint bytea, primary key(tenant, command));
        create index if not exists handled_day on handled using brin(day);
        create table if not exists claim(tenant integer not null, name text collate "C" not null, key uuid not null, primary key(tenant, name));
        create table if not exists clock(
          key uuid not null, name text collate "C" not null, tenant integer not null, kind text collate "C" not null, due bigint not null, primary key(key, kind, name));
        create index if not exists clock_due on clock(due);
        create table if not exists tally(
          tenant integer not null, kind text collate "C" not null, grp text collate "C" not null, day integer not null, count bigint not null, hundredths numeric not null,
          primary key(tenant, kind, grp, day)) with (fillfactor = 50);
        create table if not exists effect(
          id bigint generated always as identity primary key, tenant integer not null, kind text collate "C" not null, dedupe text collate "C" not null, payload bytea not null,
          due bigint, attempts integer not null, error text collate "C");
        create index if not exists effect_due on effect(due) where due is not null;
        create table if not exists cursor(reader text collate "C" not null, tenant text collate "C" not null, position bigint not null, primary key(reader, tenant)) with (fillfactor = 50);
        create table if not exists parked(
          reader text collate "C" not null, tenant text collate "C" not null, position bigint not null, key uuid not null, attempts integer not null, retry_at bigint,
          error text collate "C" not null, primary key(reader, tenant, position));
        create table if not exists work_lease(name text collate "C" primary key, holder uuid not null, until timestamptz not null) with (fillfactor = 50);
        create table if not exists secret(name text collate "C" primary key, value bytea not null);
        """;

    /// <summary>The table of a kind: a grain's row holds its state and its card. <c>listed</c> is the tenant while there is a card to list.</summary>
    public static string For(CardSchema schema, bool isSearched)
    {
        var sql = new StringBuilder();
        sql.Append(CultureInfo.InvariantCulture, $"create table if not exists {Table(schema.Kind)}(id bigint primary key, key uuid not null, tenant integer not null, listed integer, version bigint not null, last bigint not null, state bytea not null, card bytea");
        foreach (var definition in Definitions(schema))
        {
            sql.Append(", ").Append(definition);
        }

        // room on each page for the next versions of its rows: an update that changes no indexed column then touches no index
        sql.Append(") with (fillfactor = 75);\n");
        foreach (var definition in Definitions(schema))
        {
            // a table that an older program made
            sql.Append(CultureInfo.InvariantCulture, $"alter table {Table(schema.Kind)} add column if not exists {definition};\n");
        }

        sql.Append(CultureInfo.InvariantCulture, $"create unique index if not exists \"g_{schema.Kind}_key\" on {Table(schema.Kind)}(key);\n");
        sql.Append(CultureInfo.InvariantCulture, $"create index if not exists \"g_{schema.Kind}_listed\" on {Table(schema.Kind)}(listed, id);\n");
        foreach (var field in schema.Fields.Where(field => field.Indexed))
        {
            sql.Append(CultureInfo.InvariantCulture, $"create index if not exists \"g_{schema.Kind}_{field.Name}\" on {Table(schema.Kind)}(listed, {SortColumn(field)} nulls first, id);\n");
        }

        if (isSearched)
        {
            // apart from the rows, for a new version of a row would have to be entered again under each of its words
            sql.Append(CultureInfo.InvariantCulture, $"create table if not exists {SearchTable(schema.Kind)}(id bigint primary key, terms tsvector not null);\n");
            sql.Append(CultureInfo.InvariantCulture, $"create index if not exists \"s_{schema.Kind}_terms\" on {SearchTable(schema.Kind)} using gin(terms);\n");
        }

        return sql.ToString();
    }

    public static string Table(string kind) => $"\"g_{kind}\"";

    public static string SearchTable(string kind) => $"\"s_{kind}\"";

    public static string ValueColumn(CardField field) => $"\"f_{field.Name}\"";

    /// <summary>The column a field is sorted by: its collation key for text.</summary>
    public static string SortColumn(CardField field) => field.Type == CardFieldType.Text ? $"\"k_{field.Name}\"" : ValueColumn(field);

    /// <summary>Where a query finds a field's value.</summary>
    public static string ValueOf(CardField field) => field.Key is null ? $"g.{ValueColumn(field)}" : InBag(field, CardBag.NameOf(field));

    /// <summary>What a query sorts by.</summary>
    public static string SortedBy(CardField field) => field.Key is null ? $"g.{SortColumn(field)}" : InBag(field, CardBag.SortNameOf(field));

    private static string InBag(CardField field, string name) => field.Type is CardFieldType.Text or CardFieldType.Choice or CardFieldType.Choices or CardFieldType.Currency
        ? $"((g.\"f_{field.Column}\" ->> '{name}') collate \"C\")"
        : $"((g.\"f_{field.Column}\" ->> '{name}')::bigint)";

    private static IEnumerable<string> Definitions(CardSchema schema)
    {
        foreach (var field in schema.Fields)
        {
            yield return $"{ValueColumn(field)} {StorageOf(field.Type)}";
            if (field.Type == CardFieldType.Text)
            {
                yield return $"{SortColumn(field)} bytea";
            }
        }
    }

    public static string StorageOf(CardFieldType type) => type switch
    {
        CardFieldType.Text or CardFieldType.Choice => "text collate \"C\"",
        CardFieldType.Id => "uuid",
        CardFieldType.Bag => "jsonb",
        _ => "bigint",
    };

    public static long NumberOf(int tenant, long position) => ((long)tenant << PositionBits) | position;
}
