using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

internal static class SqliteChain
{
    /// <summary>Walks a tenant's journal from its first entry; see <see cref="IGrainStore.VerifyAsync"/>.</summary>
    /// <param name="head">How many entries there must be at least.</param>
    public static ChainFault? Verify(SqliteSession session, long number, string tenant, long head)
    {
        var rows = session.Prepare($"{SqliteStore.EntryColumns} where id > ? and id <= ? order by id")
            .Add(SqliteStore.IdOf(number, 0)).Add(SqliteStore.IdOf(number, SqliteTables.PositionMask));
        try
        {
            var walk = new ChainWalk(tenant);
            while (rows.Step())
            {
                if (walk.Next(SqliteStore.ReadEntry(rows, tenant)) is { } fault)
                {
                    return fault;
                }
            }

            return walk.End(head);
        }
        finally
        {
            rows.Reset();
        }
    }
}
