using Crm.Grains.AccessLogs;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;

namespace Crm.Silo.Audit;

/// <summary>One line of the compliance report.</summary>
/// <param name="Topic"><c>sign-ins</c>, <c>exports</c>, <c>reading</c>, <c>refusals</c>, <c>rights</c> or <c>erasures</c>.</param>
/// <param name="Item">The event's name on disk, or the type of what was noted.</param>
/// <param name="People">How many different people or keys.</param>
public sealed record ComplianceLine(string Topic, string Item, long Count, int People);

/// <summary>Counts what the law and the auditors ask after (SEC-04), from the journal.</summary>
public sealed class ComplianceDesk(IGrainStore store, SliceDirectory slices)
{
    private const int PageSize = 5_000;

    /// <summary>The report of a time; lines are in the order of topic and item.</summary>
    public async ValueTask<IReadOnlyList<ComplianceLine>> ReportAsync(string tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var types = slices.All.SelectMany(slice => slice.EventTypes).Where(type => TopicOf(type) is not null || type == "accesslog-noted-v1").ToArray();
        var lines = new Dictionary<(string Topic, string Item), (long Count, HashSet<Guid> People)>();
        var end = await store.FindPositionAsync(tenant, to, cancel);
        var after = await store.FindPositionAsync(tenant, from, cancel) - 1;
        var log = slices.OfKind("accesslog");
        while (after < end - 1)
        {
            var entries = await store.ReadJournalAsync(tenant, after, PageSize, types, cancel);
            foreach (var entry in entries.Where(entry => entry.Position < end))
            {
                if (entry.Kind != "accesslog")
                {
                    Add(TopicOf(entry.Type) ?? "", entry.Type, entry.By, 1);
                }
                else if (log.ReadEvent(entry.Payload) is AccessLogEvent.Noted noted)
                {
                    foreach (var note in noted.Notes.Where(note => note.Type != "export"))
                    {
                        Add(note.Type == "refused" ? "refusals" : "reading", note.Type, noted.PersonId, note.Count);
                    }
                }
            }

            if (entries.Count < PageSize)
            {
                break;
            }

            after = entries[^1].Position;
        }

        return [.. lines.OrderBy(line => line.Key.Topic, StringComparer.Ordinal).ThenBy(line => line.Key.Item, StringComparer.Ordinal)
            .Select(line => new ComplianceLine(line.Key.Topic, line.Key.Item, line.Value.Count, line.Value.People.Count))];

        void Add(string topic, string item, Guid person, long count)
        {
            var known = lines.GetValueOrDefault((topic, item), (0, []));
            known.Item2.Add(person);
            lines[(topic, item)] = (known.Item1 + count, known.Item2);
        }
    }

    /// <summary>Where an event counts; null when it does not.</summary>
    private static string? TopicOf(string type) =>
        type.EndsWith("-erased-v1", StringComparison.Ordinal) ? "erasures"
        : type.StartsWith("session-", StringComparison.Ordinal) || type.StartsWith("factor-", StringComparison.Ordinal) ? "sign-ins"
        : type.StartsWith("export-", StringComparison.Ordinal) ? "exports"
        : type.StartsWith("alert-", StringComparison.Ordinal) ? "refusals"
        : type.StartsWith("rolebook-", StringComparison.Ordinal) || type.StartsWith("share-", StringComparison.Ordinal) || type.StartsWith("user-", StringComparison.Ordinal)
            || type.StartsWith("apikey-", StringComparison.Ordinal) || type.StartsWith("policy-", StringComparison.Ordinal) ? "rights"
        : null;
}
