using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crm.Web.Tests.Live;

/// <summary>
/// Sockets that do not do their part (rows 68 and 70 of the matrix of bad input), at applications that wait less long where waiting is all
/// that there is to it. The storm is of as many sockets as <c>CRM_SOCKETS</c> says (200).
/// </summary>
public sealed class PatienceTests(SharedApp shared, ITestOutputHelper output)
{
    [Fact]
    public async Task Row_68_who_never_shakes_hands_is_sent_away()
    {
        await using var app = await StartAsync(hub => hub.HandshakeTimeout = TimeSpan.FromSeconds(1));
        var tenant = await app.NewTenantAsync();
        await using var socket = await HubSocket.OpenAsync(app, tenant.Sales.Client, shakesHands: false);

        await socket.EndAsync();
    }

    [Fact]
    public async Task Row_70_who_is_gone_without_a_word_is_let_go()
    {
        await using var app = await CrmApp.StartAsync(new()
        {
            Configure = builder => builder.Services.PostConfigure<WebSocketOptions>(socket => (socket.KeepAliveInterval, socket.KeepAliveTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))),
        });
        var tenant = await app.NewTenantAsync();
        // what is left of a laptop that was closed: it takes no notice of anything, and nothing tells the server
        await using var gone = await OpenRawAsync(app, tenant);
        await gone.TrySendAsync(Frame("""{"type":1,"target":"Subscribe","arguments":["tenant:mine",null]}"""));
        await Eventually.BeTrueAsync(() => app.Silo.Exchange.FollowerCount == 1, "it to follow");

        await Eventually.BeTrueAsync(() => app.Silo.Exchange.FollowerCount == 0, "what it followed to be left");
    }

    [Fact]
    public async Task Row_70_who_never_reads_is_closed_and_slows_nobody()
    {
        await using var app = await StartAsync();
        var tenant = await app.NewTenantAsync();
        var note = new string('字', 20_000);
        var ids = new List<Guid>();
        for (var i = 0; i < 150; i++)
        {
            ids.Add((await tenant.Admin.PostAsync("/api/leads", new { name = $"lead {i}", note })).Expect(201).Id);
        }

        await using var stuck = await OpenRawAsync(app, tenant);
        // more than any buffer on the way takes, and not a byte of it is read
        await stuck.TrySendAsync(Frame("""{"type":1,"target":"Subscribe","arguments":["list:leads?limit=200",null]}"""));
        await Eventually.BeTrueAsync(() => app.Silo.Exchange.FollowerCount == 1, "it to follow");

        await using (var other = await HubSocket.OpenAsync(app, tenant.Admin, origin: ""))
        {
            (await other.FollowAsync($"record:lead/{ids[0]}")).Should().BeNull();
            (await tenant.Admin.PostAsync($"/api/leads/{ids[0]}/amend", new { name = "heard" })).Expect(200);
            await other.HearAsync(hub => hub.Text.Contains("\"heard\"", StringComparison.Ordinal), "the change");
        }

        // it says now and then that it is there: it is for not reading that it is closed
        var asked = 0;
        await Eventually.GetAsync(
            async () =>
            {
                await (asked++ % 100 == 0 ? stuck.TrySendAsync(Frame("""{"type":6}""")) : Task.CompletedTask);
                return app.Silo.Exchange.FollowerCount;
            },
            followers => followers == 0,
            "what it followed to be left");
    }

    [Fact]
    public void The_server_itself_waits_no_longer_than_promised()
    {
        var hub = shared.App.Services.GetRequiredService<IOptions<HubOptions>>().Value;
        var socket = shared.App.Services.GetRequiredService<IOptions<WebSocketOptions>>().Value;

        hub.HandshakeTimeout.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(15));
        (socket.KeepAliveInterval + socket.KeepAliveTimeout).Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Row_70_a_storm_of_reconnects_brings_everybody_back_with_what_they_missed()
    {
        var sockets = int.Parse(Environment.GetEnvironmentVariable("CRM_SOCKETS") ?? "200", CultureInfo.InvariantCulture);
        var tenant = await shared.App.NewTenantAsync();
        var deal = (await tenant.Admin.PostAsync("/api/opportunities", new { name = "calm", pipeline = "simple", amount = 1 })).Expect(201).Id;
        var topic = $"record:opportunity/{deal}";
        var before = await OpenAllAsync(tenant, sockets);
        await Task.WhenAll(before.Select(async socket => (await socket.FollowAsync(topic)).Should().BeNull()));
        await Task.WhenAll(before.Select(socket => socket.HearAsync(hub => hub.Messages.Count > 0, "the snapshot")));
        var seen = before[0].Messages[^1].GetProperty("seq").GetInt64();
        await Task.WhenAll(before.Select(socket => socket.DisposeAsync().AsTask()));
        (await tenant.Admin.PostAsync($"/api/opportunities/{deal}/amend", new { name = "missed" })).Expect(200);

        var begun = TimeProvider.System.GetTimestamp();
        var after = await OpenAllAsync(tenant, sockets);

        await Task.WhenAll(after.Select(async socket => (await socket.FollowAsync(topic, seen)).Should().BeNull()));
        await Task.WhenAll(after.Select(socket => socket.HearAsync(hub => hub.Text.Contains("\"missed\"", StringComparison.Ordinal), "what was missed")));
        output.WriteLine($"{sockets:N0} sockets were back with what they had missed after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:N1} s");
        await Task.WhenAll(after.Select(socket => socket.DisposeAsync().AsTask()));
    }

    /// <summary>All at once, by a key: a person has 20 at most.</summary>
    private Task<HubSocket[]> OpenAllAsync(TestTenant tenant, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => HubSocket.OpenAsync(shared.App, tenant.Admin, origin: "")));

    /// <summary>A socket that takes next to nothing in, and of which nobody here reads on.</summary>
    private static async Task<RawConnection> OpenRawAsync(CrmApp app, TestTenant tenant)
    {
        var connection = await RawConnection.OpenAsync(app, receiveBuffer: 4_096);
        await connection.TrySendAsync(
            $"GET /live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {tenant.AdminKey}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        (await connection.ReadAsync(until: "\r\n\r\n")).Should().StartWith("HTTP/1.1 101 ");
        await connection.TrySendAsync(Frame("""{"protocol":"json","version":1}"""));
        return connection;
    }

    private static Task<CrmApp> StartAsync(Action<HubOptions>? hurry = null) =>
        CrmApp.StartAsync(new() { Configure = builder => builder.Services.PostConfigure<HubOptions>(hub => hurry?.Invoke(hub)) });

    /// <summary>A text as a browser's socket sends it: one frame, masked with zeros.</summary>
    private static byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text + '\u001e');
        byte[] length = payload.Length < 126 ? [(byte)(0x80 | payload.Length)] : [0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length];
        return [0x81, .. length, 0, 0, 0, 0, .. payload];
    }
}
