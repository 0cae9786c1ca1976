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

    [Fact]
    public async Task Three_nodes_on_one_machine_beside_one_process()
    {
        var seconds = Environment.GetEnvironmentVariable("CRM_CLUSTER_BENCH");
        Assert.SkipWhen(string.IsNullOrEmpty(seconds), "CRM_CLUSTER_BENCH does not say for how many seconds to measure.");
        var time = TimeSpan.FromSeconds(int.Parse(seconds!, CultureInfo.InvariantCulture)); // else skipped
        await using var alone = await NodeGroup.StartAsync([NodeProcess.Alone]);
        await using var cluster = await NodeGroup.StartAsync(["both", "both", "both"]);
        var (bestAlone, bestCluster) = (0d, 0d);
        await RateAsync(alone.All, time);
        await RateAsync(cluster.All, time);
        for (var round = 0; round < Rounds; round++)
        {
            // in turn, so that a machine that slows down slows both
            bestAlone = Math.Max(bestAlone, await RateAsync(alone.All, time));
            bestCluster = Math.Max(bestCluster, await RateAsync(cluster.All, time));
        }

        output.WriteLine($"one process {bestAlone:N0}/s, three nodes {bestCluster:N0}/s: {bestCluster / bestAlone:N2} of it (at least 0.75 is wanted)");
    }

    /// <returns>Leads captured a second, over as many connections in all, however many nodes there are.</returns>
    private static async Task<double> RateAsync(IReadOnlyList<NodeProcess> nodes, TimeSpan time)
    {
        var count = 0;
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
        return count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
