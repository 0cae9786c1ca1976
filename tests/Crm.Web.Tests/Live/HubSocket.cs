using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Crm.Web.Tests.Live;

/// <summary>An open socket of the hub, spoken to as the browser does, and all it was sent.</summary>
public sealed class HubSocket : IAsyncDisposable
{
    private const char End = '\u001e';
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket;
    private readonly CancellationTokenSource _patience = new();
    private readonly List<JsonElement> _heard = [];
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private int _invocations;

    private HubSocket(ClientWebSocket socket)
    {
        _socket = socket;
        _reading = ReadAsync();
    }

    /// <summary>Whether the server has ended it.</summary>
    public bool IsClosed => _reading.IsCompleted;

    /// <summary>How the server closed it; null while it is open or when it just broke off.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Everything that was sent, as one text.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _heard.Select(message => message.GetRawText()));
            }
        }
    }

    /// <summary>The messages of topics.</summary>
    public IReadOnlyList<JsonElement> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard.Where(message => message.GetProperty("type").GetInt32() == 1).Select(message => message.GetProperty("arguments")[0])];
            }
        }
    }

    /// <summary>Opens a socket as a caller, from our own page unless another origin is named; "" names none.</summary>
    /// <exception cref="WebSocketException">The server did not let it in.</exception>
    public static Task<HubSocket> OpenAsync(CrmApp app, ApiClient caller, string? origin = null, bool shakesHands = true) =>
        OpenAsync(app.Address, caller.ApiKey, caller.Cookie, origin, shakesHands);

    /// <summary>Opens a socket of a server that is a process of its own.</summary>
    /// <inheritdoc cref="OpenAsync(CrmApp, ApiClient, string?, bool)"/>
    public static async Task<HubSocket> OpenAsync(Uri server, string? key, string? cookie = null, string? origin = null, bool shakesHands = true)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (key is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        }

        if (cookie is not null)
        {
            socket.Options.SetRequestHeader("Cookie", $"crm={cookie}");
        }

        if ((origin ?? server.GetLeftPart(UriPartial.Authority)) is { Length: > 0 } from)
        {
            socket.Options.SetRequestHeader("Origin", from);
        }

        try
        {
            await socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/live" }.Uri, CancellationToken.None);
        }
        catch (WebSocketException refused)
        {
            throw new RefusedException((int)socket.HttpStatusCode, refused);
        }

        var hub = new HubSocket(socket);
        if (shakesHands)
        {
            await hub.SendAsync("""{"protocol":"json","version":1}""");
        }

        return hub;
    }

    /// <summary>Follows a topic.</summary>
    /// <returns>Null, or the code of why not.</returns>
    public async Task<string?> FollowAsync(string topic, long? after = null)
    {
        var answer = await InvokeAsync("Subscribe", topic, after);
        // the framework says whose exception it was, and then its message
        return answer.TryGetProperty("error", out var error) ? error.GetString()!.Split("HubException: ")[^1] : null; // an error is a text
    }

    /// <summary>Calls a method and waits for its completion.</summary>
    public async Task<JsonElement> InvokeAsync(string method, params object?[] arguments)
    {
        var id = Interlocked.Increment(ref _invocations).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = id, target = method, arguments }));
        return await Eventually.GetAsync(() => Task.FromResult(Find(id)), found => found.ValueKind != JsonValueKind.Undefined, $"an answer to {method}");
    }

    /// <summary>Sends a message as it is.</summary>
    public Task SendAsync(string message) => SendBytesAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text);

    public Task SendBytesAsync(byte[] bytes, WebSocketMessageType type, bool isWhole = true) => _socket.SendAsync(bytes, type, isWhole, _patience.Token);

    /// <summary>Waits until something was heard.</summary>
    public Task<bool> HearAsync(Func<HubSocket, bool> isIt, string what) => Eventually.GetAsync(() => Task.FromResult(isIt(this)), found => found, what);

    /// <summary>Waits until the server has ended it.</summary>
    public async Task EndAsync() => await _reading.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await _patience.CancelAsync();
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _patience.Dispose();
    }

    private JsonElement Find(string invocation)
    {
        lock (_gate)
        {
            return _heard.FirstOrDefault(message => message.GetProperty("type").GetInt32() == 3 && message.GetProperty("invocationId").GetString() == invocation);
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[65_536];
        using var whole = new MemoryStream();
        try
        {
            while (await _socket.ReceiveAsync(buffer, _patience.Token) is { MessageType: not WebSocketMessageType.Close } part)
            {
                whole.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Take(Encoding.UTF8.GetString(whole.ToArray()));
                    whole.SetLength(0);
                }
            }
        }
        catch (Exception) when (_patience.IsCancellationRequested || _socket.State is not WebSocketState.Open)
        {
            // broken off, by the server or by us
        }
    }

    private void Take(string frames)
    {
        lock (_gate)
        {
            // the answer to the handshake has no type
            _heard.AddRange(frames.Split(End, StringSplitOptions.RemoveEmptyEntries).Select(frame => JsonDocument.Parse(frame).RootElement).Where(message => message.TryGetProperty("type", out _)));
        }
    }
}

/// <summary>The server answered a status instead of opening a socket.</summary>
public sealed class RefusedException(int status, Exception inner) : Exception($"The server answered {status}.", inner)
{
    public int Status => status;
}
