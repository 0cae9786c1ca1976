using Crm.Orleans.Grains;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Stores;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Support;

/// <summary>The engine of the cluster, on any store: commands go from a client to one of three silos as bytes, and are judged there.</summary>
public sealed class ClusterFixture<TStore> : IRuntimeFixture where TStore : IStoreFixture, new()
{
    private readonly TStore _store = new();

    public IGrainStore OpenStore() => _store.Open();

    public IRunningEngine StartEngine(IGrainStore store, IReadOnlyList<IGrainBehaviour> behaviours, TimeProvider time, EngineLimits limits)
    {
        var session = BoxCluster.Open(() => new(
            store, behaviours, time, new() { MostWaiting = limits.MostWaiting, MostWaitingInOneGrain = limits.MostWaitingInOneGrain, IsShared = true }));
        var engine = new OrleansEngine(
            new BoxEnvelopes(), grain => BoxCluster.SeatOf(grain, session), store: null, local: null, time, new() { MostWaiting = limits.MostWaiting, OverloadTries = 0 });
        return new Running(engine, session, (FakeTime)time);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private sealed class Running(OrleansEngine engine, int session, FakeTime time) : IRunningEngine
    {
        public IGrainEngine Engine => engine;

        public int ActiveCount => BoxCluster.EnginesOf(session).Sum(one => one.ActiveCount);

        public Task DrainAsync(CancellationToken cancel) => engine.DrainAsync(cancel);

        public Task PutAwayIdleAsync()
        {
            time.Advance(TimeSpan.FromMinutes(3));
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await engine.DisposeAsync();
            await BoxCluster.CloseAsync(session);
        }
    }
}
