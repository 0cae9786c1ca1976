using System.Globalization;
using Crm.Cluster.Tests.Nodes;
using Crm.Cluster.Tests.Support;
using Crm.Grains.Leads;
using Crm.Runtime.PostgreSql;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;

namespace Crm.Cluster.Tests.Torture;

/// <summary>
/// Three nodes in processes of their own on one PostgreSQL, with the states of grains in either place. Nodes are killed, stopped and cut off while clients go on; in the end every
/// command that was answered is in the journal once, and none is there twice. <c>CRM_CLUSTER_SECONDS</c> says how long (60).
/// </summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    private const int Callers = 24;

    [Theory]
    [InlineData("Store")]
    [InlineData("AdoNet")]
#if CRM_AZURE
    [InlineData("AzureTable")]
    [InlineData("AzureBlob")]
#endif
    public async Task Nothing_is_lost_and_nothing_happens_twice_while_nodes_are_killed_stopped_and_cut_off(string states)
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable("CRM_CLUSTER_SECONDS") ?? "60", CultureInfo.InvariantCulture);
        await using var cluster = await NodeGroup.StartAsync(["both", "both", "both"], await StatePlaces.SettingsAsync(states));
        var nodes = cluster.All;
        try
        {
            using var end = new CancellationTokenSource();
            var load = new TortureLoad(nodes);
            var running = load.RunAsync(Callers, end.Token);
            var faults = await HurtAsync(nodes, TimeSpan.FromSeconds(seconds));
            await Task.WhenAll(nodes.Select(NodeGroup.ReadyAsync));
            await end.CancelAsync();
            await running;

            output.WriteLine($"states in {states}, {seconds} s, {faults}; {load.Captured.Count} leads and {load.Noted.Count} notes answered, {load.Tries} tries, {load.Unknown.Count} never answered.");
            load.Wrong.Should().BeEmpty();
            load.Unknown.Should().BeEmpty("with all nodes well again every command is answered");
            await CheckAsync(cluster.Connection, load);

            var codes = await Task.WhenAll(nodes.Select(node => node.TerminateAsync()));
            codes.Should().OnlyContain(code => code == 0, "asked to end, a node ends well");
        }
        catch
        {
            cluster.Tell(output);
            throw;
        }
    }

    /// <summary>Hurts one node after the other, each in another way each time, and lets it recover before the next.</summary>
    private static async Task<string> HurtAsync(IReadOnlyList<NodeProcess> nodes, TimeSpan time)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var (kills, stops, cuts, ends) = (0, 0, 0, 0);
        for (var round = 0; TimeProvider.System.GetElapsedTime(begun) < time; round++)
        {
            var node = nodes[round % nodes.Count];
            await Task.Delay(TimeSpan.FromSeconds(2));
            switch (round % 5)
            {
                case 0 or 3:
                    kills++;
                    await node.KillAsync();
                    break;
                case 1:
                    stops++;
                    node.Freeze();
                    await Task.Delay(TimeSpan.FromSeconds(20));
                    node.Thaw();
                    break;
                case 4:
                    ends++;
                    (await node.TerminateAsync()).Should().Be(0, "asked to end, a node ends well, also under load");
                    break;
                default:
                    cuts++;
                    node.Cut();
                    await Task.Delay(TimeSpan.FromSeconds(20));
                    node.Mend();
                    break;
            }

            await Task.Delay(TimeSpan.FromSeconds(3));
            await NodeGroup.ReadyAsync(node);
        }

        return $"{kills} kills, {stops} stops of 20 s, {cuts} cuts of 20 s, {ends} ends as asked, {nodes.Sum(node => node.Starts)} starts";
    }

    private static async Task CheckAsync(string connection, TortureLoad load)
    {
        var slices = new SliceBehaviours(new TenantDirectory(), new AccessDirectory()).Make();
        await using var store = await PostgreSqlStore.OpenAsync(new() { ConnectionString = connection, IsExclusive = false }, slices, CancellationToken.None);
        (await store.VerifyAsync("demo", CancellationToken.None)).Should().BeNull("the chain is whole");

        var leads = slices.Single(slice => slice.Kind == "lead");
        var captures = new Dictionary<string, int>(StringComparer.Ordinal);
        var notes = new Dictionary<string, int>(StringComparer.Ordinal);
        var versions = new Dictionary<(string Kind, Guid Key), long>();
        var position = 0L;
        while (await store.ReadJournalAsync("demo", position, 1_000, null, CancellationToken.None) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                entry.Position.Should().Be(++position, "positions have no gap");
                var version = versions.GetValueOrDefault((entry.Kind, entry.Key)) + 1;
                entry.Version.Should().Be(version, "versions have no gap");
                versions[(entry.Kind, entry.Key)] = version;
                if (entry.Kind == "lead")
                {
                    switch (leads.ReadEvent(entry.Payload))
                    {
                        case LeadEvent.Captured captured:
                            captures[captured.Details.Name] = captures.GetValueOrDefault(captured.Details.Name) + 1;
                            break;
                        case LeadEvent.CapturedAgain:
                            captures[$"again {entry.Key}"] = 2;
                            break;
                        case LeadEvent.ActivityLogged logged:
                            notes[logged.Activity.Text] = notes.GetValueOrDefault(logged.Activity.Text) + 1;
                            break;
                    }
                }
            }
        }

        load.Captured.Where(lead => captures.GetValueOrDefault(lead.Marker) != 1).Should().BeEmpty("each lead that was answered was captured, once");
        load.Noted.Where(note => notes.GetValueOrDefault(note.Marker) != 1).Should().BeEmpty("each note that was answered was taken, once");
        captures.Concat(notes).Where(marker => marker.Value > 1).Should().BeEmpty("nothing happened twice");
    }
}
