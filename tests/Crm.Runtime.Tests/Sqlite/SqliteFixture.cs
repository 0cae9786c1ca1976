using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Runtime.Tests.Stores;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Sqlite;

/// <summary>A folder of its own for each test.</summary>
public class SqliteFixture : IOlderData
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crm-runtime-");

    public string Folder => _folder.FullName;

    public string File => Path.Combine(Folder, "crm.db");

    /// <summary>Without waiting for the disk: most suites do not ask for it.</summary>
    public virtual SqliteOptions Options => new() { Folder = Folder, Synchronous = "OFF" };

    public IGrainStore Open(StoreFaults? faults = null) => OpenWith(Options with { Failpoint = faults?.At, OnFatal = faults?.OnFatal });

    public static SqliteStore OpenWith(SqliteOptions options) => SqliteStore.Open(options, [new BoxBehaviour(), new BoxBehaviour("lid", isSearched: false)]);

    public void Tamper(string tenant, Tampering how, long position, long other = 0)
    {
        var number = RawSqlite.Read(File, $"select number from tenant where name='{tenant}'")[0];
        string At(long wanted) => $"id = ({number} << 40) + {wanted}";
        RawSqlite.Execute(File, how switch
        {
            Tampering.FlipPayload => $"update journal set payload = cast(replace(cast(payload as text), '1', '2') as blob) where {At(position)}",
            Tampering.ErasePayload => $"update journal set payload = x'' where {At(position)}",
            Tampering.ChangeType => $"update journal set type = 'box-other-v1' where {At(position)}",
            Tampering.Delete => $"delete from journal where {At(position)}",
            _ => $"update journal set id = -1 where {At(position)}",
        });
        if (how == Tampering.Swap)
        {
            RawSqlite.Execute(File, $"update journal set id = ({number} << 40) + {position} where {At(other)}");
            RawSqlite.Execute(File, $"update journal set id = ({number} << 40) + {other} where id = -1");
        }
    }

    public void DropColumn(string kind, string field) => RawSqlite.Execute(File, $"alter table g_{kind} drop column f_{field}");

    public void DropTable(string table) => RawSqlite.Execute(File, $"drop table {table}");

    public IReadOnlyList<string> Dump()
    {
        var rows = new List<string>();
        foreach (var table in RawSqlite.Read(File, "select name from sqlite_master where type='table' and name not like 's\\_%' escape '\\' and name not like 'sqlite_%' order by name"))
        {
            var columns = RawSqlite.Read(File, $"select name from pragma_table_info('{table}')");
            rows.AddRange(RawSqlite.Read(File, table == "tally"
                ? "select 'tally', tenant, kind, grp, day, count, units*100+cents from tally where count<>0 or units<>0 or cents<>0 order by 2,3,4,5"
                : $"select '{table}', {string.Join(", ", columns.Select(column => $"quote({column})"))} from {table} order by {string.Join(", ", columns)}"));
        }

        return rows;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
