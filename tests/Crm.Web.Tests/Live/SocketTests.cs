using System.Net.WebSockets;
using System.Text;
using Crm.Silo.Rights;
using Crm.Web.Live;
using Crm.Web.Session;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Web.Tests.Live;

/// <summary>Who opens a socket, how long it lives, and what it may be sent (rows 66 to 70 of the matrix of bad input, row 22 of the threats).</summary>
public sealed class SocketTests(SharedApp shared) : ApiTest(shared)
{
    private Task<HubSocket> OpenAsync(ApiClient? caller = null) => HubSocket.OpenAsync(App, caller ?? Sales);

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1.evil.test")]
    [InlineData("")]
    public async Task Row_66_another_site_opens_no_socket_with_the_cookie(string origin)
    {
        var opening = () => HubSocket.OpenAsync(App, Sales, origin);
        (await opening.Should().ThrowAsync<RefusedException>()).Which.Status.Should().Be(403);

        if (origin.Length > 0)
        {
            (await Sales.PostAsync("/live/negotiate?negotiateVersion=1", null, ("Origin", origin))).ExpectProblem(403, "origin-forbidden");
        }
    }

    [Fact]
    public async Task Row_66_a_key_is_sent_by_a_program_which_comes_from_nowhere()
    {
        await using var socket = await HubSocket.OpenAsync(App, Admin, origin: "");

        (await socket.FollowAsync("tenant:mine")).Should().BeNull();
    }

    [Fact]
    public async Task Row_66_nobody_opens_a_socket_with_what_is_no_session_or_one_that_ended()
    {
        foreach (var cookie in (string?[])[null, "x", Tenant.Sales.Client.Cookie + "x"])
        {
            var opening = () => HubSocket.OpenAsync(App, new ApiClient(App, null, null) { Cookie = cookie });
            (await opening.Should().ThrowAsync<RefusedException>()).Which.Status.Should().Be(401);
        }
    }

    [Theory]
    [InlineData("sign-out")]
    [InlineData("revoke-others")]
    [InlineData("revoke-session")]
    [InlineData("revoke-sessions")]
    [InlineData("deactivate")]
    [InlineData("set-password")]
    [InlineData("reset-factors")]
    [InlineData("amend")]
    public async Task Row_22_what_ends_a_session_or_changes_its_rights_closes_its_sockets(string how)
    {
        var person = Tenant.Sales;
        if (how is "revoke-others" or "revoke-session")
        {
            // those that are told apart are those that were signed in
            person = person with { Client = await SignInAsync(person) };
        }

        await using var socket = await OpenAsync(person.Client);
        await using var bystander = await OpenAsync(Tenant.OtherSales.Client);
        (await socket.FollowAsync("tenant:mine")).Should().BeNull();
        (await bystander.FollowAsync("tenant:mine")).Should().BeNull();

        switch (how)
        {
            case "sign-out":
                (await person.Client.DeleteAsync("/api/session")).Expect(204);
                break;
            case "revoke-others":
                (await (await SignInAsync(person)).PostAsync("/api/session/revoke-others")).Expect(204);
                break;
            case "revoke-session":
                var id = (await Admin.GetAsync("/api/sessions")).Json.Items().Single(each => each.Text("ownerId") == person.Id.ToString()).GetProperty("id").GetGuid();
                (await Admin.PostAsync($"/api/sessions/{id}/revoke")).Expect(200);
                break;
            case "set-password":
                (await Admin.PostAsync($"/api/users/{person.Id}/set-password", new { password = "long-enough-9" })).Expect(200);
                break;
            case "amend":
                (await Admin.PostAsync($"/api/users/{person.Id}/amend", new { role = "viewer" })).Expect(200);
                break;
            default:
                (await Admin.PostAsync($"/api/users/{person.Id}/{how}")).Expect(200);
                break;
        }

        await socket.EndAsync();
        bystander.IsClosed.Should().BeFalse("the others' sockets are none of it");
    }

    [Fact]
    public async Task Row_22_a_key_that_is_revoked_or_given_other_scopes_loses_its_sockets()
    {
        foreach (var (verb, body) in new (string, object?)[] { ("revoke", null), ("rescope", new { scopes = (string[])["leads:read"] }) })
        {
            var (id, client, _) = await Tenant.NewKeyAsync("sales");
            await using var socket = await HubSocket.OpenAsync(App, client, origin: "");
            (await socket.FollowAsync("tenant:mine")).Should().BeNull();

            (await Admin.PostAsync($"/api/api-keys/{id}/{verb}", body)).Expect(200);

            await socket.EndAsync();
        }
    }

