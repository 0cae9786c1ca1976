using Crm.Orleans.Feed;
using Crm.Orleans.Grains;
using Crm.Orleans.Placing;
using Crm.Runtime;
using Crm.Runtime.Embedded;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Wire;

namespace Crm.Orleans.Hosting;

/// <summary>
/// One node of the cluster around one silo of ours: the engine that runs the grains seated here, the sending of commands to wherever they
/// are seated, and the feed between the nodes.
/// </summary>
internal sealed class ClusterNode(IServiceProvider cluster, bool runsGrains, TimeProvider time) : IAsyncDisposable
{
    private FeedSender? _sender;
    private ClusterStore? _store;
    private EmbeddedEngine? _local;
    private bool _isDraining;

    /// <summary>What the feed failed at: for the log.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>What the nodes tell each other of what each keeps in memory only.</summary>
    public NodeNotices Notices { get; } = new();

    /// <summary>How busy this node is.</summary>
    public SiloLoad Load => new(_local?.ActiveCount ?? 0, _local?.WaitingCount ?? 0, _isDraining);

    /// <summary>The store as this node is to see it. Before the node joins the cluster.</summary>
    /// <param name="catchUp">Has the running totals of a tenant tell what was written up to a position.</param>
    public ClusterStore Wrap(IGrainStore store, SliceDirectory slices, Func<string, long, Task> catchUp)
    {
        _store = new(store, slices, catchUp, time);
        if (runsGrains)
        {
            _local = new(store, slices.All, time, new EmbeddedOptions { IsShared = true });
        }

        var receiver = cluster.GetRequiredService<FeedReceiver>();
        (receiver.Follower, receiver.Listener) = (_store.Take, Notices.Take);
        return _store;
    }

    /// <summary>The engine for this node's own commands. After the node has joined the cluster.</summary>
    public IGrainEngine MakeEngine(SliceDirectory slices, OrleansEngineOptions options)
    {
        var store = _store ?? throw new InvalidOperationException("The store comes first.");
        // only now, for what judges by rights follows the store from now on
        var local = cluster.GetRequiredService<LocalEngine>();
        local.Prepare = envelope => envelope.By.Rights is null && !slices.OfKind(envelope.Grain.Kind).Slice.HasCustomFields ? ValueTask.CompletedTask : slices.OfKind(envelope.Grain.Kind).PrepareAsync(envelope.Grain.Tenant, CancellationToken.None);
        local.Engine = _local;
        _sender = new(
            new CommitCodec(slices), cluster.GetRequiredService<FeedClient>(), cluster.GetRequiredService<IClusterMembershipService>(),
            cluster.GetRequiredService<ILocalSiloDetails>().SiloAddress, cluster.GetRequiredService<ClusterLoad>(), () => Load);
        _sender.Faulted += bug => Faulted?.Invoke(bug);
        store.Own += _sender.Tell;
        Notices.Told += _sender.Tell;
        Notices.Faulted += bug => Faulted?.Invoke(bug);
        var seats = new Seats(cluster.GetRequiredService<IGrainFactory>());
        return new OrleansEngine(
            cluster.GetRequiredService<IEnvelopes>(), seats.Of, store, _local, time, options);
    }

    /// <summary>New grains go elsewhere from now on.</summary>
    public void BeginDrain() => _isDraining = true;

    /// <summary>Ends what was taken by the grains seated here. After the node has left the cluster, before the store closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_local is { } local)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
            try
            {
                await local.DrainAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // what is still waiting is answered as unknown when the store closes
            }

            await local.DisposeAsync();
        }

        if (_sender is { } sender)
        {
            _store!.Own -= sender.Tell; // made after it
            Notices.Told -= sender.Tell;
            await sender.DisposeAsync();
        }
    }
}
