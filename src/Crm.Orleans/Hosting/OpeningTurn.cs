using Crm.Runtime.Sharing;

namespace Crm.Orleans.Hosting;

/// <summary>
/// Nodes open one after the other: what an installation has once (the keys that it signs with, the demo tenant) is made by the first, and
/// found by those who begin at the same time. A node that dies in its turn is missed when its lease runs out.
/// </summary>
internal sealed class OpeningTurn : IAsyncDisposable
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RenewPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskPause = TimeSpan.FromMilliseconds(250);

    private readonly ILeaseStore _leases;
    private readonly string[] _name;
    private readonly Guid _node;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;
    private bool _isOver;

    private OpeningTurn(ILeaseStore leases, string[] name, Guid node, TimeProvider time)
    {
        (_leases, _name, _node, _time) = (leases, name, node, time);
        _renewing = RenewAsync();
    }

    /// <summary>Waits until nobody else of the group is opening.</summary>
    public static async Task<OpeningTurn> TakeAsync(ILeaseStore leases, string group, Guid node, TimeProvider time, CancellationToken cancel)
    {
        string[] name = [$"{group}/opening"];
        while ((await leases.TakeAsync(name, node, LeaseTime, cancel)).Count == 0)
        {
            await Task.Delay(AskPause, time, cancel);
        }

        return new(leases, name, node, time);
    }

    /// <summary>Lets the next one begin.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        await _stop.CancelAsync();
        await _renewing;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
            await _leases.GiveBackAsync(_name, _node, patience.Token);
        }
        catch (Exception)
        {
            // then it runs out by itself
        }

        _stop.Dispose();
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(RenewPause, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await TryRenewAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // over
        }
    }

    private async Task TryRenewAsync()
    {
        try
        {
            await _leases.TakeAsync(_name, _node, LeaseTime, _stop.Token);
        }
        catch (Exception) when (!_stop.IsCancellationRequested)
        {
            // the store is away for a moment; the next renewal tells
        }
    }
}
