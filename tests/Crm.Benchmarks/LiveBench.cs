namespace Crm.Benchmarks;

internal static class LiveBench
{
    public static Task RunAsync(string folder, TimeSpan time) => Task.CompletedTask;
}
