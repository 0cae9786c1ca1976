using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Crm.Runtime.Telemetry;
using Crm.Web.Hosting;
using Crm.Web.Telemetry;
using Crm.Web.Tests.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Web.Tests.Telemetry;

/// <summary>What the server tells those who watch it.</summary>
public sealed partial class TelemetryTests
{
    private const string Key = "operator-key-of-this-test";

    [Fact]
    public async Task Metrics_open_to_the_operators_key_and_say_how_many_and_how_fast()
    {
        await using var app = await CrmApp.StartAsync(new() { Settings = new Dictionary<string, string?> { ["Crm:Operator:Key"] = Key, ["Crm:Telemetry:Metrics"] = "Operator" } });
        app.Services.GetRequiredService<SiloHolder>().Admit();
        var tenant = await app.NewTenantAsync();
        (await tenant.Sales.Client.PostAsync("/api/leads", new { name = "x" })).Expect(201);

        (await app.Guest().GetAsync("/metrics")).ExpectProblem(401, "unauthenticated");
        var text = (await new ApiClient(app, tenant: null, callerId: null) { ApiKey = Key }.GetAsync("/metrics")).Expect(200).Text;

        text.Should().MatchRegex("""crm_commands_total\{kind="lead",result="Committed",tenant="[^"]+"\} [1-9]""")
            .And.MatchRegex("""crm_command_duration_seconds_bucket\{kind="lead",le="0.001"\} \d""")
            .And.MatchRegex("""crm_command_duration_seconds_count\{kind="lead"\} [1-9]""")
            .And.MatchRegex("""crm_store_batch_size_count [1-9]""")
            .And.MatchRegex("""crm_reactions_lag\{reaction="conversion"\} \d""")
            .And.MatchRegex("crm_commands_waiting \\d").And.MatchRegex("crm_live_subscribers \\d").And.Contain("crm_store_healthy 1\n").And.Contain("http_server_request_duration_seconds_bucket");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            line.Should().MatchRegex(Line());
        }
    }

    [Fact]
    public async Task Metrics_are_not_there_unless_a_setting_opens_them()
    {
        await using (var shut = await CrmApp.StartAsync(new() { Settings = new Dictionary<string, string?> { ["Crm:Operator:Key"] = Key } }))
        {
            (await new ApiClient(shut, tenant: null, callerId: null) { ApiKey = Key }.GetAsync("/metrics")).ExpectProblem(404, "not-found");
        }

        await using var open = await CrmApp.StartAsync(new() { Settings = new Dictionary<string, string?> { ["Crm:Telemetry:Metrics"] = "Open" } });
        (await open.Guest().GetAsync("/metrics")).Expect(200);
    }

    [Fact]
    public async Task A_command_is_followed_from_the_request_to_the_store_and_the_screens()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is RuntimeTelemetry.Name or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await CrmApp.StartAsync();
        var tenant = await app.NewTenantAsync();
        await using var screen = await HubSocket.OpenAsync(app, tenant.Sales.Client);
        (await screen.FollowAsync("list:leads")).Should().BeNull();
        var trace = ActivityTraceId.CreateRandom().ToHexString();

        (await tenant.Sales.Client.PostAsync("/api/leads", new { name = "x" }, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01"))).Expect(201);

        var command = spans.Where(span => span.TraceId.ToHexString() == trace && span.OperationName == "command").Should().ContainSingle(span => (string?)span.GetTagItem("crm.kind") == "lead").Subject;
        command.GetTagItem("crm.result").Should().Be("Committed");
        command.GetTagItem("crm.tenant").Should().Be(tenant.Key);
        spans.Should().Contain(span => span.OperationName == "store commit" && span.TraceId == command.TraceId && span.ParentSpanId == command.SpanId);
        // both end after the answer
        await SeenAsync("the request that the command was given in", span => span.Source.Name == "Microsoft.AspNetCore" && span.SpanId == command.ParentSpanId);
        await SeenAsync("what the screens were shown", span => span.OperationName == "live publish" && span.ParentSpanId == command.SpanId);

        Task<bool> SeenAsync(string what, Func<Activity, bool> isIt) =>
            Eventually.GetAsync(() => Task.FromResult(spans.Any(span => span.TraceId == command.TraceId && isIt(span))), found => found, what);
    }

    [Fact]
    public void Tenants_beyond_a_hundred_share_a_label()
    {
        for (var i = 0; i < 2 * RuntimeTelemetry.MostTenants; i++)
        {
            RuntimeTelemetry.LabelOf($"label-{i}");
        }

        RuntimeTelemetry.LabelOf("one-more").Should().Be("other");
    }

    [Fact]
    public void The_text_adds_up_escapes_and_bounds_its_series()
    {
        using var meter = new Meter("text-test");
        using var text = new MetricsText(new HashSet<string> { "text-test" });
        var count = meter.CreateCounter<long>("a.count", null, "How \"many\"\nthere are");
        var time = meter.CreateHistogram<double>("a.time", "s");
        meter.CreateObservableGauge("a.level", () => 7);

        count.Add(2, new KeyValuePair<string, object?>("who", "a\"b\\c\nd"));
        count.Add(3, new KeyValuePair<string, object?>("who", "a\"b\\c\nd"));
        time.Record(0.004);
        time.Record(100);
        for (var i = 0; i < 2_000; i++)
        {
            count.Add(1, new KeyValuePair<string, object?>("who", i));
        }

        var all = text.Write();
        all.Should().Contain("# HELP a_count_total How \"many\"\\nthere are\n").And.Contain("a_count_total{who=\"a\\\"b\\\\c\\nd\"} 5\n").And.Contain("a_level 7\n")
            .And.Contain("a_time_seconds_bucket{le=\"0.0025\"} 0\n").And.Contain("a_time_seconds_bucket{le=\"0.005\"} 1\n").And.Contain("a_time_seconds_bucket{le=\"+Inf\"} 2\n").And.Contain("a_time_seconds_sum 100.004\n");
        all.Split('\n').Count(line => line.StartsWith("a_count_total{", StringComparison.Ordinal)).Should().BeLessThanOrEqualTo(501);
        all.Should().Contain("a_count_total{overflow=\"true\"} 1501\n");
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\{([a-z_]+="([^"\\]|\\.)*",?)+\})? -?[0-9.E+-]+)$""")]
    private static partial Regex Line();
}