    [Fact]
    public async Task Row_22_a_record_that_passes_to_somebody_else_is_gone_with_that_very_event()
    {
        var id = (await Admin.PostAsync("/api/opportunities", new { name = "before", pipeline = "simple", amount = 1, ownerId = Tenant.Sales.Id })).Expect(201).Id;
        await using var socket = await OpenAsync();
        foreach (var topic in (string[])[$"record:opportunity/{id}", "list:opportunities", "board:simple"])
        {
            (await socket.FollowAsync(topic)).Should().BeNull();
        }

        await socket.HearAsync(hub => hub.Messages.Count >= 3, "the snapshots");

        (await Admin.PostAsync($"/api/opportunities/{id}/assign", new { ownerId = Tenant.OtherSales.Id })).Expect(200);
        (await Admin.PostAsync($"/api/opportunities/{id}/amend", new { name = "after-canary" })).Expect(200);
        (await Admin.PostAsync("/api/opportunities", new { name = "mark", pipeline = "simple", amount = 1, ownerId = Tenant.Sales.Id })).Expect(201);

        await socket.HearAsync(hub => hub.Messages.Count(message => message.GetRawText().Contains("\"mark\"", StringComparison.Ordinal)) >= 2, "what came later");
        socket.Text.Should().NotContain("after-canary");
        socket.Messages.Where(message => message.Text("topic") == $"record:opportunity/{id}").Select(message => message.GetProperty("data").GetRawText()).Should().Contain(data => data.Contains("\"record\":null"));
    }

    [Fact]
    public async Task Whoever_only_names_a_record_is_told_of_it_and_not_counted_among_those_who_look()
    {
        var id = (await Sales.PostAsync("/api/opportunities", new { name = "before", pipeline = "simple", amount = 1 })).Expect(201).Id;
        await using var names = await OpenAsync();
        await using var looks = await OpenAsync(Tenant.Boss.Client);
        (await names.FollowAsync($"record:opportunity/{id}?unseen=true")).Should().BeNull();
        await names.HearAsync(hub => hub.Messages.Count > 0, "the snapshot");
        (await looks.FollowAsync($"record:opportunity/{id}")).Should().BeNull();

        (await Sales.PostAsync($"/api/opportunities/{id}/amend", new { name = "after" })).Expect(200);

        foreach (var socket in (HubSocket[])[names, looks])
        {
            await socket.HearAsync(hub => hub.Text.Contains("\"after\"", StringComparison.Ordinal), "the new name");
        }

        await looks.HearAsync(hub => hub.Text.Contains(Tenant.Boss.Id.ToString(), StringComparison.Ordinal), "who looks");
        Viewers(looks).Should().NotContain(Tenant.Sales.Id.ToString());
        Viewers(names).Should().BeEmpty();

        static IEnumerable<string?> Viewers(HubSocket socket) => socket.Messages
            .Select(message => message.GetProperty("data")).Where(data => data.TryGetProperty("viewers", out _))
            .SelectMany(data => data.GetProperty("viewers").EnumerateArray()).Select(viewer => viewer.Text("id"));
    }

