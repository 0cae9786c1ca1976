using Crm.Benchmarks;

// what a child process of the benchmark is to be
if (args is ["echo", var address])
{
    await EchoServer.RunAsync(address);
    return;
}

var folder = Path.Combine(Path.GetTempPath(), $"crm-bench-{Environment.ProcessId}");
var names = args.Where(arg => !arg.StartsWith('-')).ToHashSet();
var scale = args.Contains("--quick") ? 10 : 1;
bool Wants(string name) => names.Count == 0 || names.Contains(name);
Directory.CreateDirectory(folder);
try
{
    Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}");
    if (Wants("commands"))
    {
        await CommandBench.RunAsync(folder, 40_000 / scale);
    }

    if (Wants("http"))
    {
        await HttpBench.RunAsync(folder, TimeSpan.FromSeconds(10d / scale));
    }

    if (Wants("live"))
    {
        await LiveBench.RunAsync(folder, TimeSpan.FromSeconds(10d / scale));
    }

    if (Wants("import"))
    {
        await ImportBench.RunAsync(folder, 50_000 / scale);
    }

    if (Wants("lists"))
    {
        await ListBench.RunAsync(folder, 100_000 / scale, 1_000_000 / scale);
    }

    if (Wants("rights"))
    {
        await RightsBench.RunAsync(folder, 1_000_000 / scale);
    }

    if (Wants("postgres"))
    {
        await PostgresBench.RunAsync(folder, 40_000 / scale, 1_000_000 / scale);
    }

    Report.Print();
}
finally
{
    Directory.Delete(folder, recursive: true);
}
