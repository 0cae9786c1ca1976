namespace Crm.Benchmarks;

internal static class ImportBench
{
    public static Task RunAsync(string folder, int rows) => Task.CompletedTask;
}
