using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;

namespace Crm.Cluster.Tests.Nodes;

/// <summary>Somebody signed in, who goes to whichever node.</summary>
internal sealed class Person(string cookie)
{
    /// <summary>Signs in at a node.</summary>
    public static async Task<Person> SignInAsync(NodeProcess node, string login, string password)
    {
        using var answer = await TryAsync(node, login, password);
        answer.EnsureSuccessStatusCode();
        return new(answer.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
    }

    /// <param name="address">Where the proxy says that the person is; null without a proxy.</param>
    public static async Task<HttpResponseMessage> TryAsync(NodeProcess node, string login, string password, string? address = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{node.WebPort}/api/session") { Content = JsonContent.Create(new { login, password }) };
        request.Headers.Add("X-CRM", "1");
        if (address is not null)
        {
            request.Headers.Add("X-Forwarded-For", address);
        }

        return await node.Bare.SendAsync(request);
    }

    public async Task<HttpResponseMessage> AskAsync(NodeProcess node, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-CRM", "1");
        request.Headers.Add("Cookie", cookie);
        return await node.Bare.SendAsync(request);
    }

    /// <summary>Opens a socket and follows a topic.</summary>
    public async Task<Socket> FollowAsync(NodeProcess node, string topic)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", cookie);
        socket.Options.SetRequestHeader("Origin", $"http://127.0.0.1:{node.WebPort}");
        await socket.ConnectAsync(new($"ws://127.0.0.1:{node.WebPort}/live"), CancellationToken.None);
        await SendAsync(socket, "{\"protocol\":\"json\",\"version\":1}");
        await SendAsync(socket, $"{{\"type\":1,\"invocationId\":\"1\",\"target\":\"Subscribe\",\"arguments\":[\"{topic}\",null]}}");
        return new(socket);
    }

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}

/// <summary>An open socket, and all it was sent.</summary>
internal sealed class Socket : IDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly StringBuilder _heard = new();
    private readonly Lock _gate = new();

    public Socket(ClientWebSocket socket)
    {
        _socket = socket;
        Closed = ReadAsync();
    }

    /// <summary>Ends when the server has closed it.</summary>
    public Task Closed { get; }

    public bool HasHeard(string text)
    {
        lock (_gate)
        {
            return _heard.ToString().Contains(text, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[65_536];
        try
        {
            while (await _socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } part)
            {
                lock (_gate)
                {
                    _heard.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
                }
            }
        }
        catch (WebSocketException)
        {
            // closed
        }
    }
}
