using System.Diagnostics;
using System.Text;
using Crm.Web.Tests.Live;

namespace Crm.Web.Tests.Telemetry;

/// <summary>That what the server tells arrives at a collector which only the standard's own variables name.</summary>
public sealed class OtlpTests
{
    private const string ApiKey = "otlp-key-of-this-test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_command_arrives_at_the_collector_as_one_trace_and_is_counted()
    {
        await using var collector = await Collector.StartAsync();
        var folder = Directory.CreateTempSubdirectory("crm-otlp-").FullName;
        using var server = Process.Start(StartOf(folder, collector.Address))!; // a new process
        try
        {
            using var http = new HttpClient { BaseAddress = await AddressOfAsync(server) };
            await using var screen = await HubSocket.OpenAsync(http.BaseAddress, ApiKey);
            (await screen.FollowAsync("list:leads")).Should().BeNull();
            http.DefaultRequestHeaders.Authorization = new("Bearer", ApiKey);
            var trace = ActivityTraceId.CreateRandom().ToHexString();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads") { Content = new StringContent("""{"name":"Ada"}""", Encoding.UTF8, "application/json") };
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");

            (await http.SendAsync(request)).EnsureSuccessStatusCode();

            await Eventually.GetAsync(
                () => Task.FromResult(string.Join(", ", collector.Spans.Where(span => span.Trace == trace).Select(span => span.Name))),
                names => ((string[])["POST /api/leads", "command", "store commit", "live publish"]).All(name => names.Contains(name, StringComparison.Ordinal)),
                "the request, its command, the commit and what was shown, under the trace that the sender named");
            var spans = collector.Spans.Where(span => span.Trace == trace).ToList();
            var asked = spans.Should().ContainSingle(span => span.Name == "POST /api/leads").Subject;
            var command = spans.Should().ContainSingle(span => span.Name == "command" && span.Parent == asked.Id).Subject;
            spans.Should().ContainSingle(span => span.Name == "store commit" && span.Parent == command.Id);
            spans.Should().ContainSingle(span => span.Name == "live publish" && span.Parent == command.Id);
            await Eventually.GetAsync(
                () => Task.FromResult(collector.Counts.Any(count => count.Name == "crm.commands" && count.Labels["tenant"] == "demo" && count.Labels["kind"] == "lead")),
                found => found, "the counter of commands, by tenant");
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ProcessStartInfo StartOf(string folder, Uri collector) => ServerProgram.Of(folder, new Dictionary<string, string>
    {
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        ["Crm__DataPath"] = folder,
        ["Crm__Demo__ApiKey"] = ApiKey,
        ["Crm__Demo__Password"] = "otlp-pass-1",
        ["Crm__Demo__Leads"] = "0",
        ["Crm__Demo__Opportunities"] = "0",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    });

    /// <summary>Reads what the server prints until it says where it is, and lets the rest go by.</summary>
    private static async Task<Uri> AddressOfAsync(Process server)
    {
        const string Announcement = "CRM is running at ";
        using var patience = new CancellationTokenSource(Patience);
        var printed = new StringBuilder();
        while (await server.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            printed.AppendLine(line);
            if (line.IndexOf(Announcement, StringComparison.Ordinal) is >= 0 and var at)
            {
                _ = server.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return new(line[(at + Announcement.Length)..].Split(' ')[0].TrimEnd('/', '.'));
            }
        }

        throw new InvalidOperationException($"The server has ended: {printed}");
    }
}
