using Crm.Grains.Handovers;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;

namespace Crm.Silo.Handovers;

/// <summary>
/// Runs hand-overs and takes them back, one after the other in each tenant. Woken by what is asked for; after a restart, or when a tenant's
/// work comes to this process, it takes up what was not finished.
/// </summary>
public sealed class HandoverRunner : IAsyncDisposable
{
    /// <summary>The name of this work.</summary>
    private const string Work = "handovers";

    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(5);

    private readonly IGrainStore _store;
    private readonly ISliceBehaviour _slice;
    private readonly HandoverWork _work;
    private readonly IWorkShare _share;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    public HandoverRunner(CommandDesk commands, IGrainStore store, SliceDirectory slices, TimeProvider time, IWorkShare share)
    {
        (_store, _slice, _share, _time) = (store, slices.OfKind("handover"), share, time);
        _work = new(commands, store, slices, time);
    }

    /// <summary>A hand-over met a bug or a broken machine; it is tried again.</summary>
    public event Action<string, Exception>? Failed;

    public void Start()
    {
        _store.Committed += Follow;
        _share.Changed += TakeUp;
        TakeUp();
    }

    /// <summary>Stops between two records. What is not finished goes on at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Committed -= Follow;
        _share.Changed -= TakeUp;
        await _stop.CancelAsync();
        Task[] running;
        lock (_gate)
        {
            running = [.. _lanes.Values.Select(lane => lane.Running)];
        }

        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private void Follow(IReadOnlyList<GrainWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Grain.Kind is "handover" && write.CardAfter is HandoverCard && write.Events.Any(happened => happened.Event is HandoverEvent.Requested or HandoverEvent.UndoRequested))
            {
                Wake(write.Grain.Tenant);
            }
        }
    }

    private void TakeUp()
    {
        lock (_gate)
        {
            foreach (var (_, lane) in _lanes.Where(lane => !_share.IsOurs(Work, lane.Key)))
            {
                lane.Cancel();
            }
        }

        foreach (var tenant in _store.Tenants.Where(tenant => _share.IsOurs(Work, tenant)))
        {
            Wake(tenant);
        }
    }

    private void Wake(string tenant)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || !_share.IsOurs(Work, tenant))
            {
                return;
            }

            if (_lanes.TryGetValue(tenant, out var lane) && !lane.Running.IsCompleted && !lane.IsCancelled)
            {
                lane.IsWoken = true;
                return;
            }

            // one that was cancelled ends first, or two would work on the same
            var next = new Lane(_stop.Token);
            next.Running = RunAsync(tenant, next, lane?.Running ?? Task.CompletedTask);
            _lanes[tenant] = next;
        }
    }

    private async Task RunAsync(string tenant, Lane lane, Task before)
    {
        await Task.Yield();
        await before;
        try
        {
            do
            {
                lane.IsWoken = false;
                await DoAllAsync(tenant, lane.Stop);
            }
            while (!HasEnded(tenant, lane));
        }
        catch (OperationCanceledException) when (lane.IsCancelled || _stop.IsCancellationRequested)
        {
            // stopping, or the work is another's now
        }
    }

    private bool HasEnded(string tenant, Lane lane)
    {
        lock (_gate)
        {
            if (lane.IsWoken)
            {
                return false;
            }

            _lanes.Remove(tenant);
            return true;
        }
    }

    private async Task DoAllAsync(string tenant, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var unfinished = await FindUnfinishedAsync(tenant, stop);
                foreach (var card in unfinished)
                {
                    await _work.DoAsync(new(tenant, "handover", card.Id), card, stop);
                }

                return;
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                Failed?.Invoke(tenant, failure);
                await Task.Delay(FaultPause, _time, stop);
            }
        }
    }

    /// <summary>What is to be done, in the order it was asked for.</summary>
    private async Task<IReadOnlyList<HandoverCard>> FindUnfinishedAsync(string tenant, CancellationToken cancel)
    {
        var page = await _store.QueryAsync(new(tenant, "handover", _slice.IsOneOf("status", "running", "undoing"), Limit: 1_000), cancel);
        return [.. page.Hits.Select(hit => (HandoverCard)_slice.ReadCard(hit.Json)).Reverse()];
    }

    /// <summary>A tenant's hand-overs, as long as there are any to do.</summary>
    private sealed class Lane(CancellationToken stop)
    {
        private readonly CancellationTokenSource _cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);

        public CancellationToken Stop => _cancel.Token;

        public bool IsCancelled => _cancel.IsCancellationRequested;

        public bool IsWoken { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;

        public void Cancel() => _cancel.Cancel();
    }
}
