using Crm.Runtime.Journal;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>Refolds what is only derived from the journal; see <see cref="IGrainStore.RebuildAsync"/>.</summary>
internal sealed class PostgreSqlRebuild(NpgsqlConnection connection, IReadOnlyDictionary<string, IGrainBehaviour> behaviours, IReadOnlyDictionary<string, PostgreSqlKind> kinds)
{
    /// <summary>Most grains remembered at a time; those left out are read from their row when their next event comes.</summary>
    private const int MostRemembered = 100_000;

    private const int PageSize = 5_000;

    private readonly Dictionary<(string Kind, Guid Key), (GrainMemory Memory, long Number, long Was)> _memories = [];
    private readonly Dictionary<string, Guid> _holders = new(StringComparer.Ordinal);
    private PostgreSqlChanges _changes = new(kinds);

    /// <summary>Within a transaction.</summary>
    public void Run(PostgreSqlTenant tenant)
    {
        long head;
        using (var hold = new NpgsqlCommand("select head from tenant where number = $1 for update", connection) { Parameters = { new() { Value = tenant.Number } } })
        {
            head = (long)hold.ExecuteScalar()!; // there is such a tenant
        }

        Drop(tenant);
        for (var after = 0L; after < head;)
        {
            var entries = ReadPage(tenant, after);
            foreach (var entry in entries)
            {
                Refold(tenant, entry);
            }

            Flush();
            after = entries.Count == 0 ? head : entries[^1].Position;
        }
    }

    /// <summary>Takes in a journal from elsewhere as it is, and what follows from it. Within a transaction.</summary>
    /// <exception cref="InvalidOperationException">There is a journal already, or the one given is broken.</exception>
    public void Receive(PostgreSqlTenant tenant, IEnumerable<JournalEntry> journal)
    {
        using (var hold = new NpgsqlCommand("select head from tenant where number = $1 for update", connection) { Parameters = { new() { Value = tenant.Number } } })
        {
            if (hold.ExecuteScalar() is not 0L)
            {
                throw new InvalidOperationException($"'{tenant.Name}' has a journal here already.");
            }
        }

        var walk = new ChainWalk(tenant.Name);
        foreach (var entry in journal)
        {
            if (walk.Next(entry) is { } fault)
            {
                throw new InvalidOperationException($"The journal of '{tenant.Name}' is broken at {fault.Position}: {fault.Reason}");
            }

            _changes.Append(new(
                tenant.Number, entry.Position, entry.At, entry.Kind, entry.Key, entry.Version, entry.Type, new(entry.ByKind, entry.By), entry.CommandId, entry.Previous,
                entry.Salt, entry.Payload, entry.PayloadHash, entry.Hash));
            Refold(tenant, entry);
            if (_changes.Count > PageSize)
            {
                Flush();
            }
        }

        Flush();
    }

    /// <summary>Takes in what was noted elsewhere. Within a transaction.</summary>
    public void Receive(PostgreSqlTenant tenant, IEnumerable<TenantNote> notes)
    {
        foreach (var page in notes.Chunk(PageSize))
        {
            var others = new List<NpgsqlBatchCommand>();
            foreach (var note in page)
            {
                switch (note)
                {
                    case TenantNote.Handled handled:
                        _changes.NoteHandled(tenant.Number, handled.CommandId, handled.Command, handled.Day);
                        break;
                    case TenantNote.Cursor cursor:
                        others.Add(PostgreSqlStore.WriteCursor(cursor.Reader, tenant.Name, cursor.Position));
                        break;
                    case TenantNote.Parked parked:
                        others.Add(PostgreSqlStore.WriteParked(parked.Entry));
                        break;
                    case TenantNote.Effect effect:
                        others.Add(PostgreSqlStore.Statement(
                            "insert into effect(tenant, kind, dedupe, payload, due, attempts, error) values($1, $2, $3, $4, $5, $6, $7)", tenant.Number, effect.What.Kind,
                            PostgreSqlText.Storable(effect.What.DedupeKey), effect.What.Payload, (object?)effect.Due ?? DBNull.Value, effect.Attempts, (object?)effect.Error ?? DBNull.Value));
                        break;
                }
            }

            Flush([.. others]);
        }
    }

