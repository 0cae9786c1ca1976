using System.Diagnostics;

namespace Crm.Runtime.Tests.Support;

/// <summary>Waits for what happens on another thread, without a guess how long that takes.</summary>
internal static class Until
{
    /// <summary>Far beyond what any test needs: only a test that fails waits so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"Waited in vain for {what}.");
            }

            await Task.Delay(1);
        }
    }

    public static async Task<T> SoonAsync<T>(this Task<T> task) => await task.WaitAsync(Patience);

    public static async Task SoonAsync(this Task task) => await task.WaitAsync(Patience);

    public static async Task<T> SoonAsync<T>(this ValueTask<T> task) => await task.AsTask().WaitAsync(Patience);
}
