using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>A wire to a server that can be cut.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<(TcpClient Client, TcpClient Server)> _pairs = [];
    private readonly IPEndPoint _server;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private volatile bool _isMute;

    public TcpProxy(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new(IPAddress.Loopback, given.Port);
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The way to the server through here.</summary>
    public string ConnectionString { get; }

    /// <summary>Ends all connections and takes no more until mended.</summary>
    public void Cut()
    {
        _isCut = true;
        Drop();
    }

    /// <summary>From now on the server hears but is not heard.</summary>
    public void Mute() => _isMute = true;

    public void Mend() => _isCut = _isMute = false;

    public void Drop()
    {
        lock (_pairs)
        {
            foreach (var (client, server) in _pairs)
            {
                client.Dispose();
                server.Dispose();
            }

            _pairs.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Drop();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                if (_isCut)
                {
                    client.Dispose();
                    continue;
                }

                var server = new TcpClient { NoDelay = true };
                client.NoDelay = true;
                await server.ConnectAsync(_server);
                lock (_pairs)
                {
                    _pairs.Add((client, server));
                }

                _ = PumpAsync(client, server, isAnswer: false);
                _ = PumpAsync(server, client, isAnswer: true);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isAnswer)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.GetStream().ReadAsync(buffer) is var length and > 0)
            {
                if (!(isAnswer && _isMute))
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, length));
                }
            }
        }
        catch (Exception closed) when (closed is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // one end is gone
        }

        from.Dispose();
        to.Dispose();
    }
}
