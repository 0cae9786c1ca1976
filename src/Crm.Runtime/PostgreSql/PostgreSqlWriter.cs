using System.Collections.Concurrent;
using Crm.Runtime.Journal;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>
/// The one thread of this process that writes. It takes what has gathered while the last commit was on its way and commits that together.
/// A connection that breaks costs nothing: the server is asked what became of the transaction, and what it did not commit is done again.
/// </summary>
internal sealed class PostgreSqlWriter
{
    /// <summary>Most ids forgotten in one transaction, so that none takes long. More than a transaction adds, or they would outgrow it.</summary>
    private const int MostForgotten = 2_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Between two notices to processes that are told otherwise: commits that give notice wait for each other, whatever they write.</summary>
    private static readonly TimeSpan NoticePause = TimeSpan.FromMilliseconds(250);

    private readonly PostgreSqlServer _server;
    private readonly PostgreSqlOptions _options;
    private readonly PostgreSqlTenants _tenants;
    private readonly HandledDays _handledDays;
    private readonly IReadOnlyDictionary<string, PostgreSqlKind> _kinds;
    private readonly long? _epoch;
    private readonly ConcurrentQueue<PostgreSqlJob> _queue = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;
    private NpgsqlConnection? _connection;
    private int _session;
    private long _noticedAt;
    private int _waiting;
    private int _added;
    private bool _hasRivals;
    private bool _hasEnded;
    private bool _hasBroken;
    private volatile bool _isBroken;
    private WriteResult _afterBreak = WriteResult.DurabilityUnknown;

    public PostgreSqlWriter(
        PostgreSqlServer server, PostgreSqlOptions options, PostgreSqlTenants tenants, HandledDays handledDays, IReadOnlyDictionary<string, PostgreSqlKind> kinds, long? epoch)
    {
        (_server, _options, _tenants, _handledDays, _kinds, _epoch) = (server, options, tenants, handledDays, kinds, epoch);
        _thread = new Thread(Loop) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
    }

    private enum Verdict
    {
        Done,

        /// <summary>One of the jobs is impossible and marked so: the others are to be tried without it.</summary>
        Again,

        /// <summary>Nothing was committed, through no fault of the jobs.</summary>
        Unreachable,

        /// <summary>Nothing was committed, through the fault of one of the jobs.</summary>
        Refused,
        Broken,
    }

    public StoreFollowers Followers { get; } = new();

    /// <summary>Told of a tenant in whose journal others have written too, once a commit shows it, until its totals have been read.</summary>
    public event Action<PostgreSqlTenant>? Overtaken;

    public bool IsHealthy => !_isBroken && !_stopping.IsSet;

    /// <summary>Takes a job. Jobs are finished in the order they came, even while the store closes or after it broke.</summary>
    public void Enqueue(PostgreSqlJob job)
    {
        _queue.Enqueue(job);
        if (Interlocked.Increment(ref _waiting) == 1)
        {
            _arrived.Release();
        }

        if (Volatile.Read(ref _hasEnded))
        {
            FailRest();
        }
    }

