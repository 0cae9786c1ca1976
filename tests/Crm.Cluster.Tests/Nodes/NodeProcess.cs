using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace Crm.Cluster.Tests.Nodes;

/// <summary>One node of a cluster in a process of its own, reached by the others and reaching the database through wires that can be cut.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>In place of a role: one process that is no member of a cluster, on the same store.</summary>
    public const string Alone = "alone";

    private const int SigStop = 19;
    private const int SigContinue = 18;

    private readonly string _folder;
    private readonly string _connection;
    private readonly int _listenPort = FreePort();
    private readonly TcpGate _database;
    private readonly TcpGate _others;
    private readonly int _number;
    private readonly string _role;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private Process? _process;
    private StreamWriter? _log;

    /// <param name="role">As <c>--role</c>.</param>
    /// <param name="settings">Besides the usual.</param>
    public NodeProcess(int number, string folder, string connection, string role, IReadOnlyDictionary<string, string>? settings)
    {
        var target = new NpgsqlConnectionStringBuilder(connection);
        var port = target.Port;
        (_number, _folder, _role, _settings) = (number, folder, role, settings ?? new Dictionary<string, string>());
        _database = new(() => port);
        _others = new(() => _listenPort);
        (target.Host, target.Port) = ("127.0.0.1", _database.Port);
        _connection = target.ConnectionString;
        Http = new() { BaseAddress = new($"http://127.0.0.1:{WebPort}"), Timeout = TimeSpan.FromSeconds(40) };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", "torture-key");
        Bare = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Http.BaseAddress, Timeout = Http.Timeout };
    }

    /// <summary>With the key of the demo tenant.</summary>
    public HttpClient Http { get; }

    /// <summary>Without any credential.</summary>
    public HttpClient Bare { get; }

    public int Starts { get; private set; }

    public int WebPort { get; } = FreePort();

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What it has spent since it was started.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh(); // it was started
            return _process.TotalProcessorTime;
        }
    }

    public string LogFile => Path.Combine(_folder, $"node-{_number}.log");

    public void Start()
    {
        Starts++;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = _folder };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, _role == Alone ? "Crm.Web.dll" : "Crm.Orleans.dll"));
        if (_role != Alone)
        {
            start.ArgumentList.Add("--role");
            start.ArgumentList.Add(_role);
        }

        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["Crm__Store"] = "PostgreSql",
            ["Crm__ConnectionString"] = _connection,
            ["Crm__Cluster__Id"] = "torture",
            ["Crm__Cluster__Address"] = "127.0.0.1",
            ["Crm__Cluster__Port"] = $"{_others.Port}",
            ["Crm__Cluster__ListenPort"] = $"{_listenPort}",
            ["Crm__DataPath"] = Path.Combine(_folder, "data"),
            ["Crm__Demo__Password"] = "torture-pass-1",
            ["Crm__Demo__ApiKey"] = "torture-key",
            ["Crm__Demo__Leads"] = "0",
            ["Crm__Demo__Opportunities"] = "0",
            ["Crm__RequestsPerSecond"] = "0",
            // a silo has no other door than that for its health, whatever else is said
            ["Crm__Cluster__HealthPort"] = _role == "silo" ? $"{WebPort}" : "",
            ["ASPNETCORE_URLS"] = _role == "silo" ? "http://127.0.0.1:1" : $"http://127.0.0.1:{WebPort}",
        })
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        _log ??= new(LogFile) { AutoFlush = true };
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            using var answer = await Http.GetAsync("/health/ready", patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        var process = _process!; // it was started
        Kill(process.Id, 15);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        var process = _process!; // it was started
        await process.WaitForExitAsync().WaitAsync(NodeGroup.StartTime);
        return process.ExitCode;
    }

    public void Freeze() => Kill(_process!.Id, SigStop); // it was started

    public void Thaw()
    {
        if (IsRunning)
        {
            Kill(_process!.Id, SigContinue);
        }
    }

    public void Cut()
    {
        _database.Shut();
        _others.Shut();
    }

    public void Mend()
    {
        _database.Open();
        _others.Open();
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        await KillAsync();
        _process?.Dispose();
        await _database.DisposeAsync();
        await _others.DisposeAsync();
        Http.Dispose();
        Bare.Dispose();
        _log?.Dispose();
    }

    private void Log(string? line)
    {
        lock (_folder)
        {
            _log?.WriteLine($"{DateTime.Now:HH:mm:ss} {line}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Kill(int process, int signal) => _ = SendSignal(process, signal);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
