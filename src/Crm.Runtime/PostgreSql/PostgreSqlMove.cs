using Crm.Runtime.Journal;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>Takes a whole tenant out, within a transaction of its own.</summary>
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
}
