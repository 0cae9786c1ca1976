using Crm.Torture.Load;

namespace Crm.Torture.Store;

/// <summary>Compares what stands in the tables with what the journal says.</summary>
internal static class Rebuild
{
    /// <summary>Rebuilds a folder, whose journal is known to be whole, and compares: cards, states, claims, clocks, totals, search.</summary>
    public static async Task CompareAsync(string folder, Problems problems)
    {
        var before = TableDump.Of(folder);
        await using (var store = Invariants.Open(folder))
        {
            foreach (var tenant in store.Tenants)
            {
                await store.RebuildAsync(tenant, CancellationToken.None);
            }
        }

        before.Compare(TableDump.Of(folder), problems);
    }
}
