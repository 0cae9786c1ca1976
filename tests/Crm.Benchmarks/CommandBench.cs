using Crm.Grains.Opportunities;
using Crm.Silo.Hosting;

namespace Crm.Benchmarks;

/// <summary>Durable commands in this process.</summary>
internal static class CommandBench
{
    private const int Callers = 256;

    public static async Task RunAsync(string folder, int count)
    {
        var best = (Creates: 0d, Moves: 0d, Recalled: 0d, RawCreates: 0d, RawMoves: 0d);
        var cpu = double.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            // in turn, so that a machine that slows down slows both
            var raw = RawLoop.Run(Path.Combine(folder, $"raw{round}"), count);
            var before = Environment.CpuUsage.TotalTime;
            var (creates, moves, recalled) = await MeasureAsync(Path.Combine(folder, $"commands{round}"), count);
            cpu = Math.Min(cpu, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / (3 * count));
            best = (Math.Max(best.Creates, creates), Math.Max(best.Moves, moves), Math.Max(best.Recalled, recalled), Math.Max(best.RawCreates, raw.Creates), Math.Max(best.RawMoves, raw.Moves));
        }

        Report.Add("durable commands in process, 256 callers: create", Report.PerSecond(best.Creates), $"raw loop {Report.PerSecond(best.RawCreates)}", best.Creates / best.RawCreates, "0.5");
        Report.Add("durable commands in process, 256 callers: move", Report.PerSecond(best.Moves), $"raw loop {Report.PerSecond(best.RawMoves)}", best.Moves / best.RawMoves, "0.5");
        Report.Add("the same of opportunities that are not in memory", Report.PerSecond(best.Recalled), "read from the store before each", null, "");
        Report.Add("processor time of a create or move", $"{cpu:0} µs", "all threads, tells more than wall time on a shared machine", null, "");
        Report.Add("one hot grain, 256 callers", Report.PerSecond(await HotGrainAsync(Path.Combine(folder, "hot"), count / 2)), "", null, "3,000/s");
    }

    private static async Task<(double Creates, double Moves, double Recalled)> MeasureAsync(string folder, int count)
    {
        var ids = new Guid[count];
        var (creates, moves) = (0d, 0d);
        await using (var silo = await StartAsync(folder))
        {
            await Work.SetUpAsync(silo);
            creates = await Work.RateAsync(count, Callers, i => Work.TellAsync(silo, "opportunity", ids[i] = Guid.CreateVersion7(), Work.Create(i), isFresh: true));
            moves = await Work.RateAsync(count, Callers, i =>
            {
                var (which, stage) = Work.MoveAt(i, count);
                return Work.TellAsync(silo, "opportunity", ids[which], Work.Move(stage));
            });
        }

        await using var again = await StartAsync(folder);
        return (creates, moves, await Work.RateAsync(count, Callers, i => Work.TellAsync(again, "opportunity", ids[i], Work.Move(i + 1))));
    }

    private static Task<CrmSilo> StartAsync(string folder) => CrmSilo.StartAsync(SiloOptions.On(new() { Folder = folder }), TimeProvider.System, CancellationToken.None);

    private static async Task<double> HotGrainAsync(string folder, int count)
    {
        await using var silo = await StartAsync(folder);
        await Work.SetUpAsync(silo);
        var id = Guid.CreateVersion7();
        await Work.TellAsync(silo, "opportunity", id, Work.Create(1));
        var activity = new Grains.Kernel.ActivityDraft("note", "已联系");
        return await Work.RateAsync(count, Callers, _ => Work.TellAsync(silo, "opportunity", id, new OpportunityCommand.LogActivity(activity)));
    }
}
