using Crm.Runtime.Embedded;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Sqlite;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Support;

/// <summary>Tests of the ways to where boxes sit, with a store of their own.</summary>
public abstract class SeatTests : IAsyncDisposable
{
    private readonly SqliteFixture _fixture = new();

    private protected SeatTests() => Store = _fixture.Open();

    private protected BoxEnvelopes Envelopes { get; } = new();

    private protected IGrainStore Store { get; }

    /// <summary>What judges boxes on one node.</summary>
    private protected EmbeddedEngine Judge(int mostWaiting = 20_000) =>
        new(Store, [new BoxBehaviour(), new BoxBehaviour("lid", isSearched: false)], TimeProvider.System, new() { IsShared = true, MostWaiting = mostWaiting });

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
