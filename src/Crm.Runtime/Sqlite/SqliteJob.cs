using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteJob : StoreJob
{
    public SqliteJob(GrainWrite write) : base(write) { }

    public SqliteJob(Action<SqliteSession> work) : base(null) => Work = work;

    public Action<SqliteSession>? Work { get; }

    /// <summary>Why the work failed, when it failed alone.</summary>
    public Exception? Failure { get; set; }

    public override void Reset()
    {
        Failure = null;
        base.Reset();
    }
}
