namespace Crm.Runtime;

/// <summary>
/// Background work: one step after the other, each saying how long it may rest before the next; null rests until woken. A step that throws
/// is reported and taken again after a pause, for what it worked on is still there.
/// </summary>
internal sealed class Loop(TimeProvider time, Func<CancellationToken, Task<TimeSpan?>> step) : IAsyncDisposable
{
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    public event Action<Exception>? Faulted;

    public void Start() => _running = RunAsync();

    /// <summary>Ends the rest. Waking it often is waking it once; waking it while it works is not lost.</summary>
    public void Wake() => _woken.TrySetResult();

    public void Report(Exception bug) => Faulted?.Invoke(bug);

    /// <summary>Cancels the step and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var rest = await TryStepAsync();
                _stop.Token.ThrowIfCancellationRequested();
                if (rest != TimeSpan.Zero)
                {
                    await RestAsync(rest);
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // disposed: whatever the step was at is done again when it starts anew
        }
    }

    private async Task<TimeSpan?> TryStepAsync()
    {
        try
        {
            return await step(_stop.Token);
        }
        catch (Exception bug) when (!_stop.IsCancellationRequested)
        {
            Report(bug);
            await Task.Delay(FaultPause, time, _stop.Token);
            return TimeSpan.Zero;
        }
    }

    private async Task RestAsync(TimeSpan? atMost)
    {
        var woken = _woken;
        await using var timer = atMost is { } rest
            ? time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), woken, rest, Timeout.InfiniteTimeSpan) // given here
            : null;
        await woken.Task.WaitAsync(_stop.Token);
        // who woke it until now did so before it looks again
        _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
