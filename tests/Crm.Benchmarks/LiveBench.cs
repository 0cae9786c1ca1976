using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Crm.Benchmarks;

/// <summary>
/// How long after a change is sent it is on everybody's screen: so many viewers follow one board over their own sockets, changes come at a
/// steady pace, and each carries the moment it was sent in its name.
/// </summary>
internal static class LiveBench
{
    private const int Viewers = 100;
    private const int ChangesPerSecond = 500;
    private const int Opportunities = 500;
    private const int Senders = 8;

    public static async Task RunAsync(string folder, TimeSpan time)
    {
        var (server, _) = await ServerProcess.StartAsync(HttpBench.ServerProgram, [], HttpBench.Settings(Path.Combine(folder, "live")));
        await using (server)
        {
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "bench-key");
            var ids = new List<string>();
            for (var i = 0; i < Opportunities; i++)
            {
                using var made = await http.PostAsJsonAsync("/api/opportunities", new { name = "n", pipeline = "simple", amount = "1000" });
                ids.Add((await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!); // every creation answers its id
            }

            using var stop = new CancellationTokenSource();
            var samples = new List<double>[Viewers];
            var viewers = Enumerable.Range(0, Viewers).Select(i => WatchAsync(server.Port, samples[i] = [], stop.Token)).ToArray();
            await Task.Delay(TimeSpan.FromSeconds(2));
            var sent = await ChangeAsync(http, ids, time);
            await Task.Delay(TimeSpan.FromSeconds(1));
            await stop.CancelAsync();
            await Task.WhenAll(viewers);
            var all = samples.SelectMany(one => one).ToList();
            Report.Add(
                $"change → {Viewers} subscribers' screens, {sent / time.TotalSeconds:N0} changes/s, p99", Report.Milliseconds(Report.Percentile(all, 0.99)),
                $"p50 {Report.Milliseconds(Report.Percentile(all, 0.5))}, {all.Count:N0} arrivals", null, "100 ms");
        }
    }

    private static async Task<int> ChangeAsync(HttpClient http, List<string> ids, TimeSpan time)
    {
        var started = TimeProvider.System.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            while (true)
            {
                var i = Interlocked.Increment(ref next);
                var due = TimeSpan.FromSeconds((double)i / ChangesPerSecond);
                if (due > time)
                {
                    return;
                }

                if (due - TimeProvider.System.GetElapsedTime(started) is var wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait);
                }

                using var answer = await http.PostAsJsonAsync(
                    $"/api/opportunities/{ids[i % ids.Count]}/amend", new { name = string.Create(CultureInfo.InvariantCulture, $"t{TimeProvider.System.GetTimestamp()}") });
                answer.EnsureSuccessStatusCode();
            }
        }));
        return next;
    }

    private static async Task WatchAsync(int port, List<double> samples, CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer bench-key");
        await socket.ConnectAsync(new($"ws://127.0.0.1:{port}/live"), CancellationToken.None);
        await SendAsync(socket, "{\"protocol\":\"json\",\"version\":1}");
        await SendAsync(socket, "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Subscribe\",\"arguments\":[\"board:simple\",null]}");
        var buffer = new byte[4_194_304];
        var have = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(have), stop);
                have += part.Count;
                if (part.EndOfMessage)
                {
                    Note(buffer.AsSpan(0, have), samples);
                    have = 0;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // done
        }
    }

    private static void Note(ReadOnlySpan<byte> message, List<double> samples)
    {
        if (message.IndexOf("\"delta\""u8) < 0)
        {
            return;
        }

        while (message.IndexOf("\"name\":\"t"u8) is >= 0 and var at)
        {
            message = message[(at + 9)..];
            if (Utf8Parser.TryParse(message, out long sent, out _))
            {
                samples.Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
            }
        }
    }

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
