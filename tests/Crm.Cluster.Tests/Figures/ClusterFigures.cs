using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Crm.Cluster.Tests.Nodes;

namespace Crm.Cluster.Tests.Figures;

/// <summary>
/// What a cluster costs: durable commands over HTTP to three nodes beside the same to one process, on the same PostgreSQL and machine, in
/// turn. Runs when <c>CRM_CLUSTER_BENCH</c> says how many seconds each of the rounds takes.
/// </summary>
public sealed class ClusterFigures(ITestOutputHelper output)
{
    private const int Connections = 64;
    private const int Rounds = 3;
    private const int WarmCommands = 20_000;

    private static readonly TimeSpan LongestWarming = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Three_nodes_on_one_machine_beside_one_process()
    {
        var seconds = Environment.GetEnvironmentVariable("CRM_CLUSTER_BENCH");
        Assert.SkipWhen(string.IsNullOrEmpty(seconds), "CRM_CLUSTER_BENCH does not say for how many seconds to measure.");
        var time = TimeSpan.FromSeconds(int.Parse(seconds!, CultureInfo.InvariantCulture)); // else skipped
        await using var alone = await NodeGroup.StartAsync([NodeProcess.Alone]);
        await using var cluster = await NodeGroup.StartAsync(["both", "both", "both"]);
        await WarmAsync(alone.All);
        await WarmAsync(cluster.All);
        var (bestAlone, bestCluster) = (default(Round), default(Round));
        for (var round = 0; round < Rounds; round++)
        {
            // in turn, so that a machine that slows down slows both
            bestAlone = Better(bestAlone, await RunAsync(alone.All, time));
            bestCluster = Better(bestCluster, await RunAsync(cluster.All, time));
        }

        output.WriteLine(
            $"one process {bestAlone.Rate:N0}/s, three nodes {bestCluster.Rate:N0}/s: {bestCluster.Rate / bestAlone.Rate:N2} of it (at least 0.75 is wanted); "
            + $"{bestAlone.Cost.TotalMicroseconds:N0} and {bestCluster.Cost.TotalMicroseconds:N0} µs of processor time a command in the processes, the database's not counted");
    }

    /// <summary>Goes on until the code is compiled as it will stay: three processes have three times as much to compile.</summary>
    private static async Task WarmAsync(IReadOnlyList<NodeProcess> nodes)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var count = 0d; count < WarmCommands * nodes.Count && TimeProvider.System.GetElapsedTime(begun) < LongestWarming;)
        {
            count += (await RunAsync(nodes, TimeSpan.FromSeconds(5))).Count;
        }
    }

    private static Round Better(Round one, Round other) => one.Rate > other.Rate ? one : other;

    /// <summary>Captures leads, over as many connections in all, however many nodes there are.</summary>
    private static async Task<Round> RunAsync(IReadOnlyList<NodeProcess> nodes, TimeSpan time)
    {
        var count = 0;
        var spent = nodes.Select(node => node.ProcessorTime).ToList();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = nodes[connection % nodes.Count].Http.BaseAddress };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "torture-key");
            while (TimeProvider.System.GetElapsedTime(started) < time)
            {
                var number = Interlocked.Increment(ref count);
                using var answer = await http.PostAsJsonAsync("/api/leads", new { name = $"Lead {number}", company = $"Company {Guid.CreateVersion7():N}" });
                answer.EnsureSuccessStatusCode();
            }
        }));
        return new(count, TimeProvider.System.GetElapsedTime(started), nodes.Zip(spent, (node, before) => node.ProcessorTime - before).Aggregate((one, other) => one + other));
    }

    private readonly record struct Round(int Count, TimeSpan Time, TimeSpan Spent)
    {
        public double Rate => Count == 0 ? 0 : Count / Time.TotalSeconds;

        public TimeSpan Cost => Spent / Count;
    }
}
