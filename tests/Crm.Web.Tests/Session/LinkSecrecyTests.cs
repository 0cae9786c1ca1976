using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace Crm.Web.Tests.Session;

/// <summary>That addresses which open something by themselves are written down nowhere but where they lead.</summary>
public sealed class LinkSecrecyTests
{
    [Fact]
    public async Task A_link_that_opens_a_file_is_in_no_log_and_in_no_span_however_much_is_logged()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await CrmApp.StartAsync(new()
        {
            Settings = new Dictionary<string, string?> { ["Crm:Telemetry:Metrics"] = "Open", ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace" },
        });
        var tenant = await app.NewTenantAsync();
        var lead = (await tenant.Sales.Client.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        var body = new ByteArrayContent("x"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } };
        var file = (await tenant.Sales.Client.SendAsync(HttpMethod.Post, $"/api/leads/{lead}/files?name=x.txt", body)).Expect(201).Id;
        var url = (await tenant.Sales.Client.PostAsync($"/api/leads/{lead}/files/{file}/link")).Expect(200).Json.Text("url")!; // each answer has one
        var token = url.Split('/')[^1];
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var traced = ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");

        (await app.Guest().GetAsync(url, traced)).Expect(200);
        (await app.Guest().SendAsync(HttpMethod.Post, url, null, traced)).Expect(405);
        (await app.Guest().GetAsync($"{url}/more", traced)).Expect(404);
        (await app.Guest().GetAsync($"/api/leads?key={token}", traced)).Expect(401);
        (await app.Guest().GetAsync($"/reset?key={token}", traced)).Expect(200);

        await Eventually.BeTrueAsync(() => spans.Count(span => span.TraceId.ToHexString() == trace) == 5, "the spans of the requests");
        app.Logged.Should().Contain(line => line.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal), "all is logged in this test");
        app.Logged.Where(line => line.Contains(token, StringComparison.Ordinal)).Should().BeEmpty();
        spans.Where(span => span.TraceId.ToHexString() == trace).SelectMany(span => span.TagObjects).Where(tag => tag.Value?.ToString()?.Contains(token, StringComparison.Ordinal) == true).Should().BeEmpty();
    }
}
