using System.Threading.Channels;
using Crm.Grains.Imports;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Leads;
using Crm.Silo.Reading;

namespace Crm.Silo.Imports;

/// <summary>
/// Runs imports and undoes them, one after the other in each tenant. Woken by what is requested; after a restart it takes up what was not
/// finished, from the last row that was counted. Where the work is shared, a tenant's imports run where its share is.
/// </summary>
public sealed class ImportRunner : IAsyncDisposable
{
    private const int PageSize = 200;

    /// <summary>The name of this work.</summary>
    private const string Work = "imports";

    private readonly IGrainStore _store;
    private readonly ISliceBehaviour _slice;
    private readonly ImportWork _work;
    private readonly IWorkShare _share;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    public ImportRunner(CommandDesk commands, LeadDesk leads, IGrainStore store, SliceDirectory slices, ImportFiles files, TimeProvider time, IWorkShare? share = null)
    {
        (_store, _slice, _share) = (store, slices.OfKind("import"), share ?? WholeShare.Instance);
        _work = new(commands, leads, store, slices, files, new ImportHistory(store), time);
    }

    /// <summary>An import, or a row of one, failed because of a bug or a broken machine.</summary>
    public event Action<GrainId, Exception>? Failed;

    /// <summary>Takes up what is unfinished.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _work.Failed = (import, failure) => Failed?.Invoke(import, failure);
        var unfinished = await FindUnfinishedAsync(Ours(), cancel);
        _store.Committed += Follow;
        _share.Changed += TakeUp;
        foreach (var (tenant, import) in unfinished)
        {
            Enqueue(tenant, import);
        }
    }

    /// <summary>Stops between two rows. What is not finished goes on at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        _share.Changed -= TakeUp;
        await _stop.CancelAsync();
        Lane[] lanes;
        lock (_gate)
        {
            lanes = [.. _lanes.Values];
        }

        foreach (var lane in lanes)
        {
            await lane.Loop;
        }

        _stop.Dispose();
    }

    private void TakeUp() => _ = TakeUpAsync();

    /// <summary>Lets go of what is ours no more, and goes on with what others let go.</summary>
    private async Task TakeUpAsync()
    {
        try
        {
            lock (_gate)
            {
                foreach (var (tenant, lane) in _lanes.Where(lane => !_share.IsOurs(Work, lane.Key)).ToArray())
                {
                    lane.Stop.Cancel();
                    _lanes.Remove(tenant);
                }
            }

            foreach (var (tenant, import) in await FindUnfinishedAsync(Ours(), _stop.Token))
            {
                Enqueue(tenant, import);
            }
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            Failed?.Invoke(default, failure);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private IEnumerable<string> Ours() => _store.Tenants.Where(tenant => _share.IsOurs(Work, tenant));

    private async Task<List<(string Tenant, Guid Import)>> FindUnfinishedAsync(IEnumerable<string> tenants, CancellationToken cancel)
    {
        var unfinished = new List<(string Tenant, Guid Import)>();
        foreach (var tenant in tenants)
        {
            await FindUnfinishedAsync(tenant, unfinished, cancel);
        }

        return unfinished;
    }

    private async Task FindUnfinishedAsync(string tenant, List<(string Tenant, Guid Import)> found, CancellationToken cancel)
    {
        var query = new CardQuery(tenant, "import", _slice.IsOneOf("status", "queued", "running", "undoing"), Limit: PageSize);
        var newestFirst = new List<(string, Guid)>();
        await foreach (var page in _store.PagesAsync(query, cancel))
        {
            newestFirst.AddRange(page.Select(hit => (tenant, hit.Key)));
        }

        newestFirst.Reverse();
        found.AddRange(newestFirst);
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Grain.Kind is "import" && write.CardAfter is ImportCard && write.Events.Any(happened => happened.Event is ImportEvent.Requested or ImportEvent.UndoRequested))
            {
                Enqueue(write.Grain.Tenant, write.Grain.Key);
            }
        }
    }

    private void Enqueue(string tenant, Guid import)
    {
        if (!_share.IsOurs(Work, tenant))
        {
            return;
        }

        lock (_gate)
        {
            if (!_lanes.TryGetValue(tenant, out var lane))
            {
                var waiting = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });
                var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                _lanes[tenant] = lane = new(waiting, RunAsync(tenant, waiting.Reader, stop.Token), stop);
            }

            lane.Waiting.Writer.TryWrite(import);
        }
    }

    private async Task RunAsync(string tenant, ChannelReader<Guid> waiting, CancellationToken stop)
    {
        try
        {
            await foreach (var import in waiting.ReadAllAsync(stop))
            {
                await HandleAsync(new(tenant, "import", import), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task HandleAsync(GrainId import, CancellationToken stop)
    {
        try
        {
            if ((await _store.LoadAsync(import, stop))?.Card is { } json)
            {
                await _work.DoAsync(import, (ImportCard)_slice.ReadCard(json), stop);
            }
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            // an undo, or a run that could not even say that it failed; it is tried again at the next start
            Failed?.Invoke(import, failure);
        }
    }

    /// <summary>A tenant's imports, in the order they were asked for.</summary>
    private sealed record Lane(Channel<Guid> Waiting, Task Loop, CancellationTokenSource Stop);
}
