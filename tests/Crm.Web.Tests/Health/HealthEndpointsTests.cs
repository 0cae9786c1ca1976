namespace Crm.Web.Tests.Health;

public sealed class HealthEndpointsTests(SharedApp shared)
{
    [Fact]
    public async Task Live_and_ready_answer_everybody()
    {
        var guest = shared.App.Guest();

        (await guest.GetAsync("/health/live")).Expect(200).Text.Should().Be("""{"status":"ok"}""");
        var ready = (await guest.GetAsync("/health/ready")).Expect(200).Json;

        ready.Text("status").Should().Be("ready");
        ready.Text("store").Should().StartWith("sqlite 3.");
        ready.FieldNames().Should().Contain(["synchronous", "activeGrains", "waitingCommands", "liveTopics"]);
    }

    [Fact]
    public async Task The_ui_is_served_for_every_page_and_for_nothing_else()
    {
        var guest = shared.App.Guest();

        foreach (var page in (string[])["/", "/leads", "/opportunities/0199c5a2-7b1e-7c3d-9f00-3a5b8c7d2e41"])
        {
            var answer = (await guest.GetAsync(page)).Expect(200);
            (answer.Text, answer.Header("Cache-Control")).Should().Be((CrmApp.Page, "no-cache"), page);
            answer.ContentType.Should().StartWith("text/html");
        }

        var asset = (await guest.GetAsync("/assets/app-1a2b3c.js")).Expect(200);
        asset.Header("Cache-Control").Should().Be("public, max-age=31536000, immutable");
        foreach (var nothing in (string[])["/api/nothing", "/api", "/nothing.js", "/live/nothing"])
        {
            (await guest.GetAsync(nothing)).ExpectProblem(404, "not-found");
        }
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_that_protect_a_browser()
    {
        var answer = await shared.App.Guest().GetAsync("/health/live");

        answer.Header("X-Content-Type-Options").Should().Be("nosniff");
        answer.Header("Referrer-Policy").Should().Be("same-origin");
        answer.Header("Content-Security-Policy").Should().Contain("script-src 'self'").And.Contain("frame-ancestors 'none'").And.NotContain("unsafe");
        answer.Header("Server").Should().BeNull();
        (await shared.App.Guest().GetAsync("/api/session")).Header("Cache-Control").Should().Be("no-store");
    }
}
