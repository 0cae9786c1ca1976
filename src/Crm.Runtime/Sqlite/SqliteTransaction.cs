using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// The transaction of the writer: applies one write after the other, each whole or not at all, and keeps what is known in memory in step with
/// what is committed.
/// </summary>
internal sealed class SqliteTransaction
{
    private const string InsertEntry =
        "insert into journal(id, at, kind, key, version, type, by_kind, by, command, previous, salt, payload, payload_hash, hash) values(?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

    private readonly SqliteSession _session;
    private readonly SqliteHandled _handled;
    private readonly SqliteClaims _claims;
    private readonly SqliteRows _rows;
    private readonly SqliteTallies _tallies;
    private readonly SqliteRebuild _rebuild;

    public SqliteTransaction(SqliteSession session, IReadOnlyDictionary<string, IGrainBehaviour> behaviours)
    {
        _session = session;
        Tenants = new(session);
        _handled = new(session);
        _claims = new(session);
        _tallies = new(session, Tenants.All);
        _rows = new(session, _tallies, behaviours.Values);
        _rebuild = new(session, behaviours, _rows, _claims);
    }

    public SqliteTenants Tenants { get; }

    public TallyBook Tallies => _tallies.Book;

    public void Begin() => Run("begin immediate");

    /// <summary>Applies a write. What it answers for one that is not stored is all that the write has changed.</summary>
    public WriteResult Apply(GrainWrite write)
    {
        var tenant = Tenants.Of(write.Grain.Tenant);
        if (write.CommandId is { } commandId && SqliteHandled.Find(_session, tenant.Number, commandId) is { } handled)
        {
            write.Handled = handled;
            return WriteResult.AlreadyHandled;
        }

        if (write.Events.Length == 0)
        {
            return ApplyNote(write, tenant);
        }

        // looked for and not tried: a savepoint to take a failed try back would make FTS5 write out what it has gathered, for every write
        if (_claims.IsHeldByAnother(write, tenant))
        {
            // what was judged on a version that is gone must be judged again, not told who holds its key
            return _rows.IsCurrent(write) ? WriteResult.ClaimHeld : WriteResult.Superseded;
        }

        return ApplyRows(write, tenant);
    }

    /// <summary>Does some other work, taking back what it did if it fails.</summary>
    /// <returns>Why it failed, or null.</returns>
    public Exception? Do(Action<SqliteSession> work)
    {
        Run("savepoint j");
        Exception? failure = null;
        try
        {
            work(_session);
        }
        catch (Exception thrown) when (thrown is not SqliteException { IsFull: true } and not SqliteException { IsInputOutput: true })
        {
            failure = thrown;
            Run("rollback to j");
        }

        Run("release j");
        return failure;
    }

    /// <summary>Refolds a tenant's rows from its journal, as some work among others: readers see the old rows until the new ones are whole.</summary>
    public void Rebuild(string tenant)
    {
        if (Tenants.Find(tenant) is { } log)
        {
            _tallies.Recount(log, () => _rebuild.Run(log));
        }
    }

    /// <summary>Takes in a tenant from elsewhere, as some work among others; see <see cref="IGrainStore.ReceiveAsync"/>.</summary>
    public void Receive(string tenant, IEnumerable<JournalEntry> journal, IEnumerable<TenantNote> notes)
    {
        var log = Tenants.Of(tenant);
        if (log.Head > 0)
        {
            throw new InvalidOperationException($"'{tenant}' has a journal here already.");
        }

        Tenants.Remember(log);
        try
        {
            _tallies.Recount(log, () => _rebuild.Receive(log, Append(log, journal)));
            foreach (var note in notes)
            {
                Take(note, log);
            }
        }
        catch
        {
            (log.Head, log.Hash) = (0, HashChain.Root(tenant));
            throw;
        }
    }

    /// <summary>Removes all that is left of a tenant, as some work among others.</summary>
    public void Delete(string tenant)
    {
        foreach (var table in (ReadOnlySpan<string>)["cursor", "parked"])
        {
            _session.Prepare($"delete from {table} where tenant=?").Add(tenant).Run();
        }

        if (Tenants.Find(tenant) is not { } log)
        {
            return;
        }

        _tallies.Recount(log, () => _rows.Drop(log));
        foreach (var table in (ReadOnlySpan<string>)["handled", "effect"])
        {
            _session.Prepare($"delete from {table} where tenant=?").Add(log.Number).Run();
        }

        _session.Prepare("delete from journal where id > ? and id <= ?").Add(SqliteStore.IdOf(log.Number, 0)).Add(SqliteStore.IdOf(log.Number, SqliteTables.PositionMask)).Run();
        _session.Prepare("delete from tenant where number=?").Add(log.Number).Run();
        Tenants.Remove(log);
    }

    /// <summary>Brings data of an older schema up to date, in a transaction of its own: all that differs so far is derived from the journal.</summary>
    public void Upgrade()
    {
        Begin();
        foreach (var tenant in Tenants.Names)
        {
            Rebuild(tenant);
        }

        _session.Execute($"pragma user_version={SqliteTables.SchemaVersion}");
        Complete();
        Commit();
        Publish();
    }

    /// <summary>Writes what is written once for all.</summary>
    public void Complete()
    {
        _tallies.Write();
        _handled.ForgetOld();
    }

