using SQLitePCL;

namespace Crm.Runtime.Tests.Sqlite;

/// <summary>SQL past the store, to look at and to harm what it keeps.</summary>
internal static class RawSqlite
{
    public static void Execute(string path, string sql) => Read(path, sql);

    /// <summary>The rows, each with its columns as SQL literals.</summary>
    public static List<string> Read(string path, string sql)
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open_v2(path, out var file, raw.SQLITE_OPEN_READWRITE, null), file);
        try
        {
            var rows = new List<string>();
            raw.sqlite3_busy_timeout(file, 5_000);
            Check(raw.sqlite3_prepare_v2(file, sql, out var statement), file);
            using (statement)
            {
                int code;
                while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
                {
                    rows.Add(string.Join('|', Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(column => raw.sqlite3_column_text(statement, column).utf8_to_string())));
                }

                Check(code, file);
            }

            return rows;
        }
        finally
        {
            raw.sqlite3_close_v2(file);
        }
    }

    private static void Check(int code, sqlite3 file)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            throw new InvalidOperationException(raw.sqlite3_errmsg(file).utf8_to_string());
        }
    }
}
