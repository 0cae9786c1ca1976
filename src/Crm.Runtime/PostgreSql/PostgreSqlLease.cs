using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>
/// The right to write alone. Whoever has it holds an advisory lock on a session of its own, which the server frees at once when the process
/// dies, and says again and again that it is alive. Taking it raises the lease's epoch, which every transaction checks: whoever was thought
/// dead and was not can write nothing more.
/// </summary>
internal sealed class PostgreSqlLease : IAsyncDisposable
{
    private const string Lock = "select pg_try_advisory_lock(7161718)";

    /// <summary>Beats that must be missing of one whose session is gone, and of one whose session is there: it may be stopped, or cut off.</summary>
    private const int MissingWithoutSession = 2;
    private const int MissingWithSession = 3;

    private readonly PostgreSqlServer _server;
    private readonly TimeSpan _beat;
    private readonly Action _lost;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;
    private NpgsqlConnection? _session;

    private PostgreSqlLease(PostgreSqlServer server, TimeSpan beat, NpgsqlConnection session, long epoch, Action lost)
    {
        (_server, _beat, _session, Epoch, _lost) = (server, beat, session, epoch, lost);
        _thread = new Thread(Keep) { IsBackground = true, Name = "lease keeper" };
        _thread.Start();
    }

    public long Epoch { get; }

    /// <summary>Waits until nobody else has the lease, and takes it.</summary>
    /// <param name="onStandBy">Called once if somebody has it.</param>
    /// <param name="lost">Called once when another process has taken it from this one.</param>
    public static async Task<PostgreSqlLease> TakeAsync(PostgreSqlServer server, TimeSpan beat, Action? onStandBy, Action lost, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                if (TryTake(server, beat) is { } taken)
                {
                    return new(server, beat, taken.Session, taken.Epoch, lost);
                }
            }
            catch (Exception failure) when (onStandBy is null && failure is NpgsqlException or TimeoutException)
            {
                // a stand-by outlives a server that is away for a while
            }

            onStandBy?.Invoke();
            onStandBy = null;
            await Task.Delay(beat / 2, TimeProvider.System, cancel);
        }
    }

    /// <summary>Gives it back, so that whoever waits has it at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping.Set();
        await Task.Factory.StartNew(_thread.Join, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _stopping.Dispose();
        try
        {
            await using var session = _session is { State: System.Data.ConnectionState.Open } open ? open : _server.Connect();
            PostgreSqlServer.Execute(session, $"update lease_beat set at = '-infinity' where (select epoch from lease) = {Epoch}");
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            // then it is missed after a few beats
        }
    }

    private static (NpgsqlConnection Session, long Epoch)? TryTake(PostgreSqlServer server, TimeSpan beat)
    {
        var session = server.Connect();
        var isTaken = false;
        try
        {
            var isLocked = Ask<bool>(session, Lock);
            var missing = beat * (isLocked ? MissingWithoutSession : MissingWithSession);
            using var ask = new NpgsqlCommand("select at < clock_timestamp() - $1 from lease_beat", session) { Parameters = { new() { Value = missing } } };
            if (ask.ExecuteScalar() is not true)
            {
                return null;
            }

            if (!isLocked)
            {
                // it does not speak any more but may yet: its sessions end before another's begin
                PostgreSqlServer.Execute(session, "select pg_terminate_backend(a.pid, 5000) from pg_stat_activity a join lease l on a.application_name = l.holder and a.pid <> pg_backend_pid()");
                if (!Ask<bool>(session, Lock))
                {
                    return null;
                }
            }

            // waits for transactions under the epoch before, which hold this row
            using var take = new NpgsqlBatch(session)
            {
                BatchCommands =
                {
                    new("update lease_beat set at = clock_timestamp()"),
                    new("update lease set epoch = epoch + 1, holder = $1 returning epoch") { Parameters = { new() { Value = server.Name } } },
                },
            };
            var epoch = (long)take.ExecuteScalar()!; // there is one row
            isTaken = true;
            return (session, epoch);
        }
        finally
        {
            if (!isTaken)
            {
                session.Dispose();
            }
        }
    }

    private static T Ask<T>(NpgsqlConnection session, string sql)
    {
        using var command = new NpgsqlCommand(sql, session);
        return (T)command.ExecuteScalar()!; // never null
    }

    private void Keep()
    {
        TimeSpan rest;
        do
        {
            rest = _beat;
            try
            {
                if (!Beat())
                {
                    _lost();
                    return;
                }
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                // the server is away, or has ended the session: the next beat is on another, and soon, before it is missed
                _session?.Dispose();
                _session = null;
                rest = _beat / 10;
            }
        }
        while (!_stopping.Wait(rest));
    }

    /// <returns>Whether the lease is still this process's.</returns>
    private bool Beat()
    {
        _session ??= _server.Connect();
        using var beat = new NpgsqlBatch(_session)
        {
            BatchCommands =
            {
                new("update lease_beat set at = clock_timestamp() where (select epoch from lease) = $1") { Parameters = { new() { Value = Epoch } } },
                new("select epoch from lease"),
                // a session holds its lock once for each time it asked for it
                new("select case when exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and granted) then true else pg_try_advisory_lock(7161718) end"),
            },
        };
        using var answer = beat.ExecuteReader();
        answer.Read();
        return answer.GetInt64(0) == Epoch;
    }
}