    private void Refold(PostgreSqlTenant tenant, JournalEntry entry)
    {
        if (!behaviours.TryGetValue(entry.Kind, out var behaviour))
        {
            return;
        }

        if (!_memories.TryGetValue((entry.Kind, entry.Key), out var known))
        {
            known = Recall(behaviour, tenant, entry);
        }

        if (behaviour.Refold(known.Memory, entry) is not { Next: { } next, Write: { } write } || next.Version != entry.Version)
        {
            throw new InvalidOperationException($"The '{entry.Type}' at {tenant.Name}/{entry.Position} does not bring '{entry.Kind}' to version {entry.Version}.");
        }

        _changes.Put(write, tenant.Number, known.Number, known.Was, entry.Position);
        _changes.Follow(write, tenant, known.Number);
        foreach (var claim in write.Claims)
        {
            Claim(tenant.Number, claim, write.Grain.Key);
        }

        foreach (var claim in write.Releases)
        {
            if (_holders.GetValueOrDefault(claim) == write.Grain.Key)
            {
                Claim(tenant.Number, claim, null);
            }
        }

        write.Row.Number = known.Number;
        write.Row.LastPosition = entry.Position;
        _memories[(entry.Kind, entry.Key)] = known with { Memory = next };
    }

    /// <summary>Sends what has gathered.</summary>
    public void Flush(params ReadOnlySpan<NpgsqlBatchCommand> others)
    {
        using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var other in others)
        {
            batch.BatchCommands.Add(other);
        }

        _changes.AddTo(batch);
        _changes = new(kinds);
        if (batch.BatchCommands.Count > 0)
        {
            batch.ExecuteNonQuery();
        }

        if (_memories.Count > MostRemembered)
        {
            _memories.Clear();
            return;
        }

        foreach (var (id, known) in _memories)
        {
            if (known.Was != known.Memory.Version)
            {
                _memories[id] = known with { Was = known.Memory.Version };
            }
        }
    }

    private void Drop(PostgreSqlTenant tenant)
    {
        var drop = new NpgsqlBatch(connection) { Timeout = 0 };
        var from = PostgreSqlTables.NumberOf(tenant.Number, 0);
        foreach (var kind in kinds.Values)
        {
            foreach (var table in kind.IsSearched ? [PostgreSqlTables.SearchTable(kind.Schema.Kind), PostgreSqlTables.Table(kind.Schema.Kind)] : new[] { PostgreSqlTables.Table(kind.Schema.Kind) })
            {
                drop.BatchCommands.Add(new($"delete from {table} where id >= $1 and id < $2") { Parameters = { new() { Value = from }, new() { Value = PostgreSqlTables.NumberOf(tenant.Number + 1, 0) } } });
            }
        }

        foreach (var table in (ReadOnlySpan<string>)["claim", "clock", "tally"])
        {
            drop.BatchCommands.Add(new($"delete from {table} where tenant = $1") { Parameters = { new() { Value = tenant.Number } } });
        }

        using (drop)
        {
            drop.ExecuteNonQuery();
        }
    }

    private List<JournalEntry> ReadPage(PostgreSqlTenant tenant, long after)
    {
        using var select = new NpgsqlCommand($"select {PostgreSqlStore.EntryColumns} from journal where tenant = $1 and position > $2 order by position limit {PageSize}", connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = tenant.Number }, new() { Value = after } },
        };
        using var rows = select.ExecuteReader();
        var entries = new List<JournalEntry>();
        while (rows.Read())
        {
            entries.Add(PostgreSqlStore.ReadEntry(rows, tenant.Name));
        }

        return entries;
    }

    private (GrainMemory Memory, long Number, long Was) Recall(IGrainBehaviour behaviour, PostgreSqlTenant tenant, JournalEntry entry)
    {
        var stored = entry.Version > 1 ? Load(tenant, entry) : null;
        return (behaviour.Recall(new(tenant.Name, entry.Kind, entry.Key), stored), stored?.Row.Number ?? PostgreSqlTables.NumberOf(tenant.Number, entry.Position), stored?.Version ?? 0);
    }

    private StoredGrain? Load(PostgreSqlTenant tenant, JournalEntry entry)
    {
        using var load = new NpgsqlCommand(kinds[entry.Kind].Load, connection) { Parameters = { new() { Value = entry.Key }, new() { Value = tenant.Number } } };
        using var row = load.ExecuteReader();
        return row.Read() ? PostgreSqlStore.ReadGrain(row) : null;
    }

    private void Claim(int tenant, string name, Guid? now)
    {
        _changes.Claim(tenant, PostgreSqlText.Storable(name), _holders.TryGetValue(name, out var holder) ? holder : null, now);
        if (now is { } some)
        {
            _holders[name] = some;
        }
        else
        {
            _holders.Remove(name);
        }
    }
}
