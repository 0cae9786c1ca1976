using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Crm.Runtime.Cards;
using SQLitePCL;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// Many ids that a list is limited to, as <c>among(set, id)</c> in SQL: looked up where a row is met. Binding thousands of them anew for each
/// query takes longer than the query. A set is made once for a list of values and lives as long as that does.
/// </summary>
internal sealed class SqliteIdSet
{
    private static readonly ConditionalWeakTable<IReadOnlyList<CardValue>, SqliteIdSet> Made = [];
    private static readonly ConcurrentDictionary<long, WeakReference<SqliteIdSet>> Numbered = new();
    private static long _newest;

    private readonly HashSet<Guid> _ids;

    private SqliteIdSet(IReadOnlyList<CardValue> values)
    {
        _ids = new(values.Count);
        foreach (var value in values)
        {
            if (value.Bytes is { Length: 16 } bytes)
            {
                _ids.Add(new Guid(bytes, bigEndian: true));
            }
        }

        Number = Interlocked.Increment(ref _newest);
        Numbered[Number] = new(this);
    }

    ~SqliteIdSet() => Numbered.TryRemove(Number, out _);

    /// <summary>What stands for the set in SQL.</summary>
    public long Number { get; }

    public static SqliteIdSet Of(IReadOnlyList<CardValue> values) => Made.GetValue(values, static made => new(made));

    /// <summary>Lets statements of a connection say <c>among(set, id)</c>.</summary>
    public static void Register(sqlite3 connection) =>
        raw.sqlite3_create_function(connection, "among", 2, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, static (context, _, arguments) =>
        {
            var isAmong = Numbered.TryGetValue(raw.sqlite3_value_int64(arguments[0]), out var known) && known.TryGetTarget(out var set)
                && raw.sqlite3_value_blob(arguments[1]) is { Length: 16 } id && set._ids.Contains(new Guid(id, bigEndian: true));
            raw.sqlite3_result_int(context, isAmong ? 1 : 0);
        });
}
