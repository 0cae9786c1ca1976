using System.Net.Http.Json;

namespace Crm.Cluster.Tests.Nodes;

public sealed class EndOfAllTests
{
    [Fact]
    public async Task A_cluster_whose_nodes_all_died_at_once_begins_again_with_all_that_was_answered()
    {
        await using var group = await NodeGroup.StartAsync(["both", "both"]);
        using (var made = await group.All[0].Http.PostAsJsonAsync("/api/leads", new { name = "Survivor", company = "Survivor Ltd" }))
        {
            made.EnsureSuccessStatusCode();
        }

        await Task.WhenAll(group.All.Select(node => node.KillAsync()));
        // only one comes back, and the other's place is never taken again
        await NodeGroup.ReadyAsync(group.All[1]);
        (await group.All[1].Http.GetStringAsync("/api/leads?q=Survivor")).Should().Contain("Survivor Ltd");
    }
}
