using System.Runtime.CompilerServices;
using Crm.Runtime.Cards;
using SQLitePCL;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// Many ids that a list is limited to, as <c>among(set, id)</c> in SQL: looked up where a row is met. Binding thousands of them anew for each
/// query takes longer than the query.
/// </summary>
internal static class SqliteIdSets
{
    private static readonly ConditionalWeakTable<IReadOnlyList<CardValue>, HashSet<Guid>> Made = [];

    /// <summary>The ids of a list of values; made once for each list.</summary>
    public static HashSet<Guid> Of(IReadOnlyList<CardValue> values) =>
        Made.GetValue(values, static made => [.. made.Where(value => value.Bytes is { Length: 16 }).Select(value => new Guid(value.Bytes!, bigEndian: true))]); // those with bytes

    /// <summary>Lets statements of a session ask whether an id is in one of its <see cref="SqliteSession.Sets"/>, by its place there.</summary>
    public static void Register(SqliteSession session) =>
        raw.sqlite3_create_function(session.Handle, "among", 2, raw.SQLITE_UTF8, null, (context, _, arguments) =>
        {
            var isAmong = raw.sqlite3_value_blob(arguments[1]) is { Length: 16 } id && session.Sets[raw.sqlite3_value_int(arguments[0])].Contains(new Guid(id, bigEndian: true));
            raw.sqlite3_result_int(context, isAmong ? 1 : 0);
        });
}
