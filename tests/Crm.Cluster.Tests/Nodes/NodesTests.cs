using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Nodes;

/// <summary>A silo, a node of both roles and a web node, in processes of their own, as one server to those who use it.</summary>
public sealed class NodesTests(NodesTests.Three three, ITestOutputHelper output) : IClassFixture<NodesTests.Three>, IDisposable
{
    private const string Password = "correct-horse-7";

    /// <summary>An address of its own, so that others' tries are not counted against it nor its against theirs.</summary>
    private const string Guesser = "10.1.2.3";

    private NodeProcess Silo => three.Group.All[0];

    private NodeProcess Both => three.Group.All[1];

    private NodeProcess Web => three.Group.All[2];

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            three.Group.Tell(output);
        }
    }

    [Fact]
    public async Task A_session_of_one_node_is_one_of_all_and_a_change_at_one_is_seen_live_at_the_other()
    {
        var person = await Person.SignInAsync(Web, "admin@demo", "torture-pass-1");
        using var atWeb = await person.FollowAsync(Web, "list:leads");
        using var atBoth = await person.FollowAsync(Both, "list:leads");
        await Until.TrueAsync(() => atWeb.HasHeard("snapshot") && atBoth.HasHeard("snapshot"), "both snapshots");

        (await LeadAsync(person, Both, "Seen Everywhere")).Should().Be(HttpStatusCode.Created);
        await Until.TrueAsync(() => atWeb.HasHeard("Seen Everywhere") && atBoth.HasHeard("Seen Everywhere"), "the lead at both nodes");

        (await LeadAsync(person, Web, "Made Without A Grain")).Should().Be(HttpStatusCode.Created);
        await Until.TrueAsync(() => atWeb.HasHeard("Made Without A Grain") && atBoth.HasHeard("Made Without A Grain"), "the other lead at both nodes");
        (await (await person.AskAsync(Both, HttpMethod.Get, "/api/leads?q=Without")).Content.ReadAsStringAsync()).Should().Contain("Made Without A Grain");
    }

    [Fact]
    public async Task A_user_shut_out_at_one_node_is_shut_out_at_the_other_within_five_seconds()
    {
        var id = await RegisterAsync("leaver");
        var person = await Person.SignInAsync(Web, "leaver@demo", Password);
        (await StatusAsync(person, Web, "/api/session")).Should().Be(HttpStatusCode.OK);
        using var socket = await person.FollowAsync(Web, "list:leads");
        await Until.TrueAsync(() => socket.HasHeard("snapshot"), "the snapshot");

        using var deactivated = await Both.Http.PostAsJsonAsync($"/api/users/{id}/deactivate", new { });
        deactivated.EnsureSuccessStatusCode();
        var since = TimeProvider.System.GetTimestamp();
        while (await StatusAsync(person, Web, "/api/leads") != HttpStatusCode.Unauthorized)
        {
            TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(TimeSpan.FromSeconds(5), "that is promised");
            await Task.Delay(100);
        }

        await socket.Closed.SoonAsync();
        (await Person.TryAsync(Web, "leaver@demo", Password)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Guessing_at_one_node_is_throttled_at_the_other()
    {
        await RegisterAsync("guessed");
        for (var tries = 0; tries < 9; tries++)
        {
            (await Person.TryAsync(tries % 2 == 0 ? Web : Both, "guessed@demo", "wrong-horse-7", Guesser)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        // the tenth is counted by both nodes; whether it is told in time is tried until it is
        var refused = 0;
        for (var since = TimeProvider.System.GetTimestamp(); refused < 2;)
        {
            TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(Until.Patience);
            refused = 0;
            foreach (var node in (NodeProcess[])[Web, Both])
            {
                refused += (await Person.TryAsync(node, "guessed@demo", "wrong-horse-7", Guesser)).StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
            }
        }
    }

    [Fact]
    public async Task An_export_asked_for_at_one_node_is_written_once_and_fetched_at_another()
    {
        var person = await Person.SignInAsync(Web, "admin@demo", "torture-pass-1");
        (await LeadAsync(person, Web, "To Be Exported")).Should().Be(HttpStatusCode.Created);
        using var asked = await person.AskAsync(Web, HttpMethod.Post, "/api/leads/export", new { format = "csv" });
        asked.StatusCode.Should().Be(HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        var id = (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

        var text = "";
        for (var since = TimeProvider.System.GetTimestamp(); !text.Contains("To Be Exported", StringComparison.Ordinal);)
        {
            TimeProvider.System.GetElapsedTime(since).Should().BeLessThan(Until.Patience, text);
            using var file = await person.AskAsync(Both, HttpMethod.Get, $"/api/exports/{id}/file");
            text = await file.Content.ReadAsStringAsync();
            await Task.Delay(100);
        }

        using var timeline = await person.AskAsync(Both, HttpMethod.Get, $"/api/exports/{id}");
        (await timeline.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString().Should().Be("done");
    }

    [Fact]
    public async Task A_silo_tells_how_it_is_at_a_port_of_its_own_and_opens_no_other_door()
    {
        (await Silo.Bare.GetAsync("/health/live")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await Silo.Bare.GetAsync("/health/ready")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await Silo.Bare.GetStringAsync("/metrics")).Should().Contain("\ncrm_commands_waiting ").And.Contain("\ncrm_grains_active ");
        (await Silo.Http.GetAsync("/api/leads")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await Silo.Http.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    private async Task<string> RegisterAsync(string name)
    {
        using var made = await Both.Http.PostAsJsonAsync("/api/users", new { name, login = $"{name}@demo", password = Password, role = "sales" });
        made.StatusCode.Should().Be(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!; // every creation answers its id
    }

    private static async Task<HttpStatusCode> LeadAsync(Person person, NodeProcess node, string name)
    {
        using var answer = await person.AskAsync(node, HttpMethod.Post, "/api/leads", new { name, company = $"{name} Ltd" });
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusAsync(Person person, NodeProcess node, string path)
    {
        using var answer = await person.AskAsync(node, HttpMethod.Get, path);
        return answer.StatusCode;
    }

    /// <summary>The nodes of all these tests.</summary>
    public sealed class Three : IAsyncLifetime
    {
        private NodeGroup? _group;

        internal NodeGroup Group => _group ?? throw new InvalidOperationException("Not started.");

        public async ValueTask InitializeAsync() => _group = await NodeGroup.StartAsync(["silo", "both", "web"], new Dictionary<string, string> { ["Crm__TrustedProxies"] = "127.0.0.1", ["Crm__Telemetry__Metrics"] = "Open" });

        public ValueTask DisposeAsync() => _group?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