    [Fact]
    public async Task Row_22_whose_sight_ends_without_an_event_of_the_record_hears_no_more_of_who_looks_at_it()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "shared", ownerId = Tenant.Sales.Id })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{id}/share", new { userId = Tenant.OtherSales.Id, right = "read" })).Expect(200);
        var topic = $"record:lead/{id}";
        await using var owner = await OpenAsync();
        (await owner.FollowAsync(topic)).Should().BeNull();
        await using var socket = await OpenAsync(Tenant.OtherSales.Client);
        (await socket.FollowAsync(topic)).Should().BeNull();
        await socket.HearAsync(hub => hub.Text.Contains(Tenant.Sales.Id.ToString(), StringComparison.Ordinal), "who looks");

        (await Admin.PostAsync($"/api/leads/{id}/unshare", new { userId = Tenant.OtherSales.Id })).Expect(200);
        await socket.HearAsync(hub => hub.Messages.Any(message => message.GetProperty("data").GetRawText() == "{\"record\":null,\"viewers\":[]}"), "that it is gone");
        var heard = socket.Messages.Count;
        await using var late = await OpenAsync(Tenant.Boss.Client);
        (await late.FollowAsync(topic)).Should().BeNull();
        (await Tenant.Boss.Client.SendAsync(HttpMethod.Post, $"/api/leads/{id}/files?name=x.txt", new ByteArrayContent("x"u8.ToArray()) { Headers = { ContentType = new("text/plain") } })).Expect(201);
        await owner.HearAsync(hub => hub.Text.Contains("\"files\":true", StringComparison.Ordinal) && hub.Text.Contains(Tenant.Boss.Id.ToString(), StringComparison.Ordinal), "both of it");

        (await socket.FollowAsync("tenant:mine")).Should().BeNull();
        await socket.HearAsync(hub => hub.Messages.Any(message => message.Text("topic") == "tenant:mine"), "what comes after");
        socket.Messages.Skip(heard).Select(message => message.GetRawText()).Should().NotContain(message => message.Contains(Tenant.Boss.Id.ToString()) || message.Contains("files"));
    }

    [Fact]
    public async Task Row_22_a_role_that_shows_less_now_shows_less_in_topics_that_are_followed_already()
    {
        await DefineAsync(["opportunities", "roles"], hides: null);
        var clerk = await Tenant.NewPersonAsync("clerk", "clerk");
        await using var socket = await OpenAsync(clerk.Client);
        foreach (var topic in (string[])["funnel:simple?month=2026-11", "list:roles"])
        {
            (await socket.FollowAsync(topic)).Should().BeNull();
        }

        await socket.HearAsync(hub => hub.Messages.Count >= 2, "the snapshots");
        await DefineAsync(["opportunities"], hides: "closedOn");
        await socket.HearAsync(hub => hub.Messages.Count(IsNothing) == 2, "that both are gone");
        var heard = socket.Messages.Count;

        (await Admin.PostAsync("/api/opportunities", new { name = "x", pipeline = "simple", amount = 71, expectedCloseOn = "2026-11-28" })).Expect(201);
        await DefineAsync(["opportunities", "leads"], hides: "closedOn");
        await socket.HearAsync(hub => hub.Messages.Count >= heard + 2, "the next ones");

        socket.Messages.Skip(heard).Where(message => !IsNothing(message)).Should().BeEmpty();

        static bool IsNothing(System.Text.Json.JsonElement message) => message.GetProperty("data").GetRawText() is "null" or "{\"items\":[]}";

        async Task DefineAsync(string[] slices, string? hides) => (await Admin.PutAsync("/api/roles/clerk", new
        {
            name = "clerk",
            grants = slices.Select(slice => new { slice, verb = "*", scopes = (string[])["all"] }),
            fields = hides is null ? [] : (object[])[new { slice = "opportunities", field = hides, right = "hidden" }],
        })).Expect(200);
    }

    [Fact]
    public async Task Row_22_an_administrator_who_is_one_no_more_takes_nothing_from_the_others()
    {
        var deposed = await Tenant.NewPersonAsync("deposed", "admin");
        var id = (await Admin.PostAsync("/api/opportunities", new { name = "x", pipeline = "simple", amount = 1, ownerId = Tenant.Sales.Id })).Expect(201).Id;
        var topic = $"record:opportunity/{id}";
        await using var first = await OpenAsync(deposed.Client);
        (await first.FollowAsync(topic)).Should().BeNull();
        await using var second = await OpenAsync(Tenant.Boss.Client);
        (await second.FollowAsync(topic)).Should().BeNull();
        await second.HearAsync(hub => hub.Messages.Count > 0, "the snapshot");

        (await Admin.PostAsync($"/api/users/{deposed.Id}/amend", new { role = "sales" })).Expect(200);
        await first.EndAsync();
        (await Admin.PostAsync($"/api/opportunities/{id}/amend", new { name = "still seen" })).Expect(200);

        await second.HearAsync(hub => hub.Text.Contains("still seen", StringComparison.Ordinal), "the change");
    }

    [Theory]
    [InlineData("""{"type":2,"invocationId":"1","item":1}""")]
    [InlineData("""{"type":3,"invocationId":"1","result":1}""")]
    [InlineData("""{"type":3,"invocationId":"1","error":"x"}""")]
    [InlineData("""{"type":4,"invocationId":"1","target":"Subscribe","arguments":["tenant:mine",null]}""")]
    [InlineData("""{"type":5,"invocationId":"1"}""")]
    [InlineData("""{"type":8,"sequenceId":1}""")]
    [InlineData("""{"type":9,"sequenceId":1}""")]
    [InlineData("""{"type":99}""")]
    public async Task Row_68_what_only_a_server_says_harms_nobody(string message)
    {
        await using var socket = await OpenAsync();
        await using var bystander = await OpenAsync();
        await socket.SendAsync(message);

        // it is closed or goes on, as the framework likes
        (await bystander.FollowAsync("tenant:mine")).Should().BeNull();
    }

    [Fact]
    public async Task Row_70_the_twenty_first_socket_of_a_person_closes_the_oldest()
    {
        var sockets = new List<HubSocket>();
        for (var i = 0; i <= LiveSockets.MostOfOne; i++)
        {
            sockets.Add(await OpenAsync());
            (await sockets[i].FollowAsync("tenant:mine")).Should().BeNull();
        }

        await sockets[0].EndAsync();
        sockets.Skip(1).Should().OnlyContain(socket => !socket.IsClosed);
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("too large")]
    [InlineData("no text")]
    [InlineData("nonsense\u001e")]
    [InlineData("{\"type\":1}\u001e")]
    [InlineData("{\"type\":1,\"target\":7}\u001e")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\u001e")]
    public async Task Row_67_what_is_too_large_or_no_message_closes_the_socket(string message)
    {
        await using var socket = await OpenAsync();
        (await socket.FollowAsync("tenant:mine")).Should().BeNull();

        await socket.SendBytesAsync(
            message switch { "too large" => Encoding.UTF8.GetBytes($"{{\"type\":1,\"target\":\"{new string('x', 33 * 1024)}\"}}\u001e"), "no text" => [0xff, 0xfe, 0xfd, 0x1e], _ => Encoding.UTF8.GetBytes(message) },
            WebSocketMessageType.Text);

        await socket.EndAsync();
    }

    [Fact]
    public async Task Row_67_many_fragments_are_one_message_and_no_more_than_that()
    {
        await using var socket = await OpenAsync();
        var message = Encoding.UTF8.GetBytes("{\"type\":1,\"invocationId\":\"f\",\"target\":\"Subscribe\",\"arguments\":[\"tenant:mine\",null]}\u001e");
        for (var i = 0; i < message.Length; i++)
        {
            await socket.SendBytesAsync([message[i]], WebSocketMessageType.Text, isWhole: i == message.Length - 1);
        }

        await socket.HearAsync(hub => hub.Messages.Count == 1, "the snapshot");
    }

    [Theory]
    [InlineData("hub-method-unknown", "Nothing", "x")]
    [InlineData("hub-method-unknown", "Nothing")]
    [InlineData("hub-method-unknown", "OnConnectedAsync")]
    [InlineData("hub-method-unknown", "Dispose")]
    [InlineData("hub-method-unknown", "get_Context")]
    [InlineData("hub-args-invalid", "Subscribe")]
    [InlineData("hub-args-invalid", "Subscribe", 1, 2, 3)]
    [InlineData("hub-args-invalid", "Subscribe", 1, 2)]
    [InlineData("hub-args-invalid", "Subscribe", "tenant:mine", "x")]
    [InlineData("hub-args-invalid", "Subscribe", "tenant:mine", 1.5)]
    [InlineData("hub-args-invalid", "Unsubscribe", new[] { "tenant:mine" })]
    public async Task Row_68_a_wrong_call_is_answered_with_a_code_and_without_a_word_of_our_insides(string code, string method, params object[] arguments)
    {
        await using var socket = await OpenAsync();

        var answer = await socket.InvokeAsync(method, arguments);

        answer.Text("error").Should().EndWith($"HubException: {code}").And.NotContain("Crm.").And.NotContain("   at ").And.NotContain("System.");
        (await socket.FollowAsync("tenant:mine")).Should().BeNull("the socket goes on");
    }

    [Theory]
    [InlineData("""{"type":1,"target":"Unsubscribe","arguments":["tenant:mine"]}""")]
    [InlineData("""{"type":1,"target":"Nothing","arguments":[]}""")]
    [InlineData("""{"type":1,"target":"Subscribe","arguments":[[]]}""")]
    [InlineData("""{"type":6}""")]
    [InlineData("""{"type":5,"invocationId":"1"}""")]
    public async Task Row_68_a_flood_closes_the_socket_whatever_it_is_of(string message)
    {
        await using var socket = await OpenAsync();
        for (var i = 0; i < 2_000 && !socket.IsClosed; i++)
        {
            try
            {
                await socket.SendAsync(message);
            }
            catch (Exception closed) when (closed is WebSocketException or InvalidOperationException or OperationCanceledException)
            {
                break;
            }
        }

        await socket.EndAsync();
    }

    [Fact]
    public async Task Row_69_topics_that_are_none_limits_and_positions()
    {
        await using var socket = await OpenAsync();
        foreach (var topic in (string[])["", ":", "record", "record:", "record:lead/", "record:lead/*", "record:*/*", "list:*", "list:leads?limit=0", "list:leads?limit=99999", "list:leads?filter=" + new string('(', 5_000), "x:y", new string('x', 10_000), "LIST:leads", "record:lead/00000000-0000-0000-0000-000000000000"])
        {
            (await socket.FollowAsync(topic)).Should().Be("not-found", topic.Length > 100 ? "it is too long" : topic);
        }

        foreach (var after in (long[])[-1, Tenant.Head + 1_000, long.MaxValue])
        {
            (await socket.FollowAsync("tenant:mine", after)).Should().Be("cursor-invalid");
        }

        // a position of long ago
        (await socket.FollowAsync("tenant:mine", after: 0)).Should().BeNull();
        await socket.HearAsync(hub => hub.Messages.Any(message => message.Text("kind") == "snapshot"), "a snapshot instead");
    }

    [Fact]
    public async Task Row_69_one_topic_too_many_is_refused()
    {
        await using var socket = await OpenAsync();
        for (var i = 0; i < 200; i++)
        {
            (await socket.FollowAsync($"list:leads?limit=1&filter=note eq \"{i}\"")).Should().BeNull();
        }

        (await socket.FollowAsync("list:leads?limit=2")).Should().Be("subscription-limit");
        (await socket.FollowAsync("list:leads?limit=1&filter=note eq \"7\"")).Should().BeNull("that one is followed already");
    }

    [Fact]
    public async Task The_fields_of_a_tenant_are_shown_to_each_without_those_that_are_hidden()
    {
        foreach (var label in (string[])["Nick", "Site"])
        {
            (await Admin.PostAsync("/api/fields/leads/add", new { label = new { en = label }, type = "text" })).Expect(200);
        }

        (await Admin.PutAsync("/api/roles/clerk", new { name = "clerk", grants = (object[])[new { slice = "leads", verb = "*", scopes = (string[])["all"] }], fields = (object[])[new { slice = "leads", field = "custom.nick", right = "hidden" }] })).Expect(200);
        var clerk = await Tenant.NewPersonAsync("clerk", "clerk");
        await using var boss = await OpenAsync(Tenant.Boss.Client);
        await using var socket = await OpenAsync(clerk.Client);
        (await boss.FollowAsync("fields:all")).Should().BeNull();
        (await socket.FollowAsync("fields:all")).Should().BeNull();
        await boss.HearAsync(hub => hub.Text.Contains("\"nick\"", StringComparison.Ordinal), "the field");
        await socket.HearAsync(hub => hub.Text.Contains("\"site\"", StringComparison.Ordinal), "the other field");

        (await Admin.PostAsync("/api/fields/leads/amend", new { key = "site", label = new { en = "Homepage" } })).Expect(200);
        await socket.HearAsync(hub => hub.Text.Contains("Homepage", StringComparison.Ordinal), "the new label");

        socket.Text.Should().NotContain("nick").And.NotContain("Nick");
    }

    /// <summary>A session that is on record, without the passwords that so many tests of one address would be throttled for.</summary>
    private async Task<ApiClient> SignInAsync(Person person)
    {
        var asker = new Asker(Tenant.Key, person.Id, person.Name, person.Role);
        var id = await App.Services.GetRequiredService<ISignInLog>().StartedAsync(asker, "password", new("192.0.2.1", null), CancellationToken.None);
        return new(App, Tenant.Key, person.Id) { Cookie = await App.Credentials.OpenSessionAsync(person.Login, asker, id, CancellationToken.None) };
    }
}
