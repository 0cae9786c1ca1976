using Crm.Runtime.Journal;

namespace Crm.Runtime.Tests.Engines;

/// <summary>An engine and a store for it. An engine that passes the suites supplies one.</summary>
public interface IRuntimeFixture : IAsyncDisposable
{
    /// <summary>Opens the store on the data there is.</summary>
    IGrainStore OpenStore();

    /// <summary>Starts an engine on an open store. Several may be started on one.</summary>
    /// <param name="time">Not for putting grains away, if that has a clock of its own; see <see cref="IRunningEngine.PutAwayIdleAsync"/>.</param>
    IRunningEngine StartEngine(IGrainStore store, IReadOnlyList<IGrainBehaviour> behaviours, TimeProvider time, EngineLimits limits);
}

/// <summary>Bounds that the suites reach.</summary>
public sealed record EngineLimits(int MostWaiting = 20_000, int MostWaitingInOneGrain = 5_000);

/// <summary>An engine under test.</summary>
public interface IRunningEngine : IAsyncDisposable
{
    IGrainEngine Engine { get; }

    /// <summary>Grains in memory.</summary>
    int ActiveCount { get; }

    Task DrainAsync(CancellationToken cancel);

    /// <summary>Lets enough time pass for idle grains to be put away.</summary>
    Task PutAwayIdleAsync();
}
