using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Crm.Torture.Server;

/// <summary>How a server is started.</summary>
internal sealed record ServerSetup(string Folder)
{
    public string Synchronous { get; init; } = "FULL";

    /// <summary>Most pages of the file, 0 for no limit.</summary>
    public int MaxPages { get; init; }

    /// <summary>Runs under strace, which writes to this file.</summary>
    public string? TraceFile { get; init; }

    /// <summary>A write beyond a limit on file sizes (set later, from outside) fails instead of ending the process.</summary>
    public bool SurvivesFileLimit { get; init; }
}

/// <summary>The real server, as a process of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string ApiKey = "torture-key";

    public const string Password = "torture-pass-1";

    private const string Announcement = "CRM is running at ";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Crm.Web.dll");

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _isTraced;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _pid;

    private ServerProcess(Process process, bool isTraced) => (_process, _isTraced, _pid) = (process, isTraced, process.Id);

    /// <summary>Known once <see cref="ReadyAsync"/> has returned.</summary>
    public Uri Address => _address.Task.Result;

    public int Pid => _pid;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>From the start to the first answered health request.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Starts a server without waiting for it.</summary>
    public static ServerProcess Launch(ServerSetup setup)
    {
        var start = NewStart();
        if (setup.TraceFile is { } trace)
        {
            start.FileName = "strace";
            // only the calls that matter stop the server; a line holds whole buffers, in hexadecimal
            Add(start, "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1000000", "-e", $"trace={Calls}", "-e", "signal=none", "-o", trace, "dotnet", Program);
        }
        else if (setup.SurvivesFileLimit)
        {
            start.FileName = "sh";
            // the default of SIGXFSZ is to end the process; ignored, the write itself fails
            Add(start, "-c", "trap '' XFSZ; exec dotnet \"$0\"", Program);
        }
        else
        {
            start.FileName = "dotnet";
            Add(start, Program);
        }

        SetEnvironment(start, setup.Folder);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Crm__Synchronous"] = setup.Synchronous;
        start.Environment["Crm__MaxPages"] = setup.MaxPages.ToString(CultureInfo.InvariantCulture);
        start.Environment["Crm__RequestsPerSecond"] = "0";
        start.Environment["Crm__Demo__ApiKey"] = ApiKey;
        start.Environment["Crm__Demo__Password"] = Password;
        start.Environment["Crm__Demo__Leads"] = "0";
        start.Environment["Crm__Demo__Opportunities"] = "0";
        return Listen(new Process { StartInfo = start }, setup.TraceFile is not null);
    }

    /// <summary>The calls recorded for the power-cut replay: what reaches the files, and what reaches the clients.</summary>
    public const string Calls = "pwrite64,pwritev,write,writev,ftruncate,fallocate,fsync,fdatasync,unlink,unlinkat,rename,sendto,sendmsg";

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<ServerProcess> StartAsync(ServerSetup setup)
    {
        var server = Launch(setup);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Runs the program with arguments until it ends by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] args)
    {
        var start = NewStart();
        start.FileName = "dotnet";
        Add(start, [Program, .. args]);
        SetEnvironment(start, folder);
        await using var process = Listen(new Process { StartInfo = start }, isTraced: false);
        return (await process.WaitForExitAsync(), process.Output);
    }

    /// <summary>Waits until the server answers.</summary>
    public async Task ReadyAsync()
    {
        var first = await Task.WhenAny(_address.Task, _process.WaitForExitAsync()).WaitAsync(Deadline.Usual);
        if (first != _address.Task)
        {
            throw new InvalidOperationException($"The server has ended with {_process.ExitCode}: {Output}");
        }

        using var http = new HttpClient { BaseAddress = Address };
        (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).EnsureSuccessStatusCode();
        StartTime = Stopwatch.GetElapsedTime(_started);
        _pid = _isTraced ? ChildOf(_process.Id) : _process.Id;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        Signals.Kill(_pid);
        await WaitForExitAsync();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signals.Terminate(_pid);
        return await WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Deadline.Usual);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signals.Kill(_pid);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    // not even its input is ours: a terminal stops a program in the background that touches it
    private static ProcessStartInfo NewStart() => new() { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

    private static void SetEnvironment(ProcessStartInfo start, string folder)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("Crm__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["Crm__DataPath"] = folder;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        // the runtime's own diagnostics port makes and removes a file that would only be noise in the trace
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
    }

    private static ServerProcess Listen(Process process, bool isTraced)
    {
        process.Start();
        var server = new ServerProcess(process, isTraced);
        process.OutputDataReceived += (_, line) => server.Take(line.Data);
        process.ErrorDataReceived += (_, line) => server.Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    private static void Add(ProcessStartInfo start, params string[] args)
    {
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }
    }

    private static int ChildOf(int pid) =>
        int.Parse(File.ReadAllText($"/proc/{pid}/task/{pid}/children").Trim().Split(' ')[0], CultureInfo.InvariantCulture);

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.IndexOf(Announcement, StringComparison.Ordinal) is var at and >= 0)
        {
            _address.TrySetResult(new Uri(line[(at + Announcement.Length)..].Split(',')[0].Trim()));
        }
    }
}
