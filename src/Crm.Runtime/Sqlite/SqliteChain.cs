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
            var hash = HashChain.Root(tenant);
            var expected = 1L;
            var newest = new Dictionary<(string Kind, Guid Key), (long Version, long Position)>();
            while (rows.Step())
            {
                var entry = SqliteStore.ReadEntry(rows, tenant);
                if (Fault(entry, expected, hash) is { } reason)
                {
                    return new(expected, reason);
                }

                // what leads from one entry of a grain to the one before is not hashed: it follows from the rest
                var (version, position) = newest.GetValueOrDefault((entry.Kind, entry.Key));
                if (entry.Previous != position || entry.Version != version + 1)
                {
                    return new(expected, $"version {entry.Version} does not follow the grain's version {version} at {position}");
                }

                newest[(entry.Kind, entry.Key)] = (entry.Version, entry.Position);
                hash = entry.Hash;
                expected++;
            }

            return expected <= head ? new(expected, Missing(expected)) : null;
        }
        finally
        {
            rows.Reset();
        }
    }

    private static string Missing(long position) => $"position {position} is missing";

    private static string? Fault(JournalEntry entry, long expected, byte[] previous)
    {
        if (entry.Position != expected)
        {
            return Missing(expected);
        }

        if (entry.Payload.Length > 0 && !HashChain.HashPayload(entry.Salt, entry.Payload).AsSpan().SequenceEqual(entry.PayloadHash))
        {
            return "the payload was changed";
        }

        var link = HashChain.Link(previous, entry.Position, entry.At, entry.Kind, entry.Key, entry.Version, entry.Type, entry.ByKind, entry.By, entry.PayloadHash);
        return link.AsSpan().SequenceEqual(entry.Hash) ? null : "the entry was changed, or the one before it";
    }
}
