using System.Net;
using Crm.Orleans.Placing;
using Crm.Orleans.States;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Runtime.PostgreSql;
using Crm.Runtime.Sharing;
using Crm.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using ClusterOptions = Orleans.Configuration.ClusterOptions;
using SiloOptions = Crm.Silo.Hosting.SiloOptions;

namespace Crm.Orleans.Hosting;

/// <summary>
/// A node's membership in the cluster, as a host of its own beside the web server: it is joined once the store is open and before the doors
/// are, and left once the doors are shut and before the store closes.
/// </summary>
/// <param name="filePlace">What the place of files is called, for whoever set it.</param>
internal sealed class ClusterHost(ClusterSettings settings, string filePlace) : IAsyncDisposable
{
    /// <summary>How long leaving may take before it is given up.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(15);

    private readonly IHost _host = Build(settings);
    private ClusterNode? _node;
    private LeasedShare? _share;
    private OpeningTurn? _turn;
    private IFileStore? _files;
    private PostgreSqlAnnouncements? _announcements;
    private StatesKeeper? _keeper;
    private bool _hasLeft;

    /// <summary>Called when the store has failed for good: the process must end.</summary>
    public Action<string>? OnFatal { get; set; }

    /// <summary>Something in the background failed and goes on: for the log.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Puts a silo on the cluster.</summary>
    public SiloOptions Shape(SiloOptions options) => options with
    {
        OpenStore = (slices, cancel) => OpenAsync(options, slices, cancel),
        OpenFiles = (_, _) => ValueTask.FromResult(_files ?? throw new InvalidOperationException("The store comes first.")),
        MakeShare = (_, time) => Share(time),
        MakeNotices = () => Node.Notices,
        MakeEngine = (_, slices, _) => MakeEngine(slices),
    };

    /// <summary>The node has all it needs: opens its doors, and lets the next node begin.</summary>
    public void Admit(Action map)
    {
        map();
        _ = EndTurnAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndTurnAsync();
        await LeaveAsync();
        await (_announcements?.DisposeAsync() ?? ValueTask.CompletedTask);
        _host.Dispose();
    }

    private async ValueTask<IGrainStore> OpenAsync(SiloOptions options, IReadOnlyList<ISliceBehaviour> slices, CancellationToken cancel)
    {
        var openFiles = options.OpenFiles ?? throw new InvalidOperationException("Nodes must have their files in one place.");
        if (settings.Members == MemberKeeping.AdoNet)
        {
            await ClusterTables.MakeAsync(settings.ConnectionString, withStates: false, cancel);
        }

        if (settings.States == StateKeeping.AdoNet)
        {
            await ClusterTables.MakeAsync(settings.StatesConnectionString, withStates: true, cancel);
        }

        var store = await PostgreSqlStore.OpenAsync(
            new() { ConnectionString = settings.DataConnectionString, IsExclusive = false, IsTold = true, OnFatal = reason => OnFatal?.Invoke(reason) }, slices, cancel);
        _node = new(_host.Services, runsGrains: settings.Role != NodeRole.Web, TimeProvider.System);
        _node.Faulted += Report;
        var member = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        _turn = await OpeningTurn.TakeAsync(store, settings.Id, member, TimeProvider.System, cancel);
        // before others count on this node
        _files = await openFiles(TimeProvider.System, cancel);
        await CommonFiles.CheckAsync(_files, filePlace, store, TimeProvider.System, cancel);
        _share = new(store, settings.Id, member, takesWork: settings.Role != NodeRole.Web, TimeProvider.System);
        _share.Faulted += Report;
        var directory = new SliceDirectory(slices);
        // who runs no grains reads what was answered, which is in the store
        var seen = _node.Wrap(settings.States == StateKeeping.Store || settings.Role == NodeRole.Web ? store : await KeepStatesAsync(store, directory, member, cancel), directory, store.CatchUpAsync);
        await JoinAsync(cancel);
        return seen;
    }

    private async Task<StatesStore> KeepStatesAsync(PostgreSqlStore store, SliceDirectory slices, Guid member, CancellationToken cancel)
    {
        _announcements = new(settings.DataConnectionString);
        await _announcements.MakeAsync(cancel);
        var documents = new DocumentStore(() => _host.Services.GetRequiredKeyedService<IGrainStorage>(DocumentStore.Name));
        var states = new StatesStore(store, documents, _announcements, slices, member, TimeProvider.System);
        _keeper = new(states, store, settings.Id, TimeProvider.System, Report);
        return states;
    }

    private async Task JoinAsync(CancellationToken cancel)
    {
        using var joined = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var burying = StaleMembers.BuryAsync(_host.Services.GetRequiredService<IMembershipTable>(), TimeProvider.System, Report, joined.Token);
        try
        {
            await _host.StartAsync(cancel);
        }
        finally
        {
            await joined.CancelAsync();
            await burying;
        }
    }

    private Task EndTurnAsync() => _turn?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private LeasedShare Share(TimeProvider time)
    {
        _ = time;
        var share = _share ?? throw new InvalidOperationException("The store comes first.");
        share.Start();
        return share;
    }

    private ClusterEngine MakeEngine(SliceDirectory slices)
    {
        return new(Node.MakeEngine(slices, new() { BearsHere = settings.States == StateKeeping.Store }), Node, LeaveAsync);
    }

    private ClusterNode Node => _node ?? throw new InvalidOperationException("The store comes first.");

    private async ValueTask LeaveAsync()
    {
        if (_hasLeft)
        {
            return;
        }

        _hasLeft = true;
        if (_share is { } share)
        {
            await share.DisposeAsync();
        }

        await (_keeper?.DisposeAsync() ?? ValueTask.CompletedTask);

        using var patience = new CancellationTokenSource(LeaveTime);
        try
        {
            await _host.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // the others will find out
        }
    }

    private void Report(Exception bug) => Faulted?.Invoke(bug);

    private static IHost Build(ClusterSettings settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // the web server's host hears the signals, and ends this one in its turn
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.Id, settings.Id));
            silo.Configure<global::Orleans.Configuration.SiloOptions>(options => options.SiloName =
                $"{(settings.Role == NodeRole.Web ? ClusterLoad.WebName : ClusterLoad.HostName)}{Environment.MachineName}-{settings.Port}");
            silo.Configure<EndpointOptions>(options =>
            {
                (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (settings.Address, settings.Port, 0);
                options.SiloListeningEndpoint = new(settings.IsLocal ? IPAddress.Loopback : IPAddress.Any, settings.ListenPort);
            });
            silo.AddMembers(settings);
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromSeconds(2);
                options.NumMissedProbesLimit = 3;
                options.IAmAliveTablePublishTimeout = StaleMembers.SignPause;
                options.NumMissedTableIAmAliveLimit = StaleMembers.MostMissed;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
                options.DefunctSiloExpiration = TimeSpan.FromHours(1);
            });
            silo.AddStates(settings);
            silo.AddCrmGrains();
        });
        return builder.Build();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
