using System.Diagnostics;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Sqlite;
using Crm.Runtime.Tests.PostgreSql;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Benchmarks;

/// <summary>The PostgreSQL store beside a loop that inserts the same rows, a move of many records, and the death of a server with a stand-by.</summary>
internal static class PostgresBench
{
    private const int Callers = 256;
    private const int WritesPerCommit = 256;

    public static async Task RunAsync(string folder, int count, int moved)
    {
        await using var server = await ThrowAwayServer.StartAsync(isDurable: true, sharedBuffers: "512MB");
        await MeasureCommandsAsync(server, folder, count);
        await MeasureFailoverAsync(server, folder);
        await MeasureMoveAsync(server, folder, moved);
    }

    private static async Task MeasureCommandsAsync(ThrowAwayServer server, string folder, int count)
    {
        var (best, bestRaw) = (0d, 0d);
        for (var round = 0; round < 3; round++)
        {
            // in turn, so that a machine that slows down slows both
            var rawDatabase = await server.MakeDatabaseAsync();
            bestRaw = Math.Max(bestRaw, await RunRawAsync(rawDatabase, count));
            await server.DropDatabaseAsync(rawDatabase);
            var database = await server.MakeDatabaseAsync();
            await using (var silo = await OpenAsync(database, folder))
            {
                await Work.SetUpAsync(silo);
                best = Math.Max(best, await Work.RateAsync(count, Callers, i => Work.TellAsync(silo, "opportunity", Guid.CreateVersion7(), Work.Create(i), isFresh: true)));
            }

            await server.DropDatabaseAsync(database);
        }

        Report.Add("PostgreSQL: durable commands in process, 256 callers: create", Report.PerSecond(best), $"pipelined INSERT loop {Report.PerSecond(bestRaw)}", best / bestRaw, "0.5");
    }

