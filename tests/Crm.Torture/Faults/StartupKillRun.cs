using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <summary>F1 on a first start: killed while it makes the demo tenant, a server finishes that when it is started again.</summary>
internal sealed class StartupKillRun(TortureOptions options)
{
    public async Task<Problems> RunAsync(int kills)
    {
        var problems = new Problems();
        var random = new Random(options.Seed);
        for (var kill = 0; kill < kills; kill++)
        {
            var folder = Path.Combine(options.Work, "startup");
            Folders.Empty(folder);
            var log = Path.Combine(folder, "crm.db-wal");
            await using (var first = ServerProcess.Launch(new(folder)))
            {
                await Deadline.UntilAsync(() => Task.FromResult(first.HasExited || File.Exists(log)), "the log is begun");
                await Task.Delay(random.Next(0, 500));
                await first.KillAsync();
            }

            await using var server = await ServerProcess.StartAsync(new(folder));
            var found = new Problems();
            await CheckAsync(server, found);
            problems.Add(found, string.Create(CultureInfo.InvariantCulture, $"startup {kill}"));
        }

        return problems;
    }

    private static async Task CheckAsync(ServerProcess server, Problems problems)
    {
        using var load = new LoadDriver(0, 1, "", problems);
        await load.ConnectAsync(server);
        foreach (var (path, expected) in ((string, int)[])[("/api/users", 2), ("/api/pipelines", 3), ("/api/api-keys", 1)])
        {
            using var list = await load.ReadAsync(path);
            if (list.RootElement.GetProperty("items").GetArrayLength() is var found && found != expected)
            {
                problems.Add($"{path} has {found} items, not {expected}");
            }
        }

        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var login in (string[])["admin@demo", "sales@demo"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session");
            request.Headers.Add("X-CRM", "1");
            request.Content = new StringContent(JsonSerializer.Serialize(new Dictionary<string, string> { ["login"] = login, ["password"] = ServerProcess.Password }), Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                problems.Add($"{login} cannot sign in: {(int)response.StatusCode}");
            }
        }
    }
}
