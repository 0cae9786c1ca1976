using System.Globalization;
using System.Text;
using Crm.Runtime.Cards;

namespace Crm.Runtime.Sqlite;

/// <summary>The tables, and the statements that depend on a kind's card.</summary>
internal static class SqliteTables
{
    /// <summary>Raised when an older program could not read what this one writes. Since 2 each tenant has words of its own in the search index, since 3 each scope; since 4 files are counted.</summary>
    public const int SchemaVersion = 4;

    /// <summary>How many positions a tenant has: 2^40. A journal row's number is tenant and position in one integer, so that appending stays appending.</summary>
    public const int PositionBits = 40;

    public const long PositionMask = (1L << PositionBits) - 1;

    public const string Common = """
        create table if not exists tenant(number integer primary key, name text not null unique) strict;
        create table if not exists journal(
          id integer primary key, at integer not null, kind text not null, key blob not null, version integer not null, type text not null,
          by_kind integer not null, by blob not null, command text, previous integer not null,
          salt blob not null, payload blob not null, payload_hash blob not null, hash blob not null) strict;
        create table if not exists handled(
          day integer not null, tenant integer not null, command text not null, key blob not null, version integer not null, position integer not null,
          fingerprint blob, primary key(tenant, command)) strict, without rowid;
        create index if not exists handled_day on handled(day);
        create table if not exists claim(tenant integer not null, name text not null, key blob not null, primary key(tenant, name)) strict, without rowid;
        create table if not exists clock(
          key blob not null, name text not null, tenant integer not null, kind text not null, due integer not null, primary key(key, kind, name)) strict, without rowid;
        create index if not exists clock_due on clock(due);
        create table if not exists tally(
          tenant integer not null, kind text not null, grp text not null, day integer not null, count integer not null, units integer not null, cents integer not null,
          primary key(tenant, kind, grp, day)) strict, without rowid;
        create table if not exists effect(
          id integer primary key, tenant integer not null, kind text not null, dedupe text not null, payload blob not null, due integer, attempts integer not null, error text) strict;
        create index if not exists effect_due on effect(due) where due is not null;
        create table if not exists cursor(reader text not null, tenant text not null, position integer not null, primary key(reader, tenant)) strict, without rowid;
        create table if not exists parked(
          reader text not null, tenant text not null, position integer not null, key blob not null, attempts integer not null, retry_at integer, error text not null,
          primary key(reader, tenant, position)) strict, without rowid;
        create table if not exists secret(name text primary key, value blob not null) strict, without rowid;
        """;

    /// <summary>The table of a kind: a grain's row holds its state and its card. <c>listed</c> is the tenant while there is a card to list.</summary>
    public static string For(CardSchema schema, bool isSearched)
    {
        var sql = new StringBuilder();
        sql.Append(CultureInfo.InvariantCulture, $"create table if not exists g_{schema.Kind}(id integer primary key, key blob not null, tenant integer not null, listed integer, version integer not null, last integer not null, state blob not null, card blob");
        foreach (var (_, definition) in Definitions(schema))
        {
            sql.Append(", ").Append(definition);
        }

        sql.Append(") strict;\n");
        sql.Append(CultureInfo.InvariantCulture, $"create unique index if not exists g_{schema.Kind}_key on g_{schema.Kind}(key);\n");
        sql.Append(CultureInfo.InvariantCulture, $"create index if not exists g_{schema.Kind}_listed on g_{schema.Kind}(listed);\n");
        foreach (var field in schema.Fields.Where(field => field.Indexed))
        {
            // with the scope, rows of others are passed without being fetched; behind the row's number, so that the order is still the list's
            var scope = HasScope(schema, field) ? $", id, {SortColumn(schema.Scope!)}" : ""; // it has one
            sql.Append(CultureInfo.InvariantCulture, $"create index if not exists g_{schema.Kind}_{field.Name} on g_{schema.Kind}(listed, {SortColumn(field)}{scope});\n");
        }

        if (isSearched)
        {
            sql.Append(CultureInfo.InvariantCulture, $"create virtual table if not exists s_{schema.Kind} using fts5(terms, tokenize='unicode61', content='', contentless_delete=1, detail=full);\n");
        }

        return sql.ToString();
    }

    /// <summary>Indexes of an older program that this one makes otherwise.</summary>
    public static string DropOld(CardSchema schema, long found) => found >= 3
        ? ""
        : string.Concat(schema.Fields.Where(field => field.Indexed && HasScope(schema, field)).Select(field => $"drop index if exists g_{schema.Kind}_{field.Name};\n"));

    /// <summary>Whether an index has the scope, too: lists are sorted by all but ids, and each wider index is paid for by every write.</summary>
    private static bool HasScope(CardSchema schema, CardField field) => schema.Scope is not null && field.Type != CardFieldType.Id;

    /// <summary>The column a field is sorted by: its collation key for text.</summary>
    public static string SortColumn(CardField field) => field.Type == CardFieldType.Text ? $"k_{field.Name}" : $"f_{field.Name}";

    /// <summary>The columns of a kind as they are made: those that an older file lacks are added to it.</summary>
    public static IEnumerable<(string Name, string Definition)> Definitions(CardSchema schema)
    {
        foreach (var field in schema.Fields)
        {
            yield return ($"f_{field.Name}", $"f_{field.Name} {StorageOf(field.Type)}");
            if (field.Type == CardFieldType.Text)
            {
                yield return ($"k_{field.Name}", $"k_{field.Name} blob");
            }
        }
    }

    /// <summary>Where a query finds a field's value.</summary>
    public static string ValueOf(CardField field) => field.Key is null ? $"g.f_{field.Name}" : $"json_extract(g.f_{field.Column}, '$.\"{CardBag.NameOf(field)}\"')";

    /// <summary>What a query sorts by.</summary>
    public static string SortedBy(CardField field) => field.Key is null ? $"g.{SortColumn(field)}" : $"json_extract(g.f_{field.Column}, '$.\"{CardBag.SortNameOf(field)}\"')";

    public static string Insert(CardSchema schema)
    {
        var columns = Columns(schema);
        return $"insert into g_{schema.Kind}(id, key, tenant, listed, version, last, state, card{string.Concat(columns.Select(c => ", " + c))}) values(?,?,?,?,?,?,?,?{string.Concat(columns.Select(_ => ",?"))})";
    }

    /// <summary>
    /// Updates the fields of a mask, a bit each by ordinal. SQLite rewrites the index entries of every column it is told to set, changed or not,
    /// so a statement names only what changes.
    /// </summary>
    public static string Update(CardSchema schema, ulong fields, bool withListing)
    {
        var columns = Columns(schema, fields).Select(column => $", {column}=?");
        return $"update g_{schema.Kind} set version=?, last=?, state=?, card=?{(withListing ? ", listed=?" : "")}{string.Concat(columns)} where id=? and key=? and version=?";
    }

    public static string Load(string kind) => $"select key, version, id, last, state, card, tenant from g_{kind} where key=?";

    private static List<string> Columns(CardSchema schema, ulong fields = ulong.MaxValue)
    {
        var columns = new List<string>();
        foreach (var field in schema.Fields.Where(field => (fields & (1UL << field.Ordinal)) != 0))
        {
            columns.Add($"f_{field.Name}");
            if (field.Type == CardFieldType.Text)
            {
                columns.Add($"k_{field.Name}");
            }
        }

        return columns;
    }

    private static string StorageOf(CardFieldType type) => type switch
    {
        CardFieldType.Text or CardFieldType.Choice or CardFieldType.Bag => "text",
        CardFieldType.Id => "blob",
        _ => "integer",
    };
}