    /// <summary>Prepared INSERTs of the same rows, so many in one pipeline and transaction, and nothing else. The rows were made before the clock started.</summary>
    private static async Task<double> RunRawAsync(string database, int count)
    {
        var slice = Work.Opportunities();
        await (await PostgreSqlStore.OpenAsync(new() { ConnectionString = database }, [slice], CancellationToken.None)).DisposeAsync();
        var now = DateTimeOffset.UtcNow;
        var writes = new GrainWrite[count];
        for (var i = 0; i < count; i++)
        {
            var id = new GrainId(Work.Tenant, "opportunity", Guid.CreateVersion7(now.AddMilliseconds(i / 16)));
            writes[i] = slice.Decide(slice.Recall(id, null), new(id, Work.Create(i), Sender.System), now).Write!;
        }

        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 20, AutoPrepareMinUsages = 2, Options = "-c plan_cache_mode=force_generic_plan" }.ConnectionString);
        await connection.OpenAsync();
        var insert = InsertOf(slice.Cards);
        var hash = new byte[32];
        var started = TimeProvider.System.GetTimestamp();
        for (var start = 0; start < count; start += WritesPerCommit)
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("begin") } };
            for (var i = start; i < Math.Min(count, start + WritesPerCommit); i++)
            {
                AddRow(batch, insert, slice.Cards, writes[i], i + 1, hash);
            }

            batch.BatchCommands.Add(new("commit"));
            await batch.ExecuteNonQueryAsync();
        }

        return count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static string InsertOf(CardSchema cards)
    {
        var columns = cards.Fields.SelectMany(field => field.Type == CardFieldType.Text ? new[] { PostgreSqlTables.ValueColumn(field), PostgreSqlTables.SortColumn(field) } : [PostgreSqlTables.ValueColumn(field)]).ToList();
        return $"insert into g_opportunity(id, key, tenant, listed, version, last, state, card, {string.Join(", ", columns)}) values({string.Join(", ", Enumerable.Range(1, 8 + columns.Count).Select(i => $"${i}"))})";
    }

    private static void AddRow(NpgsqlBatch batch, string insert, CardSchema cards, GrainWrite write, long position, byte[] hash)
    {
        var row = new NpgsqlBatchCommand(insert) { Parameters = { Of(position), Of(write.Grain.Key), Of(1), Of(1), Of(1L), Of(position), Of(write.State), Of(write.Card!) } };
        foreach (var field in cards.Fields)
        {
            var value = write.Columns![field.Ordinal];
            row.Parameters.Add(field.Type switch
            {
                CardFieldType.Text or CardFieldType.Choice => Of(NpgsqlDbType.Text, value.Text),
                CardFieldType.Bag => Of(NpgsqlDbType.Jsonb, value.Text),
                CardFieldType.Id => Of(NpgsqlDbType.Uuid, value.Bytes is { } id ? new Guid(id, bigEndian: true) : null),
                _ => Of(NpgsqlDbType.Bigint, value.IsNull ? null : value.Integer),
            });
            if (field.Type == CardFieldType.Text)
            {
                row.Parameters.Add(Of(NpgsqlDbType.Bytea, write.SortKeys?[field.Ordinal]));
            }
        }

        batch.BatchCommands.Add(row);
        batch.BatchCommands.Add(new("insert into s_opportunity(id, terms) values($1, $2::text::tsvector)") { Parameters = { Of(position), Of(PostgreSqlText.Vector(1, write.SearchTerms!)) } });
        ref readonly var happened = ref write.Events[0];
        batch.BatchCommands.Add(new("insert into journal(tenant, position, at, kind, key, version, type, by_kind, by_id, command, previous, salt, payload, payload_hash, hash) values($1, $2, $3, $4, $5, $6, $7, $8, $9, null, 0, $10, $11, $12, $13)")
        {
            Parameters =
            {
                Of(1), Of(position), Of(write.At.ToUnixTimeMilliseconds()), Of("opportunity"), Of(write.Grain.Key), Of(1L), Of(happened.Type), Of((short)1), Of(Guid.Empty),
                Of(happened.Salt), Of(happened.Payload), Of(happened.PayloadHash), Of(hash),
            },
        });
    }

    private static NpgsqlParameter Of<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    private static NpgsqlParameter Of(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };

    private static async Task MeasureMoveAsync(ThrowAwayServer server, string folder, int count)
    {
        var path = Path.Combine(folder, "move");
        await using (var silo = await CrmSilo.StartAsync(SiloOptions.On(new SqliteOptions { Folder = path, Synchronous = "OFF" }), TimeProvider.System, CancellationToken.None))
        {
            await Work.SetUpAsync(silo);
            await Work.RateAsync(count, Callers, i => Work.TellAsync(silo, "opportunity", Guid.CreateVersion7(), Work.Create(i), isFresh: true));
        }

        var behaviours = new SliceBehaviours(new TenantDirectory(), new AccessDirectory()).Make().ToList();
        await using var from = SqliteStore.Open(new() { Folder = path }, behaviours);
        await using var to = await PostgreSqlStore.OpenAsync(new() { ConnectionString = await server.MakeDatabaseAsync() }, behaviours, CancellationToken.None);
        var watch = Stopwatch.StartNew();
        var result = await TenantMove.RunAsync(from, to, Work.Tenant, behaviours.Select(behaviour => behaviour.Kind), CancellationToken.None);
        Report.Add(
            $"move of {count:N0} opportunities from SQLite to PostgreSQL, compared record by record", $"{watch.Elapsed.TotalSeconds:0} s", result.Fault ?? $"{result.Grains:N0} records equal", null, "at most 600 s");
    }

    private static async Task MeasureFailoverAsync(ThrowAwayServer server, string folder)
    {
        var settings = HttpBench.Settings(Path.Combine(folder, "failover"));
        settings["Crm__Store"] = "PostgreSql";
        settings["Crm__ConnectionString"] = await server.MakeDatabaseAsync();
        var longest = 0d;
        var (first, _) = await ServerProcess.StartAsync(HttpBench.ServerProgram, [], settings);
        for (var round = 0; round < 3; round++)
        {
            var standBy = ServerProcess.Launch(HttpBench.ServerProgram, [], settings);
            await standBy.UntilStateAsync("standby");
            var died = TimeProvider.System.GetTimestamp();
            await first.KillAsync();
            await standBy.UntilStateAsync("ready");
            longest = Math.Max(longest, TimeProvider.System.GetElapsedTime(died).TotalSeconds);
            first = standBy;
        }

        await first.DisposeAsync();
        Report.Add("failover: the stand-by answers after the other was killed", $"{longest:0.0} s", "longest of 3", null, "at most 10 s");
    }

    private static Task<CrmSilo> OpenAsync(string database, string folder) => CrmSilo.StartAsync(
        new()
        {
            OpenStore = async (slices, cancel) => await PostgreSqlStore.OpenAsync(new() { ConnectionString = database }, slices, cancel),
            Folder = folder,
        },
        TimeProvider.System,
        CancellationToken.None);
}
