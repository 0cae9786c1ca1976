using System.Text;
using Crm.Runtime.Journal;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>Takes a whole tenant out, and puts the journal of one in. Each within a transaction of its own.</summary>
internal static class PostgreSqlMove
{
    /// <summary>See <see cref="IGrainStore.DeleteTenantAsync"/>.</summary>
    public static Action<NpgsqlConnection>? Delete(NpgsqlConnection connection, PostgreSqlTenants tenants, string tenant, IReadOnlyDictionary<string, PostgreSqlKind> kinds)
    {
        using var delete = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var table in (ReadOnlySpan<string>)["cursor", "parked"])
        {
            delete.BatchCommands.Add(new($"delete from {table} where tenant = $1") { Parameters = { new() { Value = tenant } } });
        }

        var known = tenants.Find(tenant);
        if (known is not null)
        {
            var (from, to) = (PostgreSqlTables.NumberOf(known.Number, 0), PostgreSqlTables.NumberOf(known.Number + 1, 0));
            foreach (var kind in kinds.Values)
            {
                foreach (var table in kind.IsSearched ? [PostgreSqlTables.SearchTable(kind.Schema.Kind), PostgreSqlTables.Table(kind.Schema.Kind)] : new[] { PostgreSqlTables.Table(kind.Schema.Kind) })
                {
                    delete.BatchCommands.Add(new($"delete from {table} where id >= $1 and id < $2") { Parameters = { new() { Value = from }, new() { Value = to } } });
                }
            }

            foreach (var table in (ReadOnlySpan<string>)["claim", "clock", "tally", "handled", "effect", "journal"])
            {
                delete.BatchCommands.Add(new($"delete from {table} where tenant = $1") { Parameters = { new() { Value = known.Number } } });
            }

            delete.BatchCommands.Add(new("delete from tenant where number = $1") { Parameters = { new() { Value = known.Number } } });
        }

        delete.ExecuteNonQuery();
        return known is null ? null : _ => tenants.Remove(known);
    }

    /// <summary>See <see cref="IGrainStore.RestoreAsync"/>.</summary>
    public static Action<NpgsqlConnection>? Restore(NpgsqlConnection connection, PostgreSqlTenants tenants, string tenant, IReadOnlyList<JournalEntry> entries)
    {
        tenants.Ensure(connection, [tenant]);
        var known = tenants.Find(tenant)!; // there is one by now
        long head;
        byte[] hash;
        using (var hold = new NpgsqlCommand("select head, hash from tenant where number = $1 for update", connection) { Parameters = { new() { Value = known.Number } } })
        using (var row = hold.ExecuteReader())
        {
            row.Read();
            (head, hash) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1));
        }

        if (ChainWalk.CheckLinks(head, hash, entries) is { } fault)
        {
            throw new InvalidDataException($"The entry at {tenant}/{fault.Position} does not follow: {fault.Reason}.");
        }

        if (entries.Count == 0)
        {
            return null;
        }

        using var append = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var entry in entries)
        {
            append.BatchCommands.Add(new($"insert into journal(tenant, {PostgreSqlStore.EntryColumns}) values($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)")
            {
                Parameters =
                {
                    new() { Value = known.Number }, new() { Value = entry.Position }, new() { Value = entry.At.ToUnixTimeMilliseconds() }, new() { Value = entry.Kind },
                    new() { Value = entry.Key }, new() { Value = entry.Version }, new() { Value = entry.Type }, new() { Value = (short)entry.ByKind }, new() { Value = entry.By },
                    new() { Value = entry.CommandId is { } id ? Encoding.UTF8.GetBytes(id) : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea },
                    new() { Value = entry.Previous }, new() { Value = entry.Salt }, new() { Value = entry.Payload }, new() { Value = entry.PayloadHash }, new() { Value = entry.Hash },
                },
            });
        }

        append.BatchCommands.Add(new("update tenant set head = $2, hash = $3 where number = $1") { Parameters = { new() { Value = known.Number }, new() { Value = entries[^1].Position }, new() { Value = entries[^1].Hash } } });
        append.ExecuteNonQuery();
        return _ => known.Reached(entries[^1].Position);
    }
}
