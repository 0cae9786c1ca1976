using System.Net.Sockets;
using System.Text;

namespace Crm.Web.Tests.Hosting;

/// <summary>A plain socket to the server: says what no HTTP client would say.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _socket = new() { NoDelay = true };

    /// <param name="receiveBuffer">Bytes that may wait to be read here; null for what the machine gives.</param>
    public static async Task<RawConnection> OpenAsync(CrmApp app, int? receiveBuffer = null)
    {
        var connection = new RawConnection();
        if (receiveBuffer is { } bytes)
        {
            // before it connects: afterwards the window is agreed
            connection._socket.ReceiveBufferSize = bytes;
        }

        await connection._socket.ConnectAsync(app.Address.Host, app.Address.Port);
        return connection;
    }

    /// <summary>Sends a request of its own connection.</summary>
    /// <param name="text">Each character is a byte.</param>
    /// <returns>All that came until the server closed the connection.</returns>
    public static async Task<string> AskAsync(CrmApp app, string text)
    {
        await using var connection = await OpenAsync(app);
        await connection.TrySendAsync(text);
        return await connection.ReadToEndAsync();
    }

    public Task<bool> TrySendAsync(string text) => TrySendAsync(Encoding.Latin1.GetBytes(text));

    /// <returns>False when the server has closed the connection.</returns>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await _socket.GetStream().WriteAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads until a text has come.</summary>
    public async Task<string> ReadAsync(string until)
    {
        var all = new StringBuilder();
        while (!all.ToString().Contains(until, StringComparison.Ordinal) && await ReadSomeAsync(all))
        {
        }

        return all.ToString();
    }

    /// <summary>Reads until the server closes the connection, and fails when it does not.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var all = new StringBuilder();
        while (await ReadSomeAsync(all))
        {
        }

        return all.ToString();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> ReadSomeAsync(StringBuilder all)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[16_384];
        try
        {
            var read = await _socket.GetStream().ReadAsync(buffer, patience.Token);
            all.Append(Encoding.Latin1.GetString(buffer, 0, read));
            return read > 0;
        }
        catch (IOException)
        {
            // closed the hard way
            return false;
        }
    }
}
