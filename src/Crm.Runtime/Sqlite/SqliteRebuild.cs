using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>Refolds what is only derived from the journal; see <see cref="IGrainStore.RebuildAsync"/>.</summary>
internal sealed class SqliteRebuild(SqliteSession session, IReadOnlyDictionary<string, IGrainBehaviour> behaviours, SqliteRows rows, SqliteClaims claims)
{
    /// <summary>Most grains remembered at a time; those left out are read from their row when their next event comes.</summary>
    private const int MostRemembered = 100_000;

    private const int PageSize = 10_000;

    private static readonly Dictionary<(string Kind, Guid Key), long> NoNumbers = [];

    public void Run(TenantLog tenant)
    {
        var numbers = rows.Drop(tenant);
        var memories = new Dictionary<(string, Guid), GrainMemory>();
        for (var after = 0L; after < tenant.Head;)
        {
            var page = session.Prepare($"{SqliteStore.EntryColumns} where id > ? and id <= ? order by id limit {PageSize}")
                .Add(SqliteStore.IdOf(tenant.Number, after)).Add(SqliteStore.IdOf(tenant.Number, SqliteTables.PositionMask));
            var entries = SqliteStore.ReadEntries(page, tenant.Name);
            foreach (var entry in entries)
            {
                Refold(tenant, numbers, memories, entry);
            }

            after = entries.Count == 0 ? tenant.Head : entries[^1].Position;
        }
    }

    /// <summary>Makes the rows of a tenant that has none from entries as they are taken in.</summary>
    public void Receive(TenantLog tenant, IEnumerable<JournalEntry> entries)
    {
        var memories = new Dictionary<(string, Guid), GrainMemory>();
        foreach (var entry in entries)
        {
            Refold(tenant, NoNumbers, memories, entry);
        }
    }

    private void Refold(TenantLog tenant, Dictionary<(string Kind, Guid Key), long> numbers, Dictionary<(string Kind, Guid Key), GrainMemory> memories, JournalEntry entry)
    {
        if (!behaviours.TryGetValue(entry.Kind, out var behaviour))
        {
            return;
        }

        if (!memories.TryGetValue((entry.Kind, entry.Key), out var memory))
        {
            if (memories.Count >= MostRemembered)
            {
                memories.Clear();
            }

            memory = Recall(behaviour, new(tenant.Name, entry.Kind, entry.Key));
        }

        if (behaviour.Refold(memory, entry) is not { Next: { } next, Write: { } write } || next.Version != entry.Version)
        {
            throw new InvalidOperationException($"The '{entry.Type}' at {tenant.Name}/{entry.Position} does not bring '{entry.Kind}' to version {entry.Version}.");
        }

        rows.TryWrite(write, tenant, entry.Position, numbers.TryGetValue((entry.Kind, entry.Key), out var kept) ? kept : null);
        claims.Take(write, tenant);
        claims.Release(write, tenant);
        write.Row.LastPosition = entry.Position;
        memories[(entry.Kind, entry.Key)] = next;
    }

    private GrainMemory Recall(IGrainBehaviour behaviour, GrainId grain)
    {
        var row = session.Prepare(SqliteTables.Load(grain.Kind)).Add(grain.Key);
        var stored = row.Step() ? SqliteRows.Read(row) : null;
        row.Reset();
        return behaviour.Recall(grain, stored);
    }
}
