using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Crm.Runtime.Tests.PostgreSql;

/// <summary>
/// A PostgreSQL server of our own on a folder of its own, run as a user that is not root. It ends with whoever started it, however that ends.
/// All tests of a run share one; <c>CRM_TEST_POSTGRES</c> names one that is there already.
/// </summary>
public sealed class ThrowAwayServer : IAsyncDisposable
{
    /// <summary>Everything a server needs from its first to its last moment, which is when its input ends.</summary>
    private const string Script = """
        set -eu
        bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1) || bin=$(dirname "$(command -v initdb)")
        folder=$(mktemp -d /tmp/crm-postgres-XXXXXX)
        as=
        if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; as="setpriv --reuid postgres --regid postgres --clear-groups"; fi
        cd "$folder"
        $as "$bin/initdb" -D "$folder/data" -U crm --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync >"$folder.log" 2>&1
        cat >> "$folder/data/postgresql.conf" <<END
        listen_addresses = '127.0.0.1'
        port = $1
        unix_socket_directories = '$folder'
        max_connections = 300
        shared_buffers = $3
        max_wal_size = 4GB
        checkpoint_timeout = 15min
        fsync = $2
        full_page_writes = $2
        END
        trap '$as "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1; rm -rf "$folder" "$folder.log"' EXIT
        trap 'exit 1' HUP INT TERM
        $as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start >>"$folder.log" 2>&1 || { cat "$folder.log" "$folder/log"; exit 1; }
        echo ready
        while read -r what; do
          case $what in
            stop) $as "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 ;;
            start) $as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w start >/dev/null 2>&1 ;;
          esac
          echo done
        done
        """;

    private static readonly Lazy<Task<ThrowAwayServer>> SharedOne = new(() => Environment.GetEnvironmentVariable("CRM_TEST_POSTGRES") is { Length: > 0 } given ? Task.FromResult(new ThrowAwayServer(given, null)) : StartAsync());

    private static int _databases;

    private readonly Process? _process;

    private ThrowAwayServer(string connectionString, Process? process) => (Admin, _process) = (connectionString, process);

    /// <summary>The one for all tests.</summary>
    public static Task<ThrowAwayServer> Shared => SharedOne.Value;

    /// <summary>How its superuser connects, to the database <c>postgres</c>.</summary>
    public string Admin { get; }

    /// <param name="isDurable">Whether it waits for the disk. What a power cut takes is not tried here, so tests do without.</param>
    public static async Task<ThrowAwayServer> StartAsync(bool isDurable = false, string sharedBuffers = "128MB")
    {
        var port = FreePort();
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (ReadOnlySpan<string>)["-c", Script, "sh", $"{port}", isDurable ? "on" : "off", sharedBuffers])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!; // a shell is there
        var server = new ThrowAwayServer($"Host=127.0.0.1;Port={port};Username=crm;Database=postgres", process);
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
            {
                return server;
            }

            said.Add(line);
        }

        throw new InvalidOperationException($"PostgreSQL did not start; on Debian: apt-get install postgresql. {string.Join('\n', said)}");
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> MakeDatabaseAsync(string options = "template template0 encoding 'UTF8' locale 'C.UTF-8'")
    {
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(Admin, $"create database {name} {options}");
        return new NpgsqlConnectionStringBuilder(Admin) { Database = name }.ConnectionString;
    }

    public Task DropDatabaseAsync(string connectionString) =>
        ExecuteAsync(Admin, $"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");

    /// <summary>Ends it as a power cut would, but for the disk.</summary>
    public Task StopAsync() => SayAsync("stop");

    public Task StartAgainAsync() => SayAsync("start");

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await ConnectAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of each row, as text.</summary>
    public static async Task<List<string>> ReadAsync(string connectionString, string sql)
    {
        await using var connection = await ConnectAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var all = new List<string>();
        while (await rows.ReadAsync())
        {
            all.Add($"{rows.GetValue(0)}");
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private async Task SayAsync(string what)
    {
        var process = _process ?? throw new InvalidOperationException("This server is somebody else's.");
        await process.StandardInput.WriteLineAsync(what);
        await process.StandardInput.FlushAsync();
        await process.StandardOutput.ReadLineAsync();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
