namespace Crm.Web.Tests.Hosting;

/// <summary>Waits for what comes by itself.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks again until the answer is good enough, and fails when it never is.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isGood, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await ask();
            if (isGood(answer))
            {
                return answer;
            }

            patience.IsCancellationRequested.Should().BeFalse("{0} was expected within {1}; last seen: {2}", what, Patience, answer);
            await Task.Delay(10);
        }
    }

    public static Task BeTrueAsync(Func<bool> isGood, string what) => GetAsync(() => Task.FromResult(isGood()), good => good, what);
}
