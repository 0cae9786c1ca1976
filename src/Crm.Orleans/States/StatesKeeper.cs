using Crm.Runtime.Sharing;

namespace Crm.Orleans.States;

/// <summary>Settles, every few seconds, what members that are gone have left between the stores.</summary>
internal sealed class StatesKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly StatesStore _states;
    private readonly ILeaseStore _leases;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public StatesKeeper(StatesStore states, ILeaseStore leases, string group, TimeProvider time, Action<Exception> report)
    {
        (_states, _leases, _prefix, _time, _report) = (states, leases, LeasedShare.MemberPrefix(group), time, report);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Pause, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await StepAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopping
        }
    }

    private async Task StepAsync()
    {
        try
        {
            var alive = (await _leases.ReadLeasesAsync(_prefix, _stop.Token)).Select(lease => lease.Holder).ToHashSet();
            await _states.SweepAsync(alive.Contains, _stop.Token);
            await _states.TidyAsync(_stop.Token);
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            _report(failure);
        }
    }
}
