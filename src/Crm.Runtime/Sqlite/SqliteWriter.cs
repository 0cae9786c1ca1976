using System.Collections.Concurrent;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// The one thread that writes. It takes what has gathered while the last commit was on its way to the disk, and commits that together:
/// the slower the disk, the larger the groups. While one group is brought to the disk the next is applied; it is committed, which lets
/// readers see it, only when the one before is there.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>As many jobs are worth a commit of their own while the one before is on its way; fewer wait for it, and more gather: each sync costs processor time, too.</summary>
    private const int Many = 64;

    private readonly SqliteSession _session;
    private readonly SqliteOptions _options;
    private readonly SqliteTransaction _transaction;
    private readonly ConcurrentQueue<SqliteJob> _queue = new();
    private readonly AutoResetEvent _arrived = new(false);
    private readonly SqliteLogSync? _sync;
    private readonly Action _wake;
    private List<SqliteJob> _batch = [];
    private List<SqliteJob> _appended = [];
    private TaskCompletionSource _durable = Reached();
    private readonly List<GrainWrite> _stored = [];
    private readonly Thread _thread;
    private int _waiting;
    private bool _hasEnded;
    private volatile bool _isStopping;
    private volatile bool _isBroken;

    /// <param name="sync">Brings commits to the disk; null when they are left to SQLite's mode.</param>
    public SqliteWriter(SqliteSession session, SqliteOptions options, SqliteTransaction transaction, SqliteLogSync? sync)
    {
        (_session, _options, _transaction, _sync) = (session, options, transaction, sync);
        _wake = () => _arrived.Set();
        _thread = new Thread(Loop) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
    }

    public StoreFollowers Followers { get; } = new();

    public SqliteTenants Tenants => _transaction.Tenants;

    public TallyBook Tallies => _transaction.Tallies;

    /// <summary>Ends when all that readers can see is on disk; fails when that is unknown.</summary>
    public Task Durable => Volatile.Read(ref _durable).Task;

    public bool IsHealthy => !_isBroken && !_isStopping;

    /// <summary>Takes a job. Jobs are finished in the order they came, even while the store closes or after it broke.</summary>
    public void Enqueue(SqliteJob job)
    {
        _queue.Enqueue(job);
        if (Interlocked.Increment(ref _waiting) is 1 or Many)
        {
            _arrived.Set();
        }

        if (Volatile.Read(ref _hasEnded))
        {
            FailRest();
        }
    }

    /// <summary>See <see cref="SqliteTransaction.Rebuild"/>. For the work of a job.</summary>
    public void Rebuild(string tenant) => _transaction.Rebuild(tenant);

    /// <summary>See <see cref="SqliteTransaction.Receive"/>. For the work of a job.</summary>
    public void Receive(string tenant, IEnumerable<JournalEntry> journal, IEnumerable<TenantNote> notes) => _transaction.Receive(tenant, journal, notes);

    /// <summary>See <see cref="SqliteTransaction.Delete"/>. For the work of a job.</summary>
    public void Delete(string tenant) => _transaction.Delete(tenant);

    /// <summary>Writes all that was taken, then takes no more.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        _arrived.Set();
        await Task.Factory.StartNew(_thread.Join, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Closes the file. Once stopped.</summary>
    public void Dispose()
    {
        _sync?.Dispose();
        _session.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _arrived.WaitOne();
            AnswerWhatIsSynced();
            while (Volatile.Read(ref _waiting) is > 0 and var waiting && (waiting >= Many || _appended.Count == 0))
            {
                var taken = TakeBatch();
                if (taken > 0)
                {
                    CommitBatch();
                }

                Interlocked.Add(ref _waiting, -taken);
                AnswerWhatIsSynced();
            }

            if (_isStopping && _queue.IsEmpty && _appended.Count == 0)
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

    private int TakeBatch()
    {
        _batch.Clear();
        while (_batch.Count < _options.BatchSize && _queue.TryDequeue(out var job))
        {
            job.Begin();
            _batch.Add(job);
        }

        return _batch.Count;
    }

    private void CommitBatch()
    {
        if (_isBroken)
        {
            FailBatch(WriteResult.DurabilityUnknown, new InvalidOperationException("The store is broken."));
            return;
        }

        var isApplying = false;
        try
        {
            _options.Failpoint?.Invoke("begin");
            _transaction.Begin();
            isApplying = true;
            foreach (var job in _batch)
            {
                if (_sync is { IsDone: true })
                {
                    Answer();
                }

                if (job.Write is { } write)
                {
                    _options.Failpoint?.Invoke("apply");
                    write.Result = _transaction.Apply(write);
                    write.Row.IsLost |= write.Result != WriteResult.Stored;
                }
                else
                {
                    job.Failure = _transaction.Do(job.Work!); // a job without a write has work
                }
            }

            _transaction.Complete();
            isApplying = false;
            Answer();
            _options.Failpoint?.Invoke("commit");
            Append();
        }
        catch (SqliteException failure) when (failure.IsFull)
        {
            _transaction.RollBack();
            FailBatch(WriteResult.StorageFull, failure);
        }
        catch (Exception bug) when (isApplying && bug is not (IOException or SqliteException { IsOnesOwn: false }))
        {
            _transaction.RollBack();
            CommitOneByOne(bug);
        }
        catch (Exception failure)
        {
            BreakDown(failure);
        }
    }

    /// <summary>Commits, which lets readers see it, and has it brought to the disk.</summary>
    private void Append()
    {
        Volatile.Write(ref _durable, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _transaction.Commit();
        (_batch, _appended) = (_appended, _batch);
        if (_sync is null)
        {
            Answer();
            return;
        }

        _sync.Begin(_wake);
        if (_transaction.IsRecounted)
        {
            // totals are then read from the rows, and must not be of a later transaction
            Answer();
        }
    }

    private void AnswerWhatIsSynced()
    {
        try
        {
            if (_sync is { IsDone: true })
            {
                Answer();
            }
        }
        catch (DurabilityUnknownException failure)
        {
            BreakDown(failure);
        }
    }

    /// <summary>Waits until what was appended is on disk and answers it.</summary>
    /// <exception cref="DurabilityUnknownException">The sync failed.</exception>
    private void Answer()
    {
        if (_appended.Count == 0)
        {
            return;
        }

        _sync?.Wait();
        _transaction.Publish();
        _durable.TrySetResult();
        Publish(_appended);
        _appended.Clear();
    }

    /// <summary>After a job that cannot be done took its whole batch back: does the others, and fails that one alone.</summary>
    private void CommitOneByOne(Exception bug)
    {
        if (_batch.Count == 1)
        {
            FailBatch(WriteResult.Impossible, bug);
            return;
        }

        var jobs = _batch.ToArray();
        foreach (var job in jobs)
        {
            job.Reset();
        }

        foreach (var job in jobs)
        {
            _batch.Clear();
            _batch.Add(job);
            CommitBatch();
        }
    }

    private void BreakDown(Exception failure)
    {
        // what the disk holds is unknown and trying again could wrongly succeed: stop for good, recover by reopening
        _isBroken = true;
        _transaction.RollBack();
        _durable.TrySetException(failure as DurabilityUnknownException ?? new(failure));
        _ = _durable.Task.Exception; // there may be no reader to look at it
        Fail(_appended, WriteResult.DurabilityUnknown, failure);
        Fail(_batch, WriteResult.DurabilityUnknown, failure);
        _options.OnFatal?.Invoke(failure is DurabilityUnknownException ? failure.Message : $"durability-unknown: {failure.Message}");
    }

    /// <summary>Fails a batch of which nothing is kept. In order: those before it are answered first.</summary>
    private void FailBatch(WriteResult result, Exception failure)
    {
        try
        {
            Answer();
        }
        catch (DurabilityUnknownException unsynced)
        {
            BreakDown(unsynced);
            return;
        }

        // what a commit promised that did not come about
        _durable.TrySetResult();
        Fail(_batch, result, failure);
    }

    private void Fail(List<SqliteJob> batch, WriteResult result, Exception failure)
    {
        foreach (var job in batch)
        {
            if (job.Write is { } write)
            {
                write.Row.IsLost = true;
            }

            Followers.Finish(job, result, failure);
        }

        batch.Clear();
    }

    private void Publish(List<SqliteJob> batch)
    {
        _stored.Clear();
        foreach (var job in batch)
        {
            if (job.Write is { Result: WriteResult.Stored, Events.Length: > 0 } write)
            {
                _stored.Add(write);
            }
        }

        // before the answers, so that whoever has one finds everything that follows commits up to date
        if (_stored.Count > 0)
        {
            Followers.Tell([.. _stored]);
        }

        foreach (var job in batch)
        {
            Followers.Finish(job, job.Write?.Result ?? WriteResult.Stored, job.Failure);
        }
    }

    private static TaskCompletionSource Reached()
    {
        var reached = new TaskCompletionSource();
        reached.SetResult();
        return reached;
    }
}
