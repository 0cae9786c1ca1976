using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Crm.Benchmarks;

/// <summary>A server in a process of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Memory in use, in MiB.</summary>
    public double Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024d / 1024d;
        }
    }

    /// <summary>Starts and waits until it is ready.</summary>
    /// <returns>The server, and how long it took.</returns>
    public static async Task<(ServerProcess Server, TimeSpan Took)> StartAsync(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var started = TimeProvider.System.GetTimestamp();
        var server = Launch(program, arguments, environment);
        await server.UntilAsync(answer => Task.FromResult(answer.IsSuccessStatusCode));
        return (server, TimeProvider.System.GetElapsedTime(started));
    }

    /// <summary>Starts without waiting.</summary>
    public static ServerProcess Launch(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(program) };
        foreach (var argument in (string[])[program, .. arguments.Select(argument => argument.Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        var process = Process.Start(start)!; // a new process, not a document
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, port);
    }

    /// <summary>Waits until its health says that it is in a state.</summary>
    public Task UntilStateAsync(string state) =>
        UntilAsync(async answer => (await answer.Content.ReadAsStringAsync()).Contains($"\"status\":\"{state}\"", StringComparison.Ordinal));

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task UntilAsync(Func<HttpResponseMessage, Task<bool>> isSo)
    {
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{Port}/health/ready"));
                if (await isSo(answer))
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // it does not listen yet
            }

            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Sends requests over kept-alive connections, each its next when the last was answered.</summary>
internal static class HttpLoad
{
    /// <param name="request">Path and JSON of a numbered request.</param>
    /// <returns>Requests a second, and the latency of each in milliseconds.</returns>
    public static async Task<(double Rate, List<double> Latencies)> RunAsync(int port, int connections, TimeSpan time, Func<int, (string Path, string Body)> request, int status)
    {
        var next = -1;
        var samples = new List<double>[connections];
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async connection =>
        {
            samples[connection] = [];
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var answer = new byte[8_192];
            while (TimeProvider.System.GetElapsedTime(started) < time)
            {
                var (path, body) = request(Interlocked.Increment(ref next));
                var bytes = Encoding.UTF8.GetBytes(body);
                var head = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer bench-key\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\n\r\n");
                var sent = TimeProvider.System.GetTimestamp();
                await socket.SendAsync((ArraySegment<byte>[])[head, bytes]);
                await ReadAnswerAsync(socket, answer, status);
                samples[connection].Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
            }
        }));
        var all = samples.SelectMany(one => one).ToList();
        return (all.Count / TimeProvider.System.GetElapsedTime(started).TotalSeconds, all);
    }

    private static async ValueTask ReadAnswerAsync(Socket socket, byte[] answer, int status)
    {
        var have = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(have));
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            have += read;
            if (IsWhole(answer.AsSpan(0, have), out var found))
            {
                if (found != status)
                {
                    throw new InvalidOperationException($"Answered {found}: {Encoding.UTF8.GetString(answer, 0, have)}");
                }

                return;
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        status = int.Parse(answer[9..12], NumberStyles.None, CultureInfo.InvariantCulture);
        var length = answer[..end].IndexOf("Content-Length: "u8);
        if (length < 0)
        {
            return answer.EndsWith("0\r\n\r\n"u8);
        }

        var digits = answer[(length + 16)..end];
        var line = digits.IndexOf((byte)'\r');
        return answer.Length - end - 4 >= int.Parse(line < 0 ? digits : digits[..line], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
