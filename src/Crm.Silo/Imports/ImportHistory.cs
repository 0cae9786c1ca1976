using System.Runtime.CompilerServices;
using System.Text.Json;
using Crm.Grains.Imports;
using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;

namespace Crm.Silo.Imports;

/// <summary>What the journal knows of an import besides its card.</summary>
public sealed class ImportHistory(IGrainStore store)
{
    private const int PageSize = 50;

    /// <summary>How an import was asked for, and by whom; null when it never was.</summary>
    internal async ValueTask<(ImportEvent.Requested Request, Guid By)?> FindRequestAsync(GrainId import, CancellationToken cancel)
    {
        var positions = await PositionsAsync(import, cancel);
        if (positions.Count == 0)
        {
            return null;
        }

        var entry = await EntryAsync(import, positions[^1], cancel);
        return EventOf(entry) is ImportEvent.Requested request ? (request, entry.By) : null;
    }

    /// <summary>All problems of an import in the order of its rows, a few at a time: there may be one for each of 200,000 rows.</summary>
    public async IAsyncEnumerable<ImportProblem> ProblemsAsync(GrainId import, [EnumeratorCancellation] CancellationToken cancel)
    {
        var positions = await PositionsAsync(import, cancel);
        for (var i = positions.Count - 1; i >= 0; i--)
        {
            if (EventOf(await EntryAsync(import, positions[i], cancel)) is not ImportEvent.Progressed progressed)
            {
                continue;
            }

            foreach (var problem in progressed.Problems)
            {
                yield return problem;
            }
        }
    }

    /// <summary>Positions of the import's entries, newest first.</summary>
    private async ValueTask<List<long>> PositionsAsync(GrainId import, CancellationToken cancel)
    {
        var positions = new List<long>();
        long? from = null;
        IReadOnlyList<JournalEntry> page;
        do
        {
            page = await store.ReadHistoryAsync(import, from, PageSize, cancel);
            positions.AddRange(page.Select(entry => entry.Position));
            from = page.Count == 0 ? 0 : page[^1].Previous;
        }
        while (from > 0);

        return positions;
    }

    private async ValueTask<JournalEntry> EntryAsync(GrainId import, long position, CancellationToken cancel) =>
        (await store.ReadJournalAsync(import.Tenant, position - 1, 1, null, cancel))[0];

    private static ImportEvent? EventOf(JournalEntry entry) =>
        entry.Payload.Length > 0 ? JsonSerializer.Deserialize(entry.Payload, SiloJson.Stored.TypeInfo<ImportEvent>()) : null;
}
