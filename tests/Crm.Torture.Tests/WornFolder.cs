using System.Text.Json;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Tests;

/// <summary>A data folder that a server has worked on and closed, and what its clients know of it.</summary>
public sealed class WornFolder : IAsyncLifetime
{
    private readonly string _work = Path.Combine(Folders.Fleeting, $"crm-worn-{Environment.ProcessId}");

    internal LoadDriver Load { get; private set; } = null!; // made before the first test

    internal IReadOnlyDictionary<string, JsonDocument> Funnels { get; private set; } = null!; // made before the first test

    private string Folder => Path.Combine(_work, "data");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        var problems = new Problems();
        Load = new(seed: 7, clients: 1, "w", problems);
        await using var server = await ServerProcess.StartAsync(new(Folder));
        await Load.ConnectAsync(server);
        var random = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            await Load.SendAsync(Load.MakeUp(random));
        }

        await AtRest.WaitAsync(Folder);
        Funnels = await FunnelQuery.ReadAsync(Load);
        await server.StopAsync();
        problems.All.Should().BeEmpty();
    }

    /// <summary>A copy to do harm to.</summary>
    internal string Copy() => Folders.Copy(Folder, Path.Combine(_work, "copy"));

    public ValueTask DisposeAsync()
    {
        Load.Dispose();
        Directory.Delete(_work, recursive: true);
        return ValueTask.CompletedTask;
    }
}
