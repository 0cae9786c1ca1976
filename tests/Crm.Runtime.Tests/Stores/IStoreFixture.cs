using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>A place for data on which a store is opened and closed as often as a test likes. A store that passes the suites supplies one.</summary>
public interface IStoreFixture : IAsyncDisposable
{
    /// <summary>Opens the store on the data there is, for boxes (searched) and lids (not).</summary>
    IGrainStore Open(StoreFaults? faults = null);

    /// <summary>Changes the journal behind the store's back.</summary>
    /// <param name="other">The other row of <see cref="Tampering.Swap"/>.</param>
    void Tamper(string tenant, Tampering how, long position, long other = 0);

    /// <summary>All rows of all tables as text, but of the search index; tallies as sums, for how those are split is the store's own.</summary>
    IReadOnlyList<string> Dump();
}

/// <summary>Where a store is to fail.</summary>
/// <param name="At">Called at "begin", "apply" (each write) and "commit", and where a store syncs by itself at "sync"; throwing an <see cref="IOException"/> is a failing disk.</param>
/// <param name="OnFatal">Told when the store has stopped for good.</param>
public sealed record StoreFaults(Action<string>? At = null, Action<string>? OnFatal = null);

public enum Tampering
{
    FlipPayload,
    ErasePayload,
    ChangeType,
    Delete,
    Swap,
}

/// <summary>A contract suite: every store passes it.</summary>
public abstract class StoreSuite<TFixture> : IAsyncLifetime where TFixture : IStoreFixture, new()
{
    private IGrainStore? _store;
    private Hand? _hand;

    protected static CancellationToken None => CancellationToken.None;

    protected TFixture Fixture { get; } = new();

    protected IGrainStore Store => _store ??= Fixture.Open();

    private protected Hand Hand => _hand ??= new(Store);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the store with faults, instead of the one without.</summary>
    protected void Open(StoreFaults faults) => _store = Fixture.Open(faults);

    protected async Task CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        (_store, _hand) = (null, null);
    }

    private protected async Task<Box> BoxOfAsync(GrainId grain) => ((BoxMemory)new BoxBehaviour().Recall(grain, await Store.LoadAsync(grain, None))).Box;
}