    /// <summary>Writes all that was taken, then takes no more.</summary>
    public async Task StopAsync()
    {
        _stopping.Set();
        _arrived.Release();
        await Task.Factory.StartNew(_thread.Join, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Disconnect();
    }

    /// <summary>Another process has taken over: nothing more is written.</summary>
    public void LoseLease() => BreakDown(new LeaseLostException());

    private void Loop()
    {
        var batch = new List<PostgreSqlJob>();
        while (true)
        {
            _arrived.Wait();
            int taken;
            do
            {
                batch.Clear();
                while (batch.Count < _options.BatchSize && _queue.TryDequeue(out var job))
                {
                    batch.Add(job);
                }

                (taken, _added) = (batch.Count, 0);
                CommitAll(batch);
            }
            while (Interlocked.Add(ref _waiting, -taken - _added) > 0);

            if (_stopping.IsSet && _queue.IsEmpty)
            {
                // whoever comes later sees this, or was seen here
                Interlocked.Exchange(ref _hasEnded, true);
                FailRest();
                return;
            }
        }
    }

    private void FailRest()
    {
        while (_queue.TryDequeue(out var job))
        {
            Followers.Finish(job, WriteResult.DurabilityUnknown, new InvalidOperationException("The store is closed."));
        }
    }

    private void CommitAll(List<PostgreSqlJob> batch)
    {
        for (var start = 0; start < batch.Count;)
        {
            var end = start;
            while (end < batch.Count && batch[end].Work is null)
            {
                end++;
            }

            if (end > start)
            {
                CommitGroup(batch[start..end], mayGrow: end == batch.Count);
            }
            else
            {
                CommitWork(batch[end++]);
            }

            start = end;
        }
    }

    /// <param name="mayGrow">Whether what waits comes next.</param>
    private void CommitGroup(List<PostgreSqlJob> jobs, bool mayGrow = false)
    {
        foreach (var job in jobs)
        {
            job.Begin();
        }

        var isRepeated = false;
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            if (_isBroken)
            {
                Fail(jobs, _afterBreak, new InvalidOperationException("The store is broken."));
                return;
            }

            var group = new PostgreSqlGroup(_kinds, _tenants, _handledDays);
            var (verdict, failure) = Try(jobs, group, mayGrow);
            if (verdict == Verdict.Done)
            {
                Publish(jobs, group);
                return;
            }

            foreach (var job in jobs)
            {
                job.Reset();
            }

            switch (verdict)
            {
                case Verdict.Broken:
                    BreakDown(failure!); // given with this verdict
                    break;
                case Verdict.Unreachable when IsOver(since):
                    Fail(jobs, WriteResult.Unavailable, new DatabaseUnreachableException(failure!)); // given with this verdict
                    return;
                case Verdict.Unreachable:
                    Thread.CurrentThread.Join(Pause);
                    break;
                case Verdict.Refused when failure is PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                    Fail(jobs, WriteResult.StorageFull, failure);
                    return;
                case Verdict.Refused when jobs.Count > 1:
                    CommitGroup(jobs[..(jobs.Count / 2)]);
                    CommitGroup(jobs[(jobs.Count / 2)..]);
                    return;
                case Verdict.Refused when IsOvertaken(failure) && jobs[0].Write is not null:
                    if (isRepeated)
                    {
                        Fail(jobs, WriteResult.Superseded, failure!); // given with this verdict
                        return;
                    }

                    isRepeated = true;
                    break;
                case Verdict.Refused:
                    Fail(jobs, WriteResult.Impossible, failure!); // given with this verdict
                    return;
            }
        }
    }

    private bool IsOver(long since) =>
        TimeProvider.System.GetElapsedTime(since) > (_stopping.IsSet ? TimeSpan.FromSeconds(Math.Min(5, _options.Patience.TotalSeconds)) : _options.Patience);

    /// <summary>Another writer was faster, which the locks should have kept it from being: the tables' own constraints do not let it pass.</summary>
    private static bool IsOvertaken(Exception? failure) => failure is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    private (Verdict Verdict, Exception? Failure) Try(List<PostgreSqlJob> jobs, PostgreSqlGroup group, bool mayGrow)
    {
        var isSent = false;
        try
        {
            _options.Failpoint?.Invoke("begin");
            var connection = Connected();
            if (mayGrow && _hasRivals && _epoch is null && jobs[0].Write is { } first)
            {
                // its turn may take a while, and what comes until then goes along
                group.Lock(connection, jobs.Select(job => job.Write?.Grain.Tenant ?? first.Grain.Tenant));
                Grow(jobs, group);
            }

            group.Begin(connection, [.. jobs.Where(job => job is { Write: not null, Impossible: null }).Select(job => job.Write!)], _epoch); // those with one
            foreach (var job in jobs)
            {
                if (!TryApply(job, group))
                {
                    RollBack();
                    return (Verdict.Again, null);
                }
            }

            _options.Failpoint?.Invoke("commit");
            var forget = Forget();
            using var changes = group.Changes(connection, forget is null ? Notice(group) : [forget, .. Notice(group)]);
            isSent = true;
            changes.ExecuteNonQuery();
            if (forget?.RecordsAffected < MostForgotten)
            {
                _handledDays.Forgotten();
            }

            return (Verdict.Done, null);
        }
        catch (LeaseLostException lost)
        {
            Disconnect();
            return (Verdict.Broken, lost);
        }
        catch (IOException broken)
        {
            Disconnect();
            return (Verdict.Broken, broken);
        }
        catch (Exception failure)
        {
            return isSent && !IsRefusal(failure) ? Resolve(group, failure)
                : TryRollBack() ? (IsPassing(failure) ? Verdict.Unreachable : Verdict.Refused, failure)
                : (failure is NpgsqlException or TimeoutException ? Verdict.Unreachable : Verdict.Refused, failure);
        }
    }

