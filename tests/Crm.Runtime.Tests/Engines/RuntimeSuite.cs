using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Engines;

/// <summary>A contract suite of what runs grains: every engine passes it, on every store. Time stands still until a test moves it.</summary>
public abstract class RuntimeSuite<TFixture> : IAsyncLifetime where TFixture : IRuntimeFixture, new()
{
    private readonly Lock _opening = new();
    private FaultyStore? _store;
    private IRunningEngine? _running;

    protected static CancellationToken None => CancellationToken.None;

    protected RuntimeSuite()
    {
        Time = new();
        Pace = Time.ViewFor();
    }

    private protected static GrainId One { get; } = Hand.Box(1);

    private protected static GrainId Two { get; } = Hand.Box(2);

    protected TFixture Fixture { get; } = new();

    private protected FakeTime Time { get; }

    /// <summary>The time of what is tried on the engine.</summary>
    private protected FakeTime.View Pace { get; }

    private protected BoxBehaviour Boxes { get; } = new();

    private protected FaultyStore Store
    {
        get
        {
            lock (_opening)
            {
                return _store ??= new(Fixture.OpenStore());
            }
        }
    }

    protected EngineLimits Limits { get; set; } = new();

    protected IReadOnlyList<IGrainBehaviour> Behaviours => [Boxes, new BoxBehaviour("lid", isSearched: false)];

    protected IRunningEngine Running
    {
        get
        {
            lock (_opening)
            {
                return _running ??= StartAnother();
            }
        }
    }

    protected IGrainEngine Engine => Running.Engine;

    /// <summary>Opens what is tried before many threads ask for it at once: opening may need threads of the pool, which would all be waiting here.</summary>
    private protected void Open() => _ = Running;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A second engine on the same store.</summary>
    protected IRunningEngine StartAnother() => Fixture.StartEngine(Store, Behaviours, Time, Limits);

    /// <summary>Ends everything; what is used next is opened anew on the same data.</summary>
    protected virtual async Task CloseAsync()
    {
        if (_running is not null)
        {
            await _running.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        (_running, _store) = (null, null);
    }

    private protected Task<Outcome> TellAsync(GrainId grain, BoxCommand command, string? commandId = null, byte[]? fingerprint = null, long? expected = null, DateTimeOffset? now = null, bool isFresh = false) =>
        Engine.TellAsync(new(grain, command, Sender.System, commandId, fingerprint, expected, now, isFresh), None).SoonAsync();

    private protected Task<Outcome> AddAsync(GrainId grain, long by = 1, string? commandId = null) => TellAsync(grain, new BoxCommand.Add(by), commandId);

    private protected Task<Outcome> FillAsync(GrainId grain, Look look) => TellAsync(grain, new BoxCommand.Fill(look));

    private protected async Task<Box> BoxOfAsync(GrainId grain) => ((BoxMemory)new BoxBehaviour().Recall(grain, await Store.LoadAsync(grain, None))).Box;

    private protected async Task<IReadOnlyList<JournalEntry>> JournalAsync(string tenant = "acme") => await Store.ReadJournalAsync(tenant, 0, 100_000, null, None);
}
