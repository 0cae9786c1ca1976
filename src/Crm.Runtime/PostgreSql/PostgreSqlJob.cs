using Crm.Runtime.Journal;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>A grain's write, or some other work, to be done in the next transaction.</summary>
internal sealed class PostgreSqlJob
{
    private (long Number, long LastPosition, bool IsLost) _row;

    public PostgreSqlJob(GrainWrite write) => Write = write;

    /// <summary>A statement, done with whatever else is in the transaction. Made anew for each try.</summary>
    public PostgreSqlJob(Func<NpgsqlBatchCommand> statement) => Statement = statement;

    /// <summary>Work in a transaction of its own, which is begun before it and committed after it; it answers what is to be done then.</summary>
    public PostgreSqlJob(Func<NpgsqlConnection, Action<NpgsqlConnection>?> work) => Work = work;

    public GrainWrite? Write { get; }

    public Func<NpgsqlBatchCommand>? Statement { get; }

    public Func<NpgsqlConnection, Action<NpgsqlConnection>?>? Work { get; }

    /// <summary>Done when a job that is no write is.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why it can never be done: it then only waits for those before it to be answered.</summary>
    public Exception? Impossible { get; set; }

    /// <summary>Notes where it stands before its first try. When it is taken, for what it follows upon is finished then.</summary>
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
            Done.TrySetResult();
        }
        else
        {
            Done.TrySetException(failure);
        }
    }
}
