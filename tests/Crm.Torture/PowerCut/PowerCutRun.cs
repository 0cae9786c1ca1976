using System.Globalization;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.PowerCut;

/// <summary>What a replay of power cuts has shown.</summary>
/// <param name="Calls">Write, truncate, sync and unlink calls recorded.</param>
/// <param name="Groups">Commits in the write-ahead log.</param>
/// <param name="Syncs">Syncs of the write-ahead log.</param>
/// <param name="Checkpoints">How often the main file was written anew from the log.</param>
/// <param name="CutsWithLoss">Cuts after which an answered command was gone.</param>
/// <param name="CutsBroken">Cuts after which anything else was wrong, or nothing could be opened.</param>
internal sealed record PowerCutResult(
    string Synchronous, int Cuts, int Calls, int Groups, int Syncs, int Checkpoints, int Acks, int Sent, int CutsWithLoss, int CutsBroken, int WorstLoss, Problems Problems);

/// <summary>
/// Records in which order a server writes, syncs and answers, and rebuilds what the disk would hold had the power gone at any of these
/// moments (reliability rules, 3.4). A SIGKILL cannot show this: what a dead process had handed over, the system still writes.
/// </summary>
internal sealed class PowerCutRun(TortureOptions options)
{
    /// <summary>Pages in the log of a worn folder; at 4,000 it is moved into the main file.</summary>
    private const int WornLogPages = 3_400;

    private const int PageSize = 4_096;
    private const int WalHeader = 32;
    private const int WalFrameHeader = 24;

    /// <summary>How many cuts also get their cards compared with a rebuild, which takes the longest.</summary>
    private const int EveryNthIsRebuilt = 20;

    /// <param name="isWorn">
    /// Begins with the folder of a server that was killed shortly before it would have moved its log into the main file, so that the record
    /// holds that, and the log written from its beginning again. Else it begins with an empty folder.
    /// </param>
    public async Task<PowerCutResult> RunAsync(string synchronous, int cuts, bool isWorn)
    {
        var folder = Path.Combine(options.Work, "power");
        var trace = Path.Combine(options.Work, "power.strace");
        var problems = new Problems();
        Folders.Empty(folder);
        using var load = new LoadDriver(options.Seed, options.Clients, $"p{options.Seed}", problems);
        if (isWorn)
        {
            await WearAsync(folder, load);
        }

        var start = DiskImage.Of(folder);
        var before = AcksOf(load).ToHashSet();
        await RecordAsync(new(folder) { Synchronous = synchronous, TraceFile = trace }, load, trace);

        var (events, calls) = StraceReader.Read(File.ReadLines(trace), folder);
        File.Delete(trace);
        var acks = events.OfType<TraceEvent.Answer>().SelectMany(answer => answer.Acks).ToHashSet();
        if (AcksOf(load).Count(ack => !before.Contains(ack) && !acks.Contains(ack)) is var missing and > 0)
        {
            problems.Add($"the trace lacks {missing} answers that the clients have got, so it would prove nothing");
        }

        var groups = events.Count(IsCommit);
        var syncs = events.Count(one => one is TraceEvent.Sync { File: "crm.db-wal" });
        if (synchronous == "FULL" && syncs < groups)
        {
            problems.Add($"{groups} commits were made durable by {syncs} syncs");
        }

        if (synchronous == "FULL" && isWorn && events.First(one => one is TraceEvent.Answer or TraceEvent.Sync { File: "crm.db-wal" }) is TraceEvent.Answer)
        {
            // a command sent again may be answered from what the killed server had written but not synced
            problems.Add("a server answered before it had synced the log that it found");
        }

        var result = new PowerCutResult(synchronous, cuts, calls, groups, syncs, CheckpointsIn(events), acks.Count, load.Sendings, 0, 0, 0, problems);
        return await ReplayAsync(start, before, events, load, result);
    }

    private static IEnumerable<Ack> AcksOf(LoadDriver load) =>
        load.History.Values.Where(op => op.Verdict == Verdict.Ok).Select(op => new Ack(op.Reply!.Id, op.Reply.Version)); // ok, so there is one

    private static async Task WearAsync(string folder, LoadDriver load)
    {
        await using var server = await ServerProcess.StartAsync(new(folder));
        await load.ConnectAsync(server);
        var running = load.RunAsync(CancellationToken.None);
        var log = new FileInfo(Path.Combine(folder, "crm.db-wal"));
        await Deadline.UntilAsync(
            () =>
            {
                log.Refresh();
                return Task.FromResult(running.IsCompleted || log.Length > WornLogPages * (PageSize + WalFrameHeader));
            },
            "the log is long enough");
        await server.KillAsync();
        await running;
        File.Delete(Path.Combine(folder, "crm.db-shm"));
        File.Delete(Path.Combine(folder, "crm.lock"));
    }

