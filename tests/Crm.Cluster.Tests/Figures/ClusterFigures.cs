using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Crm.Cluster.Tests.Nodes;

namespace Crm.Cluster.Tests.Figures;

/// <summary>
/// What a cluster costs: new leads and notes on leads over HTTP to three nodes beside the same to one process, on the same PostgreSQL and
/// machine, in turn. New records are made by the node that is asked; notes find their lead, two times of three on another node. Runs when <c>CRM_CLUSTER_BENCH</c> says how many seconds each of the rounds takes.
/// </summary>
public sealed class ClusterFigures(ITestOutputHelper output)
{
    private const int Connections = 64;
    private const int Rounds = 3;
    private const int WarmCommands = 20_000;
    private const int Noted = 1_000;

    private static readonly TimeSpan LongestWarming = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Three_nodes_on_one_machine_beside_one_process()
    {
        var seconds = Environment.GetEnvironmentVariable("CRM_CLUSTER_BENCH");
        Assert.SkipWhen(string.IsNullOrEmpty(seconds), "CRM_CLUSTER_BENCH does not say for how many seconds to measure.");
        var time = TimeSpan.FromSeconds(int.Parse(seconds!, CultureInfo.InvariantCulture)); // else skipped
        await using var alone = await NodeGroup.StartAsync([NodeProcess.Alone]);
        await using var cluster = await NodeGroup.StartAsync(["both", "both", "both"]);
        var (aloneIds, clusterIds) = (await MakeAsync(alone.All[0]), await MakeAsync(cluster.All[0]));
        await WarmAsync(alone.All, aloneIds);
        await WarmAsync(cluster.All, clusterIds);
        var figures = new Figure[] { new("new leads"), new("notes on leads") };
        for (var round = 0; round < Rounds; round++)
        {
            // in turn, so that a machine that slows down slows both
            figures[0].Note(await RunAsync(alone.All, time, Lead), await RunAsync(cluster.All, time, Lead));
            figures[1].Note(await RunAsync(alone.All, time, number => Note(aloneIds, number)), await RunAsync(cluster.All, time, number => Note(clusterIds, number)));
        }

        foreach (var figure in figures)
        {
            output.WriteLine(figure.ToString());
        }
    }

    private static (string Path, object Body) Lead(int number) => ("/api/leads", new { name = $"Lead {number}", company = $"Company {Guid.CreateVersion7():N}" });

    private static (string Path, object Body) Note(IReadOnlyList<string> ids, int number) => ($"/api/leads/{ids[number % ids.Count]}/log-activity", new { type = "note", text = $"Note {number}" });

    private static async Task<IReadOnlyList<string>> MakeAsync(NodeProcess node)
    {
        using var http = Client(node);
        var ids = new List<string>();
        while (ids.Count < Noted)
        {
            var (path, body) = Lead(ids.Count);
            using var answer = await http.PostAsJsonAsync(path, body);
            using var made = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            ids.Add(made.RootElement.GetProperty("id").GetString()!); // every record has an id
        }

        return ids;
    }

    /// <summary>Goes on until the code is compiled as it will stay: three processes have three times as much to compile.</summary>
    private static async Task WarmAsync(IReadOnlyList<NodeProcess> nodes, IReadOnlyList<string> ids)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var count = 0d; count < WarmCommands * nodes.Count && TimeProvider.System.GetElapsedTime(begun) < LongestWarming;)
        {
            count += (await RunAsync(nodes, TimeSpan.FromSeconds(3), Lead)).Count + (await RunAsync(nodes, TimeSpan.FromSeconds(3), number => Note(ids, number))).Count;
        }
    }

    /// <summary>Sends commands over as many connections in all, however many nodes there are.</summary>
    private static async Task<Round> RunAsync(IReadOnlyList<NodeProcess> nodes, TimeSpan time, Func<int, (string Path, object Body)> command)
    {
        var count = 0;
        var spent = nodes.Select(node => node.ProcessorTime).ToList();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            using var http = Client(nodes[connection % nodes.Count]);
            while (TimeProvider.System.GetElapsedTime(started) < time)
            {
                var (path, body) = command(Interlocked.Increment(ref count));
                using var answer = await http.PostAsJsonAsync(path, body);
                answer.EnsureSuccessStatusCode();
            }
        }));
        return new(count, TimeProvider.System.GetElapsedTime(started), nodes.Zip(spent, (node, before) => node.ProcessorTime - before).Aggregate((one, other) => one + other));
    }

    private static HttpClient Client(NodeProcess node)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = node.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "torture-key");
        return http;
    }

    /// <summary>The best round of each.</summary>
    private sealed class Figure(string what)
    {
        private Round _alone;
        private Round _cluster;

        public void Note(Round alone, Round cluster) => (_alone, _cluster) = (Better(_alone, alone), Better(_cluster, cluster));

        public override string ToString() =>
            $"{what}: one process {_alone.Rate:N0}/s, three nodes {_cluster.Rate:N0}/s: {_cluster.Rate / _alone.Rate:N2} of it (at least 0.75 is wanted); "
            + $"{_alone.Cost.TotalMicroseconds:N0} and {_cluster.Cost.TotalMicroseconds:N0} µs of processor time a command in the processes, the database's not counted";

        private static Round Better(Round one, Round other) => one.Rate > other.Rate ? one : other;
    }

    private readonly record struct Round(int Count, TimeSpan Time, TimeSpan Spent)
    {
        public double Rate => Count == 0 ? 0 : Count / Time.TotalSeconds;

        public TimeSpan Cost => Spent / Count;
    }
}
