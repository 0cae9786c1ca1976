using System.Globalization;
using System.Reflection;

namespace Crm.Benchmarks;

/// <summary>Durable commands over HTTP beside an endpoint that does nothing; both in processes of their own, the load in this one.</summary>
internal static class HttpBench
{
    private const int Connections = 64;

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
            var (echoRate, rate) = (0d, 0d);
            List<double> latencies = [];
            for (var round = 0; round < 3; round++)
            {
                var bare = await HttpLoad.RunAsync(echo.Port, Connections, time / 3, i => ("/echo", Body(i)), 200);
                var full = await HttpLoad.RunAsync(server.Port, Connections, time / 3, i => ("/api/opportunities", Body(i)), 201);
                echoRate = Math.Max(echoRate, bare.Rate);
                if (full.Rate > rate)
                {
                    (rate, latencies) = full;
                }
            }

            Report.Add("durable commands over HTTP, 64 connections, authenticated: create", Report.PerSecond(rate), $"bare JSON echo {Report.PerSecond(echoRate)}", rate / echoRate, "0.25");
            Report.Add("the same, p99", Report.Milliseconds(Report.Percentile(latencies, 0.99)), $"p50 {Report.Milliseconds(Report.Percentile(latencies, 0.5))}", null, "50 ms");
        }
    }

    private static string Body(int i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"name\":\"企业版 {i % 500} 席\",\"pipeline\":\"simple\",\"stage\":\"needs\",\"amount\":{{\"amount\":\"{1000 + i % 9000}.50\",\"currency\":\"CNY\"}}}}");
}
