using Crm.Runtime.Tests.PostgreSql;

namespace Crm.Cluster.Tests.Nodes;

/// <summary>A cluster of processes on a database of its own, started together.</summary>
internal sealed class NodeGroup : IAsyncDisposable
{
    /// <summary>How long a node may take until it is ready, or has ended.</summary>
    public static readonly TimeSpan StartTime = TimeSpan.FromSeconds(120);

    private readonly ThrowAwayServer _server;
    private readonly string _folder;

    private NodeGroup(ThrowAwayServer server, string connection, string folder, IReadOnlyList<NodeProcess> all) => (_server, Connection, _folder, All) = (server, connection, folder, all);

    public string Connection { get; }

    public IReadOnlyList<NodeProcess> All { get; }

    /// <param name="roles">Of each node, as <c>--role</c>.</param>
    /// <param name="settings">Of all nodes, besides the usual.</param>
    public static async Task<NodeGroup> StartAsync(string[] roles, IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("crm-cluster-").FullName;
        var server = await ThrowAwayServer.Shared;
        var connection = await server.MakeDatabaseAsync();
        var nodes = new NodeGroup(server, connection, folder, [.. roles.Select((role, number) => new NodeProcess(number, folder, connection, role, settings))]);
        try
        {
            // all at once: what an installation has once is made by one of them
            await nodes.ReadyAsync();
            return nodes;
        }
        catch
        {
            nodes.Tell(TestContext.Current.TestOutputHelper);
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts those that do not run, and waits until all are ready.</summary>
    public async Task ReadyAsync()
    {
        foreach (var node in All.Where(node => !node.IsRunning))
        {
            node.Start();
        }

        await Task.WhenAll(All.Select(ReadyAsync));
    }

    public static async Task ReadyAsync(NodeProcess node)
    {
        for (var since = TimeProvider.System.GetTimestamp(); !await node.IsReadyAsync();)
        {
            if (!node.IsRunning)
            {
                node.Start();
            }

            TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(StartTime, "a node that is not hurt is soon ready");
            await Task.Delay(250);
        }
    }

    /// <summary>What the nodes have said last.</summary>
    public void Tell(ITestOutputHelper? output)
    {
        foreach (var node in All)
        {
            output?.WriteLine($"== {node.LogFile}");
            output?.WriteLine(string.Join('\n', File.Exists(node.LogFile) ? File.ReadLines(node.LogFile).TakeLast(60) : []));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in All)
        {
            await node.DisposeAsync();
        }

        await _server.DropDatabaseAsync(Connection);
        Directory.Delete(_folder, recursive: true);
    }
}
