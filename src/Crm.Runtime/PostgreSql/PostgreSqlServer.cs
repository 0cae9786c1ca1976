using System.Globalization;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>The ways to the server: one for whoever writes, one for the lease, and a pool for readers, which whoever writes never has to wait for.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>The oldest version that is tried: the oldest that its makers still keep up.</summary>
    private const int OldestVersion = 14;

    private const string Hold = "select pg_advisory_xact_lock(7161717)";

    private readonly string _writing;

    public PostgreSqlServer(PostgreSqlOptions options)
    {
        Name = $"crm {Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
        var given = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        var common = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = Name,
            Timeout = 5,
            // a server that is gone without a word is noticed by what is written to it, and a client by the server
            KeepAlive = 0,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 5,
            TcpKeepAliveInterval = 2,
            CancellationTimeout = 1_000,
            IncludeErrorDetail = true,
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
        };
        var settings = $"{given.Options} -c jit=off -c timezone=UTC -c synchronous_commit=on -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2";
        // whoever writes looks rows up by their keys, many at a time: never by reading a table, whatever its statistics say
        _writing = new NpgsqlConnectionStringBuilder(common.ConnectionString)
        {
            Pooling = false,
            CommandTimeout = 15,
            Options = $"{settings} -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c idle_in_transaction_session_timeout=10s",
        }.ConnectionString;
        Readers = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(common.ConnectionString)
        {
            MaxPoolSize = given.ContainsKey("Maximum Pool Size") ? given.MaxPoolSize : options.MostReaders,
            CommandTimeout = 30,
            Options = $"{settings} -c plan_cache_mode=force_custom_plan -c default_transaction_read_only=on",
        }.ConnectionString);
    }

    /// <summary>What the sessions of this process are called at the server.</summary>
    public string Name { get; }

    public NpgsqlDataSource Readers { get; }

    /// <summary>A connection of its own that may write.</summary>
    public NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(_writing);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Readers.DisposeAsync();

    /// <summary>Checks that the database can hold the data, and makes what is needed before anything else.</summary>
    /// <exception cref="UnfitDatabaseException">It cannot.</exception>
    /// <exception cref="Journal.SchemaTooNewException">A newer program wrote it.</exception>
    public void Prepare()
    {
        using var connection = Connect();
        Check(connection);
        Execute(connection, $"begin; {Hold}; {PostgreSqlTables.Foundation} commit");
        CheckSchema(connection);
    }

    /// <summary>Makes the tables there are not yet.</summary>
    public void MakeTables(IEnumerable<IGrainBehaviour> behaviours)
    {
        using var connection = Connect();
        Execute(connection, $"begin; {Hold}");
        CheckSchema(connection);
        Execute(connection, PostgreSqlTables.Common);
        foreach (var behaviour in behaviours)
        {
            Execute(connection, PostgreSqlTables.For(behaviour.Cards, behaviour.IsSearched));
        }

        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"delete from schema_version; insert into schema_version values({PostgreSqlTables.SchemaVersion}); commit"));
    }

    /// <summary>For the health page.</summary>
    public IReadOnlyDictionary<string, string> Describe()
    {
        using var connection = Connect();
        return new Dictionary<string, string>
        {
            ["store"] = $"postgresql {ReadText(connection, "show server_version")}",
            ["synchronousCommit"] = ReadText(connection, "show synchronous_commit"),
            ["fsync"] = ReadText(connection, "show fsync"),
        };
    }

    public static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    /// <summary>Ends a session of this process, if there still is one of that number.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool IsGone(NpgsqlConnection connection, int session, string name)
    {
        using var end = new NpgsqlCommand("select coalesce(bool_and(pg_terminate_backend(pid, 5000)), true) from pg_stat_activity where pid = $1 and application_name = $2 and pid <> pg_backend_pid()", connection)
        {
            Parameters = { new() { Value = session }, new() { Value = name } },
        };
        return end.ExecuteScalar() is true;
    }

    public static bool IsThere(NpgsqlConnection connection, (int Tenant, long Position, byte[] Hash) entry)
    {
        using var look = new NpgsqlCommand("select exists(select from journal where tenant = $1 and position = $2 and hash = $3)", connection)
        {
            Parameters = { new() { Value = entry.Tenant }, new() { Value = entry.Position }, new() { Value = entry.Hash } },
        };
        return look.ExecuteScalar() is true;
    }

    private static void CheckSchema(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("select coalesce(max(version), 0) from schema_version", connection);
        if (command.ExecuteScalar() is int found && found > PostgreSqlTables.SchemaVersion)
        {
            throw new Journal.SchemaTooNewException(found, PostgreSqlTables.SchemaVersion);
        }
    }

    private static void Check(NpgsqlConnection connection)
    {
        var database = connection.Database;
        if (connection.PostgreSqlVersion.Major < OldestVersion)
        {
            throw new UnfitDatabaseException($"the server is PostgreSQL {connection.PostgreSqlVersion}; it must be {OldestVersion} or newer.");
        }

        var how = $"Make it anew: create database \"{database}\" template template0 encoding 'UTF8' locale 'C.UTF-8'.";
        var encoding = ReadText(connection, "select pg_encoding_to_char(encoding) from pg_database where datname = current_database()");
        if (encoding != "UTF8")
        {
            throw new UnfitDatabaseException($"the database '{database}' has the encoding {encoding}; it must be UTF8. {how}");
        }

        var locale = ReadText(connection, "select datctype from pg_database where datname = current_database()");
        if (locale is "C" or "POSIX")
        {
            throw new UnfitDatabaseException($"the database '{database}' has the locale {locale}, to which Chinese characters are no letters; it must be one of UTF-8, such as C.UTF-8. {how}");
        }
    }

    private static string ReadText(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar() as string ?? "";
    }
}
