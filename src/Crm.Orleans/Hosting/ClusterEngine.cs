using Crm.Runtime;

namespace Crm.Orleans.Hosting;

/// <summary>The engine that a silo is given: leaving the cluster is part of its end.</summary>
internal sealed class ClusterEngine(IGrainEngine engine, ClusterNode node, Func<ValueTask> leave) : IGrainEngine
{
    public int ActiveCount => engine.ActiveCount;

    public int WaitingCount => engine.WaitingCount;

    public ValueTask<Outcome> TellAsync(CommandEnvelope envelope, CancellationToken cancel) => engine.TellAsync(envelope, cancel);

    public Task DrainAsync(CancellationToken cancel)
    {
        node.BeginDrain();
        return engine.DrainAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        // the seats go to other nodes while this one still answers what it has taken
        await leave();
        await node.DisposeAsync();
    }
}
