using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>The ids of commands that were handled, kept as <see cref="IGrainStore.FindHandledAsync"/> promises.</summary>
internal sealed class SqliteHandled
{
    /// <summary>Most ids forgotten in one transaction, so that none takes long. More than a transaction adds, or they would outgrow it.</summary>
    private const int MostForgotten = 2_000;

    private readonly SqliteSession _session;
    private State _now;
    private State _committed;

    public SqliteHandled(SqliteSession session)
    {
        _session = session;
        _now = _committed = new(session.ReadLong("select max(day) from handled"), ForgetBefore: 0);
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

        var day = write.At.ToUnixTimeMilliseconds() / 86_400_000;
        if (day > _now.Day)
        {
            // counted from the day before this one on which anything was done: a server that was off for a month has forgotten nothing
            _now = new(day, _now.Day - HandledCommand.DaysKept);
        }

        // the day it was done, though it may tell of a day long past
        _session.Prepare("insert into handled(day, tenant, command, key, version, position, fingerprint) values(?,?,?,?,?,?,?)")
            .Add(_now.Day).Add(tenant.Number).Add(commandId).Add(write.Grain.Key).Add(write.ToVersion).Add(position).Add(write.Fingerprint).Run();
    }

    /// <summary>Forgets some of what is old, at the end of a transaction.</summary>
    public void ForgetOld()
    {
        if (_now.ForgetBefore <= 0)
        {
            return;
        }

        // an event that a reaction could not handle may be replayed at any time, and what it did of it before must not be done twice
        _session.Prepare("delete from handled where (tenant, command) in (select tenant, command from handled where day < ? and tenant not in (select number from tenant where name in (select tenant from parked)) limit ?)")
            .Add(_now.ForgetBefore).Add(MostForgotten).Run();
        if (_session.Changes < MostForgotten)
        {
            _now = _now with { ForgetBefore = 0 };
        }
    }

    public void Commit() => _committed = _now;

    public void RollBack() => _now = _committed;

    /// <param name="Day">The last day on which a command with an id was handled, as days since 1970.</param>
    /// <param name="ForgetBefore">Ids of earlier days are to be forgotten; 0 when there is nothing to forget.</param>
    private readonly record struct State(long Day, long ForgetBefore);
}
