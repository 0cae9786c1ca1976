using System.Globalization;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <param name="StartupKills">SIGKILLs before the server could answer, on an empty folder or a used one.</param>
internal sealed record KillResult(int Kills, int StartupKills, int Sendings, int Acknowledged, long Events, TimeSpan LongestRecovery, Problems Problems);

/// <summary>F1: SIGKILL at random moments under load, on the same data again and again.</summary>
internal sealed class KillRun(TortureOptions options)
{
    /// <summary>Kills of one data folder before it is looked at in depth and a new one begins.</summary>
    private const int KillsOfAFolder = 10;

    private readonly Random _random = new(options.Seed);

    public async Task<KillResult> RunAsync(int kills)
    {
        var result = new KillResult(0, 0, 0, 0, 0, TimeSpan.Zero, new());
        for (var folder = 0; result.Kills < kills; folder++)
        {
            result = await RunFolderAsync(folder, Math.Min(KillsOfAFolder, kills - result.Kills), result);
        }

        return result;
    }

    private async Task<KillResult> RunFolderAsync(int number, int kills, KillResult result)
    {
        var folder = Path.Combine(options.Work, string.Create(CultureInfo.InvariantCulture, $"kill-{number}"));
        var problems = result.Problems;
        Folders.Empty(folder);
        using var load = new LoadDriver(unchecked(options.Seed + number), options.Clients, string.Create(CultureInfo.InvariantCulture, $"k{options.Seed}.{number}"), problems);
        await KillWhileStartingAsync(folder);
        for (var kill = 0; kill < kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(new(folder));
            result = result with { LongestRecovery = server.StartTime > result.LongestRecovery ? server.StartTime : result.LongestRecovery };
            await load.ConnectAsync(server);
            await load.SendAgainAsync(_random);
            var running = load.RunAsync(CancellationToken.None);
            await Task.Delay(_random.Next(50, 2_000));
            await server.KillAsync();
            await running;

            var where = string.Create(CultureInfo.InvariantCulture, $"folder {number}, kill {kill}");
            var copy = Folders.Copy(folder, Path.Combine(options.Work, "killed"));
            var found = new Problems();
            await Invariants.CheckAsync(copy, load.History, null, found);
            problems.Add(found, where);
            if (found.Count > 0)
            {
                Folders.Copy(folder, Path.Combine(options.Artifacts, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}"), $"kill-{number}-{kill}"));
            }
        }

        await KillWhileStartingAsync(folder);
        var events = await SettleAsync(folder, load, problems, string.Create(CultureInfo.InvariantCulture, $"folder {number}, at rest"));
        Directory.Delete(folder, recursive: true);
        return result with
        {
            Kills = result.Kills + kills,
            StartupKills = result.StartupKills + 2,
            Sendings = result.Sendings + load.Sendings,
            Acknowledged = result.Acknowledged + load.Acknowledged,
            Events = result.Events + events,
        };
    }

    private async Task KillWhileStartingAsync(string folder)
    {
        await using var server = ServerProcess.Launch(new(folder));
        await Task.Delay(_random.Next(50, 1_500));
        await server.KillAsync();
    }

    /// <summary>Lets everything finish, stops in good order, and checks what must hold at rest.</summary>
    private async Task<long> SettleAsync(string folder, LoadDriver load, Problems problems, string where)
    {
        var found = new Problems();
        await using var server = await ServerProcess.StartAsync(new(folder));
        await load.ConnectAsync(server);
        await load.SendAgainAsync(_random);
        await AtRest.WaitAsync(folder);
        var funnels = await FunnelQuery.ReadAsync(load);
        await PastFunnel.CheckAsync(load, folder, funnels, found);
        funnels = await FunnelQuery.ReadAsync(load);
        if (await server.StopAsync() is var code and not 0)
        {
            found.Add($"SIGTERM at rest ended with {code}: {server.Output}");
        }

        var journal = await AtRest.CheckAsync(folder, load.History, funnels, found);
        problems.Add(found, where);
        return journal.Events;
    }
}
