using Crm.Runtime.Journal;
using Crm.Silo.Funnel;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;

namespace Crm.Benchmarks;

/// <summary>Lists and funnels over many opportunities, and starting with them.</summary>
internal static class ListBench
{
    private const int Samples = 300;
    private const int GroupSamples = 20;

    private static readonly (string Name, ListRequest Request)[] Lists =
    [
        ("filtered and sorted by amount", new("stage eq \"quote\" and amount ge 10000", "-amount")),
        ("of one owner, sorted by amount", new($"ownerId eq \"{new Guid(3, 0, 0, new byte[8])}\" and status eq \"open\"", "-amount")),
        ("sorted by last change", new("status eq \"open\"", "-updatedAt")),
        ("full text", new(Q: "腾云科技")),
        ("full text, one character", new(Q: "腾")),
        ("full text, two digits", new(Q: "12")),
        ("full text of one owner", new($"ownerId eq \"{new Guid(3, 0, 0, new byte[8])}\"", Q: "腾云科技")),
        ("full text, sorted by amount", new(Sort: "-amount", Q: "腾云科技")),
    ];

    private static readonly (string Name, GroupRequest Request)[] Groups =
    [
        ("by stage, summed", new("stage", "amount")),
        ("by owner", new("ownerId")),
        ("by month of closing, summed", new("expectedCloseOn", "amount")),
        ("of one owner by stage, summed", new("stage", "amount", $"ownerId eq \"{new Guid(3, 0, 0, new byte[8])}\"")),
    ];

    public static async Task RunAsync(string folder, int few, int many)
    {
        var data = Path.Combine(folder, "lists");
        await using (var silo = await OpenAsync(data))
        {
            await Work.SetUpAsync(silo);
            await FillAsync(silo, 0, few);
            await MeasureAsync(silo, few, "3 ms");
            await FillAsync(silo, few, many);
            await MeasureAsync(silo, many, "10 ms");
            await MeasureFunnelAsync(silo);
        }

        var (server, took) = await ServerProcess.StartAsync(HttpBench.ServerProgram, [], HttpBench.Settings(data));
        await using (server)
        {
            Report.Add($"start with {many:N0} opportunities", $"{took.TotalSeconds:0.00} s", "", null, "3 s");
            Report.Add("memory once started", $"{server.Memory:N0} MiB", "", null, "300 MB");
        }
    }

    private static Task<CrmSilo> OpenAsync(string folder) => CrmSilo.StartAsync(SiloOptions.On(new() { Folder = folder }), TimeProvider.System, CancellationToken.None);

    private static async Task FillAsync(CrmSilo silo, int from, int to) =>
        await Work.RateAsync(to - from, 512, i => Work.TellAsync(silo, "opportunity", Guid.CreateVersion7(), Work.Create(from + i), isFresh: true));

    private static async Task MeasureAsync(CrmSilo silo, int count, string wanted)
    {
        foreach (var (name, request) in Lists)
        {
            List<double> samples = [];
            for (var i = 0; i < Samples; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                var answer = await silo.Cards.ListAsync(Work.Admin, silo.Slices.OfKind("opportunity"), request, CancellationToken.None);
                samples.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                if (answer.Items.Count != 50)
                {
                    throw new InvalidOperationException($"'{name}' answered {answer.Items.Count} items.");
                }
            }

            Report.Add($"page of 50 of {count:N0}, {name}, p50", Report.Milliseconds(Report.Percentile(samples, 0.5)), $"p99 {Report.Milliseconds(Report.Percentile(samples, 0.99))}", null, wanted);
        }

        foreach (var (name, request) in Groups)
        {
            List<double> samples = [];
            for (var i = 0; i < GroupSamples; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                var answer = await silo.Cards.GroupAsync(Work.Admin, silo.Slices.OfKind("opportunity"), request, CancellationToken.None);
                samples.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                if (answer.Buckets is not { Buckets.Count: > 0 })
                {
                    throw new InvalidOperationException($"'{name}' answered no groups.");
                }
            }

            Report.Add($"groups of {count:N0}, {name}, p50", Report.Milliseconds(Report.Percentile(samples, 0.5)), $"p99 {Report.Milliseconds(Report.Percentile(samples, 0.99))}", null, "");
        }
    }

    private static async Task MeasureFunnelAsync(CrmSilo silo)
    {
        List<double> samples = [];
        FunnelView? funnel = null;
        for (var i = 0; i < Samples; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            funnel = await silo.Funnels.ReadAsync(Work.Admin, new("simple", "2026-12"), CancellationToken.None);
            samples.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        Report.Add("funnel read, p50", Report.Milliseconds(Report.Percentile(samples, 0.5)), $"p99 {Report.Milliseconds(Report.Percentile(samples, 0.99))}", null, "1 ms");
        var live = silo.Store.Tallies.Read(Work.Tenant, "opportunity").Aggregate(default(TallyTotal), (sum, one) => new(sum.Count + one.Value.Count, sum.Hundredths + one.Value.Hundredths));
        var whole = await silo.Store.CountAsync(new(Work.Tenant, "opportunity"), int.MaxValue, CancellationToken.None);
        Report.Add("funnel's count equals SQL's", $"{live.Count:N0}", $"{whole:N0}", null, "equal");
        _ = funnel ?? throw new InvalidOperationException("There is no funnel.");
    }
}
