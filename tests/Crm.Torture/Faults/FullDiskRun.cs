using System.Diagnostics;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <summary>F4: the disk is full. Writes are refused by name, reads go on, nothing is lost, and writes resume when there is room again.</summary>
internal sealed class FullDiskRun(TortureOptions options)
{
    private const int RefusalsToSee = 100;

    /// <summary>The file may have so many pages; SQLite itself says that the disk is full, and a restart gives room.</summary>
    public async Task<Problems> RunWithPageLimitAsync()
    {
        var problems = new Problems();
        var folder = Path.Combine(options.Work, "full");
        Folders.Empty(folder);
        using var load = new LoadDriver(options.Seed, options.Clients, $"f{options.Seed}", problems);
        await using (var server = await ServerProcess.StartAsync(new(folder) { MaxPages = 600 }))
        {
            await FillAsync(server, load, problems);
            await server.KillAsync();
        }

        await Invariants.CheckAsync(Folders.Copy(folder, Path.Combine(options.Work, "filled")), load.History, null, problems);
        await using (var server = await ServerProcess.StartAsync(new(folder)))
        {
            await load.ConnectAsync(server);
            await ResumeAsync(folder, load, problems);
            await server.StopAsync();
        }

        await AtRest.CheckAsync(folder, load.History, null, problems);
        return problems;
    }

    /// <summary>A file system of its own that is made larger while the server runs. Null when this user may not mount one.</summary>
    public async Task<Problems?> RunWithFileSystemAsync()
    {
        var problems = new Problems();
        var folder = Path.Combine(options.Work, "full-disk");
        Folders.Empty(folder);
        if (!await MountAsync("-t", "tmpfs", "-o", "size=12m", "tmpfs", folder))
        {
            return null;
        }

        try
        {
            using var load = new LoadDriver(options.Seed, options.Clients, $"t{options.Seed}", problems);
            await using var server = await ServerProcess.StartAsync(new(folder));
            await FillAsync(server, load, problems);
            await MountAsync("-o", "remount,size=512m", folder);
            await ResumeAsync(folder, load, problems);
            if (await server.StopAsync() is var code and not 0)
            {
                problems.Add($"F4 SIGTERM after a full disk ended with {code}: {server.Output}");
            }

            await AtRest.CheckAsync(Folders.Copy(folder, Path.Combine(options.Work, "filled")), load.History, null, problems);
        }
        finally
        {
            await RunAsync("umount", folder);
        }

        return problems;
    }

    private async Task FillAsync(ServerProcess server, LoadDriver load, Problems problems)
    {
        await load.ConnectAsync(server);
        using var enough = new CancellationTokenSource();
        var running = load.RunAsync(enough.Token);
        await Deadline.UntilAsync(() => Task.FromResult(running.IsCompleted || Refusals(load) >= RefusalsToSee), "the disk is full");
        await enough.CancelAsync();
        await running;
        if (Refusals(load) < RefusalsToSee)
        {
            problems.Add($"F4 the server did not answer storage-full but stopped answering: {server.Output}");
            return;
        }

        foreach (var path in (string[])["/api/leads?limit=20&total=true", "/api/opportunities?sort=-amount&limit=20", "/api/funnels/simple", "/api/my-day"])
        {
            using var read = await load.ReadAsync(path);
        }
    }

    private async Task ResumeAsync(string folder, LoadDriver load, Problems problems)
    {
        var random = new Random(options.Seed);
        await load.SendAgainAsync(random);
        for (var i = 0; i < 100; i++)
        {
            var op = load.MakeUp(random);
            if (await load.SendAsync(op) is { Code: "storage-full" or "durability-unknown" } or { Verdict: Verdict.Unknown })
            {
                problems.Add($"F4 there is room again, and {op.Path} is answered {op.Reply!.Status} {op.Reply.Code}"); // sent, so answered
            }
        }

        await AtRest.WaitAsync(folder);
    }

    private static int Refusals(LoadDriver load) => load.History.Values.Count(op => op.Reply is { Status: 507, Code: "storage-full" });

    private static Task<bool> MountAsync(params string[] args) => RunAsync("mount", args);

    private static async Task<bool> RunAsync(string program, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true, RedirectStandardOutput = true });
            await process!.WaitForExitAsync(); // started, or else it has thrown
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
