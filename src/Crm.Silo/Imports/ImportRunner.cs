using System.Threading.Channels;
using Crm.Grains.Imports;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Leads;

namespace Crm.Silo.Imports;

/// <summary>
/// Runs imports and undoes them, one after the other in each tenant. Woken by what is requested; after a restart it takes up what was not
/// finished, from the last row that was counted.
/// </summary>
public sealed class ImportRunner : IAsyncDisposable
{
    private const int PageSize = 200;

    private readonly IGrainStore _store;
    private readonly ISliceBehaviour _slice;
    private readonly ImportFiles _files;
    private readonly ImportWork _work;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    public ImportRunner(CommandDesk commands, LeadDesk leads, IGrainStore store, SliceDirectory slices, ImportFiles files, TimeProvider time)
    {
        (_store, _slice, _files) = (store, slices.OfKind("import"), files);
        _work = new(commands, leads, store, slices, files, new ImportHistory(store), time);
    }

    /// <summary>An import, or a row of one, failed because of a bug or a broken machine.</summary>
    public event Action<GrainId, Exception>? Failed;

    /// <summary>Takes up what is unfinished, and removes files that no import needs any more.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _work.Failed = (import, failure) => Failed?.Invoke(import, failure);
        var unfinished = new List<(string Tenant, Guid Import)>();
        foreach (var tenant in _store.Tenants)
        {
            await FindUnfinishedAsync(tenant, unfinished, cancel);
        }

        _files.DeleteAllBut(unfinished.Select(one => one.Import));
        _store.Committed += Follow;
        foreach (var (tenant, import) in unfinished)
        {
            Enqueue(tenant, import);
        }
    }

    /// <summary>Stops between two rows. What is not finished goes on at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
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

    private async Task FindUnfinishedAsync(string tenant, List<(string Tenant, Guid Import)> found, CancellationToken cancel)
    {
        var status = _slice.Cards.Find("status")!; // imports have one
        CardFilter? wanted = null;
        foreach (var code in (ReadOnlySpan<string>)["queued", "running", "undoing"])
        {
            var one = new CardFilter.Compare(status, CardOperator.Equal, CardValue.Of(code));
            wanted = wanted is null ? one : new CardFilter.Or(wanted, one);
        }

        var query = new CardQuery(tenant, "import", wanted, Limit: PageSize);
        var newestFirst = new List<(string, Guid)>();
        CardPage page;
        do
        {
            page = await _store.QueryAsync(query, cancel);
            newestFirst.AddRange(page.Hits.Select(hit => (tenant, hit.Key)));
            query = query with { After = page.Next };
        }
        while (page.Next is not null);

        newestFirst.Reverse();
        found.AddRange(newestFirst);
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.CardAfter is ImportCard && write.Events.Any(happened => happened.Event is ImportEvent.Requested or ImportEvent.UndoRequested))
            {
                Enqueue(write.Grain.Tenant, write.Grain.Key);
            }
        }
    }

    private void Enqueue(string tenant, Guid import)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue(tenant, out var lane))
            {
                var waiting = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });
                _lanes[tenant] = lane = new(waiting, RunAsync(tenant, waiting.Reader));
            }

            lane.Waiting.Writer.TryWrite(import);
        }
    }

    private async Task RunAsync(string tenant, ChannelReader<Guid> waiting)
    {
        try
        {
            await foreach (var import in waiting.ReadAllAsync(_stop.Token))
            {
                await HandleAsync(new(tenant, "import", import));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task HandleAsync(GrainId import)
    {
        try
        {
            if ((await _store.LoadAsync(import, _stop.Token))?.Card is { } json)
            {
                await _work.DoAsync(import, (ImportCard)_slice.ReadCard(json), _stop.Token);
            }
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            // an undo, or a run that could not even say that it failed; it is tried again at the next start
            Failed?.Invoke(import, failure);
        }
    }

    /// <summary>A tenant's imports, in the order they were asked for.</summary>
    private sealed record Lane(Channel<Guid> Waiting, Task Loop);
}
