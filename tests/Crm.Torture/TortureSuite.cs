using System.Diagnostics;
using System.Globalization;
using Crm.Torture.Faults;
using Crm.Torture.Load;
using Crm.Torture.PowerCut;

namespace Crm.Torture;

/// <summary>All faults, one after the other.</summary>
internal static class TortureSuite
{
    public static async Task<Report> RunAsync(TortureOptions options)
    {
        var report = new Report(options);
        Directory.CreateDirectory(options.Work);
        try
        {
            await report.RunAsync("SIGKILL under load (F1)", () => KillAsync(options, report));
            await report.RunAsync("SIGKILL during a first start (F1)", async () => (await new StartupKillRun(options).RunAsync(options.StartupKills), $"{options.StartupKills} kills"));
            await report.RunAsync("SIGKILL while importing (F1)", async () => (await new ImportKillRun(options).RunAsync(options.ImportKills), $"{options.ImportKills} kills, and one while undoing"));
            await report.RunAsync("power cut, killed folder (F3)", () => CutAsync(options, report, isWorn: true));
            if (options.IsLong)
            {
                await report.RunAsync("power cut, new folder (F3)", () => CutAsync(options, report, isWorn: false));
            }

            await report.RunAsync("power cut, synchronous=OFF, must lose (F3)", () => CutMustLoseAsync(options, "OFF"));
            if (options.IsLong)
            {
                await report.RunAsync("power cut, synchronous=NORMAL, must lose (F3)", () => CutMustLoseAsync(options, "NORMAL"));
            }

            await report.RunAsync("disk full by page limit (F4)", async () => (await new FullDiskRun(options).RunWithPageLimitAsync(), "507, reads go on, room after a restart"));
            await report.RunAsync("disk full by file system (F4)", () => FullDiskAsync(options));
            await report.RunAsync("write error (F5)", async () => (await new WriteErrorRun(options).RunAsync(), "503, stops, recovers"));
            await report.RunAsync("tampering and bit rot (F6, F21)", async () => (await new TamperRun(options).RunAsync(options.Tampers), $"{options.Tampers + 1} changes"));
            await report.RunAsync("second server (F19)", async () => (await new SecondServerRun(options).RunAsync(), "refused with 3"));
            await report.RunAsync("SIGTERM under load (F20)", async () => (await new DrainRun(options).RunAsync(options.Drains), $"{options.Drains} times"));
        }
        finally
        {
            Directory.Delete(options.Work, recursive: true);
        }

        report.Finish();
        return report;
    }

    /// <summary>Whether a program can be traced here; it may be missing, or not allowed in a container.</summary>
    public static bool CanTrace()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", ["-f", "--seccomp-bpf", "-o", "/dev/null", "true"]) { RedirectStandardError = true, RedirectStandardOutput = true });
            process!.WaitForExit(); // started, or else it has thrown
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<(Problems? Problems, string Detail)> KillAsync(TortureOptions options, Report report)
    {
        var result = await new KillRun(options).RunAsync(options.Kills);
        (report.Operations, report.Acknowledged, report.Kills, report.LongestRecovery) =
            (report.Operations + result.Sendings, report.Acknowledged + result.Acknowledged, result.Kills, result.LongestRecovery);
        return (result.Problems, string.Create(CultureInfo.InvariantCulture,
            $"{result.Kills} kills and {result.StartupKills} while starting, {result.Acknowledged:N0} commands acknowledged of {result.Sendings:N0} sent, {result.Events:N0} events"));
    }

    private static async Task<(Problems? Problems, string Detail)> CutAsync(TortureOptions options, Report report, bool isWorn)
    {
        if (!CanTrace())
        {
            return (null, "strace is missing or not allowed here");
        }

        var result = await new PowerCutRun(options).RunAsync("FULL", options.IsLong ? options.Cuts / 2 : options.Cuts, isWorn);
        (report.Operations, report.Acknowledged, report.Cuts) = (report.Operations + result.Sent, report.Acknowledged + result.Acks, report.Cuts + result.Cuts);
        return (result.Problems, Describe(result));
    }

    /// <summary>The check that this suite can fail: without syncs it must.</summary>
    private static async Task<(Problems? Problems, string Detail)> CutMustLoseAsync(TortureOptions options, string synchronous)
    {
        if (!CanTrace())
        {
            return (null, "strace is missing or not allowed here");
        }

        var result = await new PowerCutRun(options).RunAsync(synchronous, Math.Max(10, options.Cuts / 5), isWorn: options.IsLong);
        var problems = new Problems();
        if (result.CutsWithLoss < result.Cuts / 2)
        {
            problems.Add($"only {result.CutsWithLoss} of {result.Cuts} cuts lost an answered command with synchronous={synchronous}: the replay does not notice what it is there for");
        }

        return (problems, Describe(result));
    }

    private static async Task<(Problems? Problems, string Detail)> FullDiskAsync(TortureOptions options) =>
        await new FullDiskRun(options).RunWithFileSystemAsync() is { } problems
            ? (problems, "507, reads go on, writes resume without a restart")
            : (null, "a file system cannot be mounted here");

    private static string Describe(PowerCutResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Cuts} cuts in {result.Calls:N0} calls, {result.Groups:N0} commits, {result.Syncs:N0} syncs of the log, {result.Checkpoints} checkpoints, {result.Acks:N0} answers; lost answers in {result.CutsWithLoss} cuts (worst {result.WorstLoss:N0}), broken in {result.CutsBroken}");
}
