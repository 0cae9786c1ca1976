using SQLitePCL;

namespace Crm.Torture.Store;

/// <summary>The database file read with plain SQL, so that what the store says of itself is not taken on trust. Only for files no server works on.</summary>
internal sealed class DataFile : IDisposable
{
    private readonly sqlite3 _handle;

    static DataFile() => Batteries_V2.Init();

    /// <summary>The version of the linked SQLite.</summary>
    public static string EngineVersion => raw.sqlite3_libversion().utf8_to_string();

    /// <param name="isLive">A server works on it: only look.</param>
    public DataFile(string folder, bool isLive = false)
    {
        var flags = isLive ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE;
        Check(raw.sqlite3_open_v2(System.IO.Path.Combine(folder, "crm.db"), out _handle, flags, null));
        Execute("pragma busy_timeout=5000");
        if (isLive)
        {
            Execute("pragma query_only=1");
        }
    }

    /// <summary>The rows of a query. Values are long, string, byte[] or null.</summary>
    public IEnumerable<object?[]> Query(string sql, params object?[] values)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement));
        using (statement)
        {
            for (var i = 0; i < values.Length; i++)
            {
                Check(values[i] switch
                {
                    long number => raw.sqlite3_bind_int64(statement, i + 1, number),
                    string text => raw.sqlite3_bind_text(statement, i + 1, text),
                    byte[] bytes => raw.sqlite3_bind_blob(statement, i + 1, bytes),
                    _ => raw.sqlite3_bind_null(statement, i + 1),
                });
            }

            int code;
            while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                var row = new object?[raw.sqlite3_column_count(statement)];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = raw.sqlite3_column_type(statement, i) switch
                    {
                        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, i),
                        raw.SQLITE_TEXT => raw.sqlite3_column_text(statement, i).utf8_to_string(),
                        raw.SQLITE_BLOB => raw.sqlite3_column_blob(statement, i).ToArray(),
                        _ => null,
                    };
                }

                yield return row;
            }

            Check(code);
        }
    }

    public long Number(string sql, params object?[] values) => Query(sql, values).Select(row => row[0] is long number ? number : 0).FirstOrDefault();

    public void Execute(string sql, params object?[] values)
    {
        foreach (var _ in Query(sql, values))
        {
            // for its effect
        }
    }

    /// <summary>Names of the columns of a table.</summary>
    public IReadOnlyList<string> Columns(string table) => [.. Query($"select name from pragma_table_info('{table}')").Select(row => (string)row[0]!)]; // a column has a name

    /// <summary>Names of the tables that hold grains.</summary>
    public IReadOnlyList<string> GrainTables() =>
        [.. Query("select name from sqlite_schema where type='table' and name like 'g\\_%' escape '\\' order by name").Select(row => (string)row[0]!)]; // a table has a name

    public void Dispose()
    {
        raw.sqlite3_close_v2(_handle);
        _handle.Dispose();
    }

    private void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new DataFileException(code, raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }
}

/// <summary>The file cannot be read.</summary>
internal sealed class DataFileException(int code, string message) : Exception($"SQLite {code}: {message}");
