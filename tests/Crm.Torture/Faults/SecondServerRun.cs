using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <summary>F19: a second process on the same folder is refused, and the first does not mind.</summary>
internal sealed class SecondServerRun(TortureOptions options)
{
    private const int InUse = 3;

    public async Task<Problems> RunAsync()
    {
        var problems = new Problems();
        var folder = Path.Combine(options.Work, "second");
        Folders.Empty(folder);
        await using var server = await ServerProcess.StartAsync(new(folder));
        foreach (var args in (string[][])[[], ["verify"], ["rebuild"]])
        {
            var (code, output) = await ServerProcess.RunAsync(folder, args);
            if (code != InUse || !output.Contains("data-directory-in-use", StringComparison.Ordinal))
            {
                problems.Add($"F19 a second process ({string.Join(' ', args)}) ended with {code}: {output}");
            }
        }

        using var load = new LoadDriver(options.Seed, options.Clients, $"s{options.Seed}", problems);
        await load.ConnectAsync(server);
        var reply = await load.SendAsync(load.MakeUp(new(options.Seed)));
        if (reply.Verdict != Verdict.Ok)
        {
            problems.Add($"F19 the first server answers {reply.Status} {reply.Code} after the second was refused");
        }

        return problems;
    }
}
