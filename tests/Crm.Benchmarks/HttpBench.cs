using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Crm.Benchmarks;

/// <summary>Durable commands over HTTP beside an endpoint that does nothing; both in processes of their own, the load in this one.</summary>
internal static class HttpBench
{
    private const int Connections = 64;

    private static readonly string[] Stages = ["{\"stage\":\"proposal\"}", "{\"stage\":\"quote\"}", "{\"stage\":\"contact\"}", "{\"stage\":\"needs\"}"];

    public static string ServerProgram => Path.Combine(AppContext.BaseDirectory, "Crm.Web.dll");

    public static Dictionary<string, string> Settings(string folder) => new()
    {
        ["Crm__DataPath"] = folder,
        ["Crm__Demo__ApiKey"] = "bench-key",
        ["Crm__Demo__Password"] = "bench-password",
        ["Crm__Demo__Leads"] = "0",
        ["Crm__Demo__Opportunities"] = "0",
        ["Crm__RequestsPerSecond"] = "0",
    };

    public static async Task RunAsync(string folder, TimeSpan time)
    {
        var (echo, _) = await ServerProcess.StartAsync(Assembly.GetExecutingAssembly().Location, ["echo", "http://127.0.0.1:{port}"], []);
        var (server, _) = await ServerProcess.StartAsync(ServerProgram, [], Settings(Path.Combine(folder, "http")));
        await using (echo)
        await using (server)
        {
            var (echoRate, rate, moveRate) = (0d, 0d, 0d);
            List<double> latencies = [], moveLatencies = [];
            for (var round = 0; round < 3; round++)
            {
                var bare = await HttpLoad.RunAsync(echo.Port, Connections, time / 3, i => ("/echo", Body(i)), 200);
                var full = await HttpLoad.RunAsync(server.Port, Connections, time / 3, i => ("/api/opportunities", Body(i)), 201);
                echoRate = Math.Max(echoRate, bare.Rate);
                if (full.Rate > rate)
                {
                    (rate, latencies) = full;
                }

                var ids = await IdsAsync(server.Port);
                var moves = await HttpLoad.RunAsync(server.Port, Connections, time / 3, i => ($"/api/opportunities/{ids[i % ids.Count]}/move", Stages[i / ids.Count % Stages.Length]), 200);
                if (moves.Rate > moveRate)
                {
                    (moveRate, moveLatencies) = moves;
                }
            }

            Report.Add("durable commands over HTTP, 64 connections, authenticated: create", Report.PerSecond(rate), $"bare JSON echo {Report.PerSecond(echoRate)}", rate / echoRate, "0.25");
            Report.Add("the same, p99", Report.Milliseconds(Report.Percentile(latencies, 0.99)), $"p50 {Report.Milliseconds(Report.Percentile(latencies, 0.5))}", null, "50 ms");
            Report.Add("durable commands over HTTP, 64 connections, authenticated: move", Report.PerSecond(moveRate), $"bare JSON echo {Report.PerSecond(echoRate)}", moveRate / echoRate, "0.25");
            Report.Add("the same, p99", Report.Milliseconds(Report.Percentile(moveLatencies, 0.99)), $"p50 {Report.Milliseconds(Report.Percentile(moveLatencies, 0.5))}", null, "50 ms");
        }
    }

    /// <summary>The newest two thousand opportunities.</summary>
    private static async Task<List<string>> IdsAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "bench-key");
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            using var page = JsonDocument.Parse(await client.GetStringAsync(new Uri($"/api/opportunities?limit=200{(cursor is null ? "" : $"&cursor={cursor}")}", UriKind.Relative)));
            ids.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)); // every record has an id
            cursor = page.RootElement.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null && ids.Count < 2_000);

        return ids;
    }

    private static string Body(int i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"name\":\"企业版 {i % 500} 席\",\"pipeline\":\"simple\",\"stage\":\"needs\",\"amount\":{{\"amount\":\"{1000 + i % 9000}.50\",\"currency\":\"CNY\"}}}}");
}
