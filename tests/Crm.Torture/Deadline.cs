namespace Crm.Torture;

/// <summary>Waiting for something that must happen.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">It has not happened in time.</exception>
    public static async Task UntilAsync(Func<Task<bool>> happened, string what, TimeSpan? within = null)
    {
        var end = TimeProvider.System.GetUtcNow() + (within ?? Usual);
        while (!await happened())
        {
            if (TimeProvider.System.GetUtcNow() > end)
            {
                throw new TimeoutException($"{what} has not happened within {within ?? Usual}.");
            }

            await Task.Delay(20);
        }
    }
}
