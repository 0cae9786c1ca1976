using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <summary>F5: a write fails for another reason than a full disk. The server does not guess: it says so, stops, and a new start recovers.</summary>
internal sealed class WriteErrorRun(TortureOptions options)
{
    /// <summary>How much the log may still grow, in bytes.</summary>
    private const int Room = 300_000;

    public async Task<Problems> RunAsync()
    {
        var problems = new Problems();
        var folder = Path.Combine(options.Work, "error");
        Folders.Empty(folder);
        using var load = new LoadDriver(options.Seed, options.Clients, $"e{options.Seed}", problems);
        await using (var server = await ServerProcess.StartAsync(new(folder) { SurvivesFileLimit = true }))
        {
            await load.ConnectAsync(server);
            var running = load.RunAsync(CancellationToken.None);
            await Deadline.UntilAsync(() => Task.FromResult(load.Sendings > 500), "the load runs");
            Signals.LimitFiles(server.Pid, new FileInfo(Path.Combine(folder, "crm.db-wal")).Length + Room);
            var code = await server.WaitForExitAsync();
            await running;
            if (code is 0 or > 128)
            {
                problems.Add($"F5 after a write that failed the server ended with {code}: {server.Output}");
            }

            if (!load.History.Values.Any(op => op.Reply is { Status: 503, Code: "durability-unknown" }))
            {
                problems.Add("F5 nobody was told durability-unknown");
            }
        }

        await Invariants.CheckAsync(Folders.Copy(folder, Path.Combine(options.Work, "errored")), load.History, null, problems);
        await using (var server = await ServerProcess.StartAsync(new(folder)))
        {
            await load.ConnectAsync(server);
            await load.SendAgainAsync(new(options.Seed));
            await AtRest.WaitAsync(folder);
            await server.StopAsync();
        }

        await AtRest.CheckAsync(folder, load.History, null, problems);
        return problems;
    }
}