    /// <summary>Adds what has come meanwhile and needs no further lock.</summary>
    private void Grow(List<PostgreSqlJob> jobs, PostgreSqlGroup group)
    {
        while (jobs.Count < _options.BatchSize && _queue.TryPeek(out var next) && next.Write is { } write && group.IsLocked(write.Grain.Tenant) && _queue.TryDequeue(out var job))
        {
            job.Begin();
            jobs.Add(job);
            _added++;
        }
    }

    private bool TryApply(PostgreSqlJob job, PostgreSqlGroup group)
    {
        try
        {
            if (job.Write is not { } write)
            {
                group.Take(job.Statement!()); // no write, no work: a statement
            }
            else if (job.Impossible is not null)
            {
                (write.Result, write.Row.IsLost) = (WriteResult.Impossible, true);
            }
            else
            {
                _options.Failpoint?.Invoke("apply");
                write.Result = group.Apply(write);
                write.Row.IsLost |= write.Result != WriteResult.Stored;
            }

            return true;
        }
        catch (Exception bug) when (bug is not IOException)
        {
            job.Impossible = bug;
            return false;
        }
    }

    /// <summary>Tells the other processes, if there may be any, that there is something to read.</summary>
    private IEnumerable<NpgsqlBatchCommand> Notice(PostgreSqlGroup group)
    {
        if (_epoch is not null || !group.Growth.Any() || (_options.IsTold && TimeProvider.System.GetElapsedTime(_noticedAt) < NoticePause))
        {
            return [];
        }

        _noticedAt = TimeProvider.System.GetTimestamp();
        return [new("select pg_notify('journal', $1)") { Parameters = { new() { Value = _server.Name } } }];
    }

    /// <summary>Whether the server has said that it stopped before the commit, which is the last that was sent to it.</summary>
    private bool IsRefusal(Exception failure) => failure is PostgresException && _connection is { State: System.Data.ConnectionState.Open };

    /// <summary>
    /// Asks the server what became of a group whose commit was sent, without an answer. Not by the number of the transaction: a server that
    /// crashes gives a number again of which it had written nothing.
    /// </summary>
    private (Verdict Verdict, Exception Failure) Resolve(PostgreSqlGroup group, Exception failure)
    {
        var session = _session;
        Disconnect();
        for (var since = TimeProvider.System.GetTimestamp(); !IsOver(since); Thread.CurrentThread.Join(Pause))
        {
            try
            {
                using var connection = _server.Connect();
                // a session that still works on it could commit it after we have looked
                if (PostgreSqlServer.IsGone(connection, session, _server.Name))
                {
                    // without a trace in the journal it is done again: those are commands that did nothing, and notes that replace each other
                    return group.Proof is { } proof && PostgreSqlServer.IsThere(connection, proof) ? (Verdict.Done, failure)
                        : (failure is NpgsqlException or TimeoutException ? Verdict.Unreachable : Verdict.Refused, failure);
                }
            }
            catch (Exception again) when (again is NpgsqlException or TimeoutException)
            {
                // the server is still away
            }
        }

        return (Verdict.Broken, failure);
    }

