using System.Net;
using System.Net.Sockets;

namespace Crm.Cluster.Tests.Nodes;

/// <summary>A wire that can be cut: forwards a port, or, while it is shut, lets bytes wait and nobody know.</summary>
internal sealed class TcpGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int> _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();

    public TcpGate(Func<int> target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Shut() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Open();
        _listener.Dispose();
        await _accepting;
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ForwardAsync(client);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // the end
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await _open.Task;
            await far.ConnectAsync(IPAddress.Loopback, _target(), _stop.Token);
            near.NoDelay = far.NoDelay = true;
            await Task.WhenAny(PumpAsync(near.GetStream(), far.GetStream()), PumpAsync(far.GetStream(), near.GetStream()));
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            // closed on one side, so it is on the other
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            var buffer = new byte[64 * 1_024];
            int count;
            while ((count = await from.ReadAsync(buffer, _stop.Token)) > 0)
            {
                await _open.Task;
                await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // closed on one side
        }
    }
}
