using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Crm.Runtime.Files.Azure;

namespace Crm.Runtime.Tests.Files;

/// <summary>
/// A service of Azurite, Microsoft's emulator, on a folder of its own. It ends with whoever started it, however that ends. All tests of a run
/// share one. <c>npm ci</c> in the folder <c>tests/azurite</c> installs it, which this does when nobody has.
/// </summary>
public sealed class Azurite
{
    public const string Account = "devstoreaccount1";

    /// <summary>The key that the emulator is known for.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>Its first and last moment; the last is when its input ends.</summary>
    private const string Script = """
        set -eu
        cd "$1"
        if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
          npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1
        fi
        folder=$(mktemp -d /tmp/crm-azurite-XXXXXX)
        node "node_modules/azurite/dist/src/$3/main.js" --silent --disableTelemetry --skipApiVersionCheck --location "$folder" "--$3Host" 127.0.0.1 "--$3Port" "$2" >"$folder.log" 2>&1 </dev/null &
        pid=$!
        trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null; rm -rf "$folder" "$folder.log"' EXIT
        trap 'exit 1' HUP INT TERM
        echo started
        while read -r what; do :; done
        """;

    private static readonly Lazy<Task<Azurite>> SharedOne = new(() => StartAsync("blob"));
    private static readonly Lazy<Task<Azurite>> SharedTables = new(() => StartAsync("table"));

    private static int _containers;

    // kept, for its input must stay open
    private readonly Process _process;

    private Azurite(int port, Process process) => (Port, _process) = (port, process);

    /// <summary>Its Blob service.</summary>
    public static Task<Azurite> Shared => SharedOne.Value;

    /// <summary>Its Table service.</summary>
    public static Task<Azurite> Tables => SharedTables.Value;

    public int Port { get; }

    public string Endpoint => $"http://127.0.0.1:{Port}/{Account}";

    public string ConnectionString => $"AccountName={Account};AccountKey={Key};BlobEndpoint={Endpoint}";

    public BlobAccount ByKey => BlobAccount.Parse(ConnectionString);

    /// <summary>A container's name that nobody has had.</summary>
    public static string NewContainer() => $"test-{Environment.ProcessId}-{Interlocked.Increment(ref _containers)}";

    private static async Task<Azurite> StartAsync(string service)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (ReadOnlySpan<string>)["-c", Script, "sh", Path.Combine(Here(), "../../azurite"), $"{port}", service])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!; // a shell is there
        if (await process.StandardOutput.ReadLineAsync() != "started")
        {
            throw new InvalidOperationException("Azurite could not be installed: run 'npm ci' in tests/azurite to see why.");
        }

        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return new(port, process);
            }
            catch (SocketException) when (!process.HasExited && watch.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50);
            }
        }
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!; // the compiler gives a whole path

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
