using System.Text.Json;
using Crm.Torture.Load;
using Crm.Torture.Server;

namespace Crm.Torture.Store;

/// <summary>What must hold when nothing is under way.</summary>
internal static class AtRest
{
    /// <summary>Waits until the reactions of the running server have seen all that concerns them and nothing waits to be tried again.</summary>
    public static async Task WaitAsync(string folder)
    {
        using var file = new DataFile(folder, isLive: true);
        await Deadline.UntilAsync(
            () => Task.FromResult(file.Number(Behind) == 0 && file.Number("select count(*) from parked where retry_at is not null") == 0),
            "all reactions are at the end of the journal");
    }

    private const string Behind = """
        select count(*) from
          (select 'conversion' as reader, coalesce(max(id & 0xffffffffff), 0) as newest from journal where type = 'lead-converted-v1'
           union all select 'customer-followers', coalesce(max(id & 0xffffffffff), 0) from journal where type in ('customer-created-v1', 'customer-amended-v1')) as wanted
          left join cursor on cursor.reader = wanted.reader where coalesce(cursor.position, 0) < wanted.newest
        """;

    /// <summary>Checks a folder that a server has closed: all that holds after a crash, and what holds at rest besides.</summary>
    public static async Task<JournalView> CheckAsync(string folder, IReadOnlyDictionary<string, Op> history, IReadOnlyDictionary<string, JsonDocument>? funnels, Problems problems)
    {
        if (File.Exists(Path.Combine(folder, "crm.db-wal")))
        {
            problems.Add("a server that was stopped in good order has left its log");
        }

        var journal = await Invariants.CheckAsync(folder, history, null, problems);
        Invariants.CheckConversions(journal, problems);
        CheckParked(folder, problems);
        CheckNames(folder, problems);
        if (funnels is not null)
        {
            FunnelQuery.Compare(folder, funnels, problems);
        }

        await ExpectAsync(folder, "verify", problems);
        var before = TableDump.Of(folder);
        await ExpectAsync(folder, "rebuild", problems);
        before.Compare(TableDump.Of(folder), problems);
        return journal;
    }

    private static void CheckParked(string folder, Problems problems)
    {
        using var file = new DataFile(folder);
        foreach (var row in file.Query("select reader, position, attempts, error from parked limit 5"))
        {
            problems.Add($"reaction {row[0]} has given up on {row[1]} after {row[2]} tries: {row[3]}");
        }
    }

    /// <summary>A customer's name reaches everything that shows it.</summary>
    private static void CheckNames(string folder, Problems problems)
    {
        using var file = new DataFile(folder);
        foreach (var kind in (string[])["contact", "opportunity"])
        {
            foreach (var row in file.Query($"select hex(o.key), o.f_customerName, c.f_name from g_{kind} o join g_customer c on c.key = o.f_customerId where o.f_customerName is not c.f_name limit 5"))
            {
                problems.Add($"{kind} {row[0]} shows the customer as '{row[1]}', who is called '{row[2]}'");
            }
        }
    }

    /// <summary>Runs the server's own maintenance on the folder, which must be content.</summary>
    private static async Task ExpectAsync(string folder, string command, Problems problems)
    {
        var (code, output) = await ServerProcess.RunAsync(folder, command);
        if (code != 0)
        {
            problems.Add($"I10 '{command}' ended with {code}: {output}");
        }
    }
}
