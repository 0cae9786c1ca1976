using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>A grain's write, or some other work, to be done in the next transaction.</summary>
internal sealed class SqliteJob
{
    private (long Number, long LastPosition, bool IsLost) _row;

    public SqliteJob(GrainWrite write) => Write = write;

    public SqliteJob(Action<SqliteSession> work)
    {
        Work = work;
        Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public GrainWrite? Write { get; }

    public Action<SqliteSession>? Work { get; }

    public TaskCompletionSource? Done { get; }

    /// <summary>Why the work failed, when it failed alone.</summary>
    public Exception? Failure { get; set; }

    public void Begin()
    {
        if (Write is { } write)
        {
            _row = (write.Row.Number, write.Row.LastPosition, write.Row.IsLost);
        }
    }

    /// <summary>Goes back to where it was at <see cref="Begin"/>.</summary>
    public void Reset()
    {
        Failure = null;
        if (Write is { } write)
        {
            (write.Row.Number, write.Row.LastPosition, write.Row.IsLost) = _row;
        }
    }

    public void Finish(WriteResult result, Exception? failure)
    {
        if (Write is { } write)
        {
            write.Fault = failure;
            write.Result = result;
            write.Completed?.Invoke(write);
        }
        else if (failure is null)
        {
            Done!.SetResult(); // a job of work has one
        }
        else
        {
            Done!.SetException(failure);
        }
    }
}
