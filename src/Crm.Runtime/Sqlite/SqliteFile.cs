using Crm.Runtime.Cards;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>The database file as it is opened: one process's alone, with the tables and columns that the program knows.</summary>
internal static class SqliteFile
{
    /// <summary>Takes the folder for this process.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has it.</exception>
    public static FileStream TakeLock(string folder)
    {
        try
        {
            return new(Path.Combine(folder, "crm.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new DataDirectoryInUseException(folder);
        }
    }

    /// <summary>Opens the file to write, at the newest schema.</summary>
    /// <exception cref="SchemaTooNewException">A newer program wrote it.</exception>
    public static SqliteWriter OpenWriter(string path, SqliteOptions options, IReadOnlyDictionary<string, IGrainBehaviour> behaviours)
    {
        var session = new SqliteSession(path, readOnly: false);
        try
        {
            var found = Prepare(session, options, behaviours.Values);
            var transaction = new SqliteTransaction(session, behaviours);
            if (found < SqliteTables.SchemaVersion)
            {
                transaction.Upgrade();
            }

            // from here on the writer itself brings commits to the disk: see SqliteLogSync
            if (options.Synchronous == "FULL")
            {
                session.Execute("pragma synchronous=NORMAL");
            }

            return new(session, options, transaction, options.Synchronous == "FULL" ? new SqliteLogSync($"{path}-wal", options.Failpoint) : null);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <returns>The schema of the data as it was found; a new file has the newest.</returns>
    private static long Prepare(SqliteSession session, SqliteOptions options, IEnumerable<IGrainBehaviour> behaviours)
    {
        session.Execute("pragma page_size=4096");
        session.Execute("pragma journal_mode=wal");
        session.Execute($"pragma synchronous={(options.Synchronous is "FULL" or "NORMAL" or "OFF" ? options.Synchronous : throw new ArgumentException($"Synchronous is FULL, NORMAL or OFF, not '{options.Synchronous}'."))}");
        // SQLite looks through all of it at most commits; what is not in it is in the system's
        session.Execute("pragma cache_size=-8192");
        // a savepoint's old pages would go to a temporary file otherwise: nine of ten file writes of an import were that
        session.Execute("pragma temp_store=memory");
        session.Execute("pragma wal_autocheckpoint=4000");
        session.Execute("pragma journal_size_limit=67108864");
        var found = session.ReadLong("pragma user_version");
        if (found > SqliteTables.SchemaVersion)
        {
            throw new SchemaTooNewException(found, SqliteTables.SchemaVersion);
        }

        // also when there is nothing to make: this commit syncs what a killed process left in the log, which may be answered from
        session.Execute("begin immediate");
        session.Execute(SqliteTables.Common);
        foreach (var behaviour in behaviours)
        {
            AddColumns(session, behaviour.Cards);
            session.Execute(SqliteTables.DropOld(behaviour.Cards, found));
            session.Execute(SqliteTables.For(behaviour.Cards, behaviour.IsSearched));
        }

        if (found == 0)
        {
            session.Execute($"pragma user_version={SqliteTables.SchemaVersion}");
        }

        session.Execute("commit");
        if (options.MaxPages > 0)
        {
            session.Execute($"pragma max_page_count={options.MaxPages}");
        }

        if (session.ReadText("pragma journal_mode") != "wal")
        {
            throw new InvalidOperationException("The file system does not carry a write-ahead log.");
        }

        return found == 0 ? SqliteTables.SchemaVersion : found;
    }

    /// <summary>Brings a table that an older program made up to what its kind has now.</summary>
    private static void AddColumns(SqliteSession session, CardSchema schema)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        SqliteStore.All(session.Prepare("select name from pragma_table_info(?)").Add($"g_{schema.Kind}"), row => known.Add(row.Text(0) ?? ""));
        foreach (var (name, definition) in SqliteTables.Definitions(schema).Where(column => known.Count > 0 && !known.Contains(column.Name)))
        {
            session.Execute($"alter table g_{schema.Kind} add column {definition}");
        }
    }
}
