using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>The ids of commands that were handled, kept as <see cref="IGrainStore.FindHandledAsync"/> promises.</summary>
internal sealed class SqliteHandled
{
    /// <summary>Most ids forgotten in one transaction, so that none takes long. More than a transaction adds, or they would outgrow it.</summary>
    private const int MostForgotten = 2_000;

    private readonly SqliteSession _session;
    private readonly HandledDays _days;
    private bool _isDone;

    public SqliteHandled(SqliteSession session)
    {
        _session = session;
        _days = new(session.ReadLong("select max(day) from handled"));
    }

    public static HandledCommand? Find(SqliteSession session, long tenant, string commandId)
    {
        var row = session.Prepare("select key, version, position, fingerprint from handled where tenant=? and command=?").Add(tenant).Add(commandId);
        var handled = row.Step() ? new HandledCommand(row.Guid(0), row.Long(1), row.Long(2), row.BlobOrNull(3)) : null;
        row.Reset();
        return handled;
    }

    /// <summary>Notes that the write's command was handled, if it has an id.</summary>
    public void Write(GrainWrite write, TenantLog tenant, long position)
    {
        if (write.CommandId is not { } commandId)
        {
            return;
        }

        _session.Prepare("insert into handled(day, tenant, command, key, version, position, fingerprint) values(?,?,?,?,?,?,?)")
            .Add(_days.Of(write.At)).Add(tenant.Number).Add(commandId).Add(write.Grain.Key).Add(write.ToVersion).Add(position).Add(write.Fingerprint).Run();
    }

    /// <summary>Forgets some of what is old, at the end of a transaction.</summary>
    public void ForgetOld()
    {
        _isDone = false;
        if (_days.ForgetBefore <= 0)
        {
            return;
        }

        // an event that a reaction could not handle may be replayed at any time, and what it did of it before must not be done twice
        _session.Prepare("delete from handled where (tenant, command) in (select tenant, command from handled where day < ? and tenant not in (select number from tenant where name in (select tenant from parked)) limit ?)")
            .Add(_days.ForgetBefore).Add(MostForgotten).Run();
        _isDone = _session.Changes < MostForgotten;
    }

    /// <summary>After the commit of what <see cref="ForgetOld"/> did.</summary>
    public void Commit()
    {
        if (_isDone)
        {
            _days.Forgotten();
            _isDone = false;
        }
    }
}
