using Crm.Cluster.Tests.Torture;

namespace Crm.Cluster.Tests.Nodes;

/// <summary>The silos of a cluster are ended and started again one after the other, as an upgrade does, while clients go on at a web node.</summary>
public sealed class RollingUpgradeTests(ITestOutputHelper output)
{
    private const int Callers = 8;

    [Fact]
    public async Task Nobody_at_a_web_node_sees_more_of_it_than_a_delay()
    {
        await using var group = await NodeGroup.StartAsync(["both", "both", "web"]);
        try
        {
            using var end = new CancellationTokenSource();
            var load = new TortureLoad([group.All[2]]);
            var running = load.RunAsync(Callers, end.Token);
            foreach (var silo in group.All.Take(2))
            {
                var before = load.Captured.Count;
                (await silo.TerminateAsync()).Should().Be(0, "asked to end, a node ends well");
                await NodeGroup.ReadyAsync(silo);
                await AnsweredAsync(load, before);
            }

            await end.CancelAsync();
            await running;

            output.WriteLine($"{load.Captured.Count} leads and {load.Noted.Count} notes answered, {load.Tries} tries");
            load.Wrong.Should().BeEmpty();
            load.Unknown.Should().BeEmpty();
            load.Tries.Should().Be(load.Captured.Count + load.Noted.Count, "each command was answered the first time");
        }
        catch
        {
            group.Tell(output);
            throw;
        }
    }

    /// <summary>Waits until the load has gone on since.</summary>
    private static async Task AnsweredAsync(TortureLoad load, int before)
    {
        for (var since = TimeProvider.System.GetTimestamp(); load.Captured.Count < before + Callers;)
        {
            TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(50);
        }
    }
}
