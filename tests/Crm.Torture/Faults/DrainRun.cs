using System.Globalization;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <summary>F20: SIGTERM under load. Whatever the server has done it has also answered, and it ends by itself with 0.</summary>
internal sealed class DrainRun(TortureOptions options)
{
    public async Task<Problems> RunAsync(int drains)
    {
        var problems = new Problems();
        var folder = Path.Combine(options.Work, "drain");
        Folders.Empty(folder);
        var random = new Random(options.Seed);
        using var load = new LoadDriver(options.Seed, options.Clients, $"d{options.Seed}", problems);
        for (var drain = 0; drain < drains; drain++)
        {
            await using var server = await ServerProcess.StartAsync(new(folder));
            await load.ConnectAsync(server);
            await load.SendAgainAsync(random);
            var running = load.RunAsync(CancellationToken.None);
            await Task.Delay(random.Next(100, 1_000));
            var code = await server.StopAsync();
            await running;
            var found = new Problems();
            if (code != 0)
            {
                found.Add($"SIGTERM ended with {code}: {server.Output}");
            }

            var copy = Folders.Copy(folder, Path.Combine(options.Work, "drained"));
            var journal = await AtRest.CheckAsync(copy, load.History, null, found);
            foreach (var op in load.History.Values.Where(op => op.Verdict == Verdict.Unknown && journal.ByCommand.ContainsKey(op.Key)).Take(5))
            {
                found.Add($"F20 {op.Key} {op.Path} was done and not answered: {op.Reply?.Code}");
            }

            problems.Add(found, string.Create(CultureInfo.InvariantCulture, $"drain {drain}"));
        }

        return problems;
    }
}