    /// <summary>Whether the transaction that was committed has counted totals anew, which <see cref="Publish"/> reads from the rows.</summary>
    public bool IsRecounted => _tallies.IsRecounted;

    /// <summary>Commits: readers of the file see it from here on.</summary>
    public void Commit()
    {
        Run("commit");
        Tenants.Commit();
        _tallies.Commit();
        _handled.Commit();
    }

    /// <summary>Lets everybody see in memory what was committed, once it is on disk. Before the next commit.</summary>
    public void Publish()
    {
        Tenants.Publish();
        _tallies.Publish();
    }

    public void RollBack()
    {
        try
        {
            _session.Execute("rollback");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already
        }

        Tenants.RollBack();
        _tallies.RollBack();
    }

    private WriteResult ApplyRows(GrainWrite write, TenantLog tenant)
    {
        var last = tenant.Head + write.Events.Length;
        if (write.Row.IsLost || !_rows.TryWrite(write, tenant, last))
        {
            return WriteResult.Superseded;
        }

        _claims.Take(write, tenant);
        _claims.Release(write, tenant);
        Append(write, tenant);
        foreach (var effect in write.Effects)
        {
            _session.Prepare("insert into effect(tenant, kind, dedupe, payload, due, attempts) values(?,?,?,?,?,0)")
                .Add(tenant.Number).Add(effect.Kind).Add(effect.DedupeKey).Add(effect.Payload).Add(write.At.ToUnixTimeMilliseconds()).Run();
        }

        _handled.Write(write, tenant, last);
        write.LastPosition = write.Row.LastPosition = last;
        return WriteResult.Stored;
    }

    private WriteResult ApplyNote(GrainWrite write, TenantLog tenant)
    {
        if (!_rows.IsCurrent(write))
        {
            return WriteResult.Superseded;
        }

        _handled.Write(write, tenant, position: 0);
        return WriteResult.Stored;
    }

    private void Append(GrainWrite write, TenantLog tenant)
    {
        Tenants.Remember(tenant);
        var previous = write.Row.LastPosition;
        for (var i = 0; i < write.Events.Length; i++)
        {
            ref readonly var happened = ref write.Events[i];
            var version = write.FromVersion + i + 1;
            tenant.Head++;
            tenant.Hash = HashChain.Link(tenant.Hash, tenant.Head, write.At, write.Grain.Kind, write.Grain.Key, version, happened.Type, write.By.Kind, write.By.Id, happened.PayloadHash);
            _session.Prepare(InsertEntry)
                .Add(SqliteStore.IdOf(tenant.Number, tenant.Head)).Add(write.At.ToUnixTimeMilliseconds()).Add(write.Grain.Kind).Add(write.Grain.Key).Add(version)
                .Add(happened.Type).Add((long)write.By.Kind).Add(write.By.Id).Add(write.CommandId).Add(previous)
                .Add(happened.Salt).Add(happened.Payload).Add(happened.PayloadHash).Add(tenant.Hash).Run();
            previous = tenant.Head;
        }
    }

    private IEnumerable<JournalEntry> Append(TenantLog tenant, IEnumerable<JournalEntry> journal)
    {
        var walk = new ChainWalk(tenant.Name);
        foreach (var entry in journal)
        {
            if (walk.Next(entry) is { } fault)
            {
                throw new InvalidOperationException($"The journal of '{tenant.Name}' is broken at {fault.Position}: {fault.Reason}");
            }

            Insert(tenant, entry);
            (tenant.Head, tenant.Hash) = (entry.Position, entry.Hash);
            yield return entry;
        }
    }

    private void Insert(TenantLog tenant, JournalEntry entry) =>
        _session.Prepare(InsertEntry)
            .Add(SqliteStore.IdOf(tenant.Number, entry.Position)).Add(entry.At.ToUnixTimeMilliseconds()).Add(entry.Kind).Add(entry.Key).Add(entry.Version)
            .Add(entry.Type).Add((long)entry.ByKind).Add(entry.By).Add(entry.CommandId).Add(entry.Previous)
            .Add(entry.Salt).Add(entry.Payload).Add(entry.PayloadHash).Add(entry.Hash).Run();

    private void Take(TenantNote note, TenantLog tenant)
    {
        switch (note)
        {
            case TenantNote.Handled handled:
                _session.Prepare("insert into handled(day, tenant, command, key, version, position, fingerprint) values(?,?,?,?,?,?,?)")
                    .Add(handled.Day).Add(tenant.Number).Add(handled.CommandId).Add(handled.Command.Key).Add(handled.Command.Version).Add(handled.Command.Position).Add(handled.Command.Fingerprint).Run();
                break;
            case TenantNote.Cursor cursor:
                SqliteStore.WriteCursor(_session, cursor.Reader, tenant.Name, cursor.Position);
                break;
            case TenantNote.Parked parked:
                SqliteStore.WriteParked(_session, parked.Entry);
                break;
            case TenantNote.Effect effect:
                var row = _session.Prepare("insert into effect(tenant, kind, dedupe, payload, due, attempts, error) values(?,?,?,?,?,?,?)")
                    .Add(tenant.Number).Add(effect.What.Kind).Add(effect.What.DedupeKey).Add(effect.What.Payload);
                (effect.Due is { } due ? row.Add(due) : row.AddNull()).Add(effect.Attempts).Add(effect.Error).Run();
                break;
        }
    }

    private void Run(string sql) => _session.Prepare(sql).Run();
}