    private async Task RecordAsync(ServerSetup setup, LoadDriver load, string trace)
    {
        await using var server = await ServerProcess.StartAsync(setup);
        await load.ConnectAsync(server);
        using var enough = new CancellationTokenSource();
        var running = load.RunAsync(enough.Token);
        // a call is a line of two to forty thousand characters, of which those of pages are the most
        await Deadline.UntilAsync(() => Task.FromResult(running.IsCompleted || new FileInfo(trace).Length > options.TracedCalls * 8_500L), "the trace is long enough");
        await enough.CancelAsync();
        await running;
        await server.KillAsync();
    }

    private async Task<PowerCutResult> ReplayAsync(DiskImage image, IEnumerable<Ack> before, IReadOnlyList<TraceEvent> events, LoadDriver load, PowerCutResult result)
    {
        var random = new Random(options.Seed);
        // not before the first answer: until then there is nothing to lose
        var first = Math.Max(0, Enumerable.Range(0, events.Count).FirstOrDefault(i => events[i] is TraceEvent.Answer { Acks.Count: > 0 }) - 500);
        var moments = Enumerable.Range(0, result.Cuts).Select(_ => random.Next(first, events.Count)).Order().ToList();
        var newest = before.GroupBy(ack => ack.Id).ToDictionary(acks => acks.Key, acks => acks.Max(ack => ack.Version));
        var (taken, made, broken) = (0, 0, 0);
        var folder = Path.Combine(Folders.Fleeting, $"crm-cut-{Environment.ProcessId}");
        foreach (var moment in moments)
        {
            for (; taken <= moment; taken++)
            {
                image.Take(events[taken], taken);
                foreach (var ack in events[taken] is TraceEvent.Answer answer ? answer.Acks : [])
                {
                    newest[ack.Id] = Math.Max(ack.Version, newest.GetValueOrDefault(ack.Id));
                }
            }

            var mode = (CutMode)(made % 3);
            var found = new Problems();
            Folders.Empty(folder);
            image.WriteTo(folder, mode, random);
            await CheckAsync(folder, load, [.. newest.Select(one => new Ack(one.Key, one.Value))], withRebuild: made % EveryNthIsRebuilt == 0, found);
            made++;
            if (found.Count == 0)
            {
                continue;
            }

            if (broken++ == 0)
            {
                Keep(result.Synchronous, moment, image, mode);
            }

            result.Problems.Add(found, string.Create(CultureInfo.InvariantCulture, $"synchronous={result.Synchronous}, cut at {moment} of {events.Count}, {mode}"));
            result = result with
            {
                CutsWithLoss = result.CutsWithLoss + (found.Lost > 0 ? 1 : 0),
                CutsBroken = result.CutsBroken + (found.Broken > 0 ? 1 : 0),
                WorstLoss = Math.Max(result.WorstLoss, found.Lost),
            };
        }

        Directory.Delete(folder, recursive: true);
        return result;
    }

    private static async Task CheckAsync(string folder, LoadDriver load, IReadOnlyCollection<Ack> acks, bool withRebuild, Problems problems)
    {
        try
        {
            await Invariants.CheckAsync(folder, load.History, acks, problems);
            if (withRebuild)
            {
                await Rebuild.CompareAsync(folder, problems);
            }
        }
        catch (Exception cannot) when (cannot is not OutOfMemoryException)
        {
            problems.Lost += acks.Count;
            problems.Add($"cannot be opened: {cannot.GetType().Name}: {cannot.Message}");
        }
    }

    /// <summary>The first image of a run that is wrong is kept for whoever looks into it, as found, if the run was to succeed.</summary>
    private void Keep(string synchronous, int moment, DiskImage image, CutMode mode)
    {
        if (synchronous == "FULL")
        {
            var folder = Path.Combine(options.Artifacts, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}"), string.Create(CultureInfo.InvariantCulture, $"cut-{moment}"));
            Folders.Empty(folder);
            image.WriteTo(folder, mode, new Random(options.Seed));
        }
    }

    /// <summary>A frame's header whose second number, the size of the file after the commit, is not zero.</summary>
    private static bool IsCommit(TraceEvent happened) =>
        happened is TraceEvent.Write { File: "crm.db-wal", Offset: >= WalHeader, Data: { Length: >= WalFrameHeader } data }
        && (data.Length is WalFrameHeader or > PageSize)
        && (data[4] | data[5] | data[6] | data[7]) != 0;

    private static int CheckpointsIn(IReadOnlyList<TraceEvent> events)
    {
        var count = 0;
        var isWriting = false;
        foreach (var happened in events)
        {
            switch (happened)
            {
                case TraceEvent.Write { File: "crm.db" }:
                    count += isWriting ? 0 : 1;
                    isWriting = true;
                    break;
                case TraceEvent.Write:
                    isWriting = false;
                    break;
            }
        }

        return count;
    }
}
