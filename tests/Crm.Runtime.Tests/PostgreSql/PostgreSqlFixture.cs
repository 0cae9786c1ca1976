using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Tests.Stores;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>A database of its own for each test.</summary>
public sealed class PostgreSqlFixture : IOlderData
{
    private readonly Lazy<string> _database = new(() => Wait(MakeAsync));

    public string ConnectionString => _database.Value;

    public PostgreSqlOptions Options => new() { ConnectionString = ConnectionString };

    public IGrainStore Open(StoreFaults? faults = null) => Wait(() => OpenAsync(Options with { Failpoint = faults?.At, OnFatal = faults?.OnFatal }));

    public static Task<PostgreSqlStore> OpenAsync(PostgreSqlOptions options) =>
        PostgreSqlStore.OpenAsync(options, [new BoxBehaviour(), new BoxBehaviour("lid", isSearched: false)], CancellationToken.None);

    public void Tamper(string tenant, Tampering how, long position, long other = 0)
    {
        string At(long wanted) => $"tenant = (select number from tenant where name = '{tenant}') and position = {wanted}";
        Execute(how switch
        {
            Tampering.FlipPayload => $"update journal set payload = convert_to(replace(convert_from(payload, 'UTF8'), '1', '2'), 'UTF8') where {At(position)}",
            Tampering.ErasePayload => $"update journal set payload = '' where {At(position)}",
            Tampering.ChangeType => $"update journal set type = 'box-other-v1' where {At(position)}",
            Tampering.Delete => $"delete from journal where {At(position)}",
            _ => $"update journal set position = -1 where {At(position)}; update journal set position = {position} where {At(other)}; update journal set position = {other} where {At(-1)}",
        });
    }

    public void DropColumn(string kind, string field) => Execute($"alter table \"g_{kind}\" drop column \"f_{field}\"");

    public void DropTable(string table) => Execute($"drop table {table}");

    public IReadOnlyList<string> Dump()
    {
        var rows = new List<string>();
        foreach (var table in Read("select tablename::text from pg_tables where schemaname = 'public' and tablename not like 's\\_%' and tablename not like '%lease%' order by 1"))
        {
            rows.AddRange(Read(table == "tally"
                ? "select concat_ws('|', 'tally', tenant, kind, grp, day, count, hundredths) from tally where count <> 0 or hundredths <> 0 order by 1"
                : $"select '{table} ' || t::text from \"{table}\" t order by 1"));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        if (_database.IsValueCreated)
        {
            await (await ThrowAwayServer.Shared).DropDatabaseAsync(ConnectionString);
        }
    }

    public void Execute(string sql) => Wait(() => ThrowAwayServer.ExecuteAsync(ConnectionString, sql));

    public List<string> Read(string sql) => Wait(() => ThrowAwayServer.ReadAsync(ConnectionString, sql));

    private static async Task<string> MakeAsync() => await (await ThrowAwayServer.Shared).MakeDatabaseAsync();

    // the suites open and look without waiting; on other threads than the tests' few, which may all be waiting here
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();

    private static void Wait(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();
}
