using Crm.Runtime.Journal;
using Microsoft.Win32.SafeHandles;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// Brings the write-ahead log to the disk on a thread of its own, while the writer applies what comes next. SQLite in mode NORMAL appends a
/// commit to the log and goes on; this does what mode FULL would have done then, and the writer answers no command of the commit before it is
/// done. Checkpoints, and the log's beginning anew after one, are synced by SQLite itself in both modes.
/// </summary>
internal sealed class SqliteLogSync : IDisposable
{
    private readonly SafeFileHandle _log;
    private readonly Action<string>? _failpoint;
    private readonly AutoResetEvent _asked = new(false);
    private readonly ManualResetEventSlim _done = new(initialState: true, spinCount: 0);
    private readonly Thread _thread;
    private Action? _then;
    private Exception? _failure;

    /// <param name="log">The log's path. SQLite keeps the file for as long as the writer's connection is open.</param>
    public SqliteLogSync(string log, Action<string>? failpoint)
    {
        _failpoint = failpoint;
        // SQLite locks the database and its index, never the log: this handle takes no lock of its process away when it closes
        _log = File.OpenHandle(log, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _thread = new Thread(Loop) { IsBackground = true, Name = "journal sync" };
        _thread.Start();
    }

    public bool IsDone => _done.IsSet;

    /// <summary>Begins to sync all that was appended so far. Only once the one before is done.</summary>
    /// <param name="then">Called on the thread of the syncs.</param>
    public void Begin(Action then)
    {
        _then = then;
        _done.Reset();
        _asked.Set();
    }

    /// <summary>Waits for the sync that was begun.</summary>
    /// <exception cref="DurabilityUnknownException">It failed.</exception>
    public void Wait()
    {
        _done.Wait();
        if (_failure is { } failure)
        {
            throw new DurabilityUnknownException(failure);
        }
    }

    public void Dispose()
    {
        _done.Wait();
        _then = null;
        _asked.Set();
        _thread.Join();
        _log.Dispose();
        _asked.Dispose();
        _done.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _asked.WaitOne();
            if (_then is not { } then)
            {
                return;
            }

            try
            {
                _failpoint?.Invoke("sync");
                RandomAccess.FlushToDisk(_log);
            }
            catch (Exception failure)
            {
                // for good: a sync tried again could wrongly succeed
                _failure = failure;
            }

            _done.Set();
            then();
        }
    }
}
