using Crm.Runtime.Embedded;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Clocks;
using Crm.Runtime.Tests.Effects;
using Crm.Runtime.Tests.Engines;
using Crm.Runtime.Tests.Live;
using Crm.Runtime.Tests.Reactions;
using Crm.Runtime.Tests.Sqlite;
using Crm.Runtime.Tests.Stores;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Embedded;

/// <summary>The engine in this process, on any store.</summary>
public sealed class EmbeddedFixture<TStore> : IRuntimeFixture where TStore : IStoreFixture, new()
{
    private readonly TStore _store = new();

    public IGrainStore OpenStore() => _store.Open();

    public IRunningEngine StartEngine(IGrainStore store, IReadOnlyList<IGrainBehaviour> behaviours, TimeProvider time, EngineLimits limits) =>
        new Running(new(store, behaviours, time, new() { MostWaiting = limits.MostWaiting, MostWaitingInOneGrain = limits.MostWaitingInOneGrain }), (FakeTime)time);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private sealed class Running(EmbeddedEngine engine, FakeTime time) : IRunningEngine
    {
        public IGrainEngine Engine => engine;

        public int ActiveCount => engine.ActiveCount;

        public Task DrainAsync(CancellationToken cancel) => engine.DrainAsync(cancel);

        public Task PutAwayIdleAsync()
        {
            time.Advance(TimeSpan.FromMinutes(3));
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}

public sealed class EmbeddedEngineTests : EngineSuite<EmbeddedFixture<SqliteFixture>>
{
    [Fact]
    public async Task Of_grains_that_were_only_made_the_newest_stay_in_memory()
    {
        await AddAsync(Hand.Box(0));
        await AddAsync(Hand.Box(1));
        await AddAsync(Hand.Box(1));
        for (var i = 2; i < 600; i++)
        {
            await AddAsync(Hand.Box(i));
        }

        var stayed = Running.ActiveCount;
        stayed.Should().BeInRange(100, 300);
        var loads = Store.Loads;
        (await AddAsync(Hand.Box(599))).Version.Should().Be(2);
        (await AddAsync(Hand.Box(1))).Version.Should().Be(3);
        Store.Loads.Should().Be(loads, "one was just made, and the other was spoken to again");
        (await AddAsync(Hand.Box(0))).Version.Should().Be(2);
        Store.Loads.Should().Be(loads + 1);
        (await BoxOfAsync(Hand.Box(0))).Sum.Should().Be(2);
    }
}

public sealed class EmbeddedClockTests : ClockSuite<EmbeddedFixture<SqliteFixture>>;

public sealed class EmbeddedReactionTests : ReactionSuite<EmbeddedFixture<SqliteFixture>>;

public sealed class EmbeddedEffectTests : EffectSuite<EmbeddedFixture<SqliteFixture>>;

public sealed class EmbeddedLiveTests : LiveSuite<EmbeddedFixture<SqliteFixture>>;