    private void CommitWork(PostgreSqlJob job)
    {
        if (_isBroken)
        {
            Followers.Finish(job, _afterBreak, new InvalidOperationException("The store is broken."));
            return;
        }

        try
        {
            var connection = Connected();
            new PostgreSqlGroup(_kinds, _tenants, _handledDays).Begin(connection, [], _epoch);
            var after = job.Work!(connection); // that is what it is
            PostgreSqlServer.Execute(connection, "commit");
            after?.Invoke(connection);
            Followers.Finish(job, WriteResult.Stored, null);
        }
        catch (LeaseLostException lost)
        {
            Disconnect();
            BreakDown(lost);
            Followers.Finish(job, _afterBreak, lost);
        }
        catch (Exception failure)
        {
            // should it have been committed all the same, doing it again does no harm
            TryRollBack();
            Followers.Finish(job, WriteResult.Impossible, failure);
        }
    }

    private void Publish(List<PostgreSqlJob> jobs, PostgreSqlGroup group)
    {
        foreach (var page in group.Tallies.GroupBy(entry => (entry.Key.Tenant, entry.Key.Kind)))
        {
            _tenants.Tallies.Apply(page.Key.Tenant.Name, page.Key.Kind, page.Select(entry => KeyValuePair.Create(entry.Key.Group, entry.Value)));
        }

        _hasRivals = false;
        foreach (var (tenant, from, to) in group.Growth)
        {
            _hasRivals |= from != tenant.OwnHead;
            tenant.OwnHead = to;
            if (!tenant.Wrote(from, to))
            {
                Overtaken?.Invoke(tenant);
            }
        }

        // before the answers, so that whoever has one finds everything that follows commits up to date
        var stored = jobs.Where(job => job.Write is { Result: WriteResult.Stored, Events.Length: > 0 }).Select(job => job.Write!).ToArray(); // those with one
        if (stored.Length > 0)
        {
            Followers.Tell(stored);
        }

        foreach (var job in jobs)
        {
            Followers.Finish(job, job.Write?.Result ?? WriteResult.Stored, job.Impossible);
        }
    }

    /// <summary>Forgets some of the command ids that are long enough past.</summary>
    private NpgsqlBatchCommand? Forget() => _handledDays.ForgetBefore is > 0 and var before
        // an event that a reaction could not handle may be replayed at any time, and what it did of it before must not be done twice
        ? new("delete from handled where (tenant, command) in (select tenant, command from handled where day < $1 and tenant not in (select t.number from tenant t join parked p on p.tenant = t.name) limit $2)")
        {
            Parameters = { new() { Value = (int)before }, new() { Value = MostForgotten } },
        }
        : null;

    private void Fail(List<PostgreSqlJob> jobs, WriteResult result, Exception failure)
    {
        foreach (var job in jobs)
        {
            if (job.Write is { } write)
            {
                write.Row.IsLost = true;
            }

            Followers.Finish(job, result, failure);
        }
    }

    private void BreakDown(Exception failure)
    {
        var isDeposed = failure is LeaseLostException;
        if (Interlocked.Exchange(ref _hasBroken, true))
        {
            return;
        }

        // what was committed is unknown, or another writes: stop for good, recover by opening anew
        _afterBreak = isDeposed ? WriteResult.Unavailable : WriteResult.DurabilityUnknown;
        _isBroken = true;
        _options.OnFatal?.Invoke(isDeposed ? failure.Message : $"durability-unknown: {failure.Message}");
    }

    private NpgsqlConnection Connected()
    {
        if (_connection is null)
        {
            _connection = _server.Connect();
            _session = _connection.ProcessID;
        }

        return _connection;
    }

    private void Disconnect()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception)
        {
            // it is broken, which is why it goes
        }

        _connection = null;
    }

    private void RollBack() => TryRollBack();

    /// <returns>Whether the server has said that nothing was committed.</returns>
    private bool TryRollBack()
    {
        try
        {
            if (_connection is { State: System.Data.ConnectionState.Open } connection)
            {
                PostgreSqlServer.Execute(connection, "rollback");
                return true;
            }
        }
        catch (Exception)
        {
            // the connection broke while telling it to
        }

        Disconnect();
        return false;
    }

    /// <summary>Whether the same could succeed a moment later.</summary>
    private static bool IsPassing(Exception failure) => failure is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.ReadOnlySqlTransaction,
    }
    or NpgsqlException { InnerException: TimeoutException };
}
