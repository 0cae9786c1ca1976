using System.Text.Json;
using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;
using Crm.Torture.Load;

namespace Crm.Torture.Store;

/// <summary>An answer the outside world has got: this record exists at least at this version.</summary>
internal readonly record struct Ack(Guid Id, long Version);

/// <summary>What must hold of a data folder after every crash (reliability rules, 3.5). The numbers are those of the rules.</summary>
internal static class Invariants
{
    private const int MostSentences = 20;

    /// <summary>Recovers a folder with the server's own code and checks everything that must hold at any moment.</summary>
    /// <param name="history">The clients' commands, or none to leave them out.</param>
    /// <param name="acks">Answers that had gone out; null: those of the history.</param>
    public static async Task<JournalView> CheckAsync(string folder, IReadOnlyDictionary<string, Op> history, IReadOnlyCollection<Ack>? acks, Problems problems)
    {
        await using (var store = Open(folder))
        {
            await VerifyAsync(store, problems);
        }

        using var file = new DataFile(folder);
        foreach (var row in file.Query("pragma quick_check(1)"))
        {
            if (row[0] is not "ok")
            {
                problems.Add($"the file is damaged: {row[0]}");
            }
        }

        var journal = JournalView.Read(file);
        problems.Gaps += journal.Gaps.Count;
        Some(journal.Gaps, problems);
        CheckHandled(file, journal, problems);
        CheckRows(file, journal, problems);
        CheckCommands(journal, history, requireAnswered: acks is null, problems);
        CheckAcks(journal, acks ?? [], problems);
        return journal;
    }

    /// <summary>Checks what must hold once nothing is under way any more: conversions are whole (I4).</summary>
    public static void CheckConversions(JournalView journal, Problems problems)
    {
        var wrong = new List<string>();
        foreach (var (lead, position, payload) in journal.Conversions)
        {
            using var converted = JsonDocument.Parse(payload);
            foreach (var (name, kind) in ((string, string)[])[("customerId", "customer"), ("contactId", "contact"), ("opportunityId", "opportunity")])
            {
                if (converted.RootElement.TryGetProperty(name, out var id) && !journal.Grains.ContainsKey(id.GetGuid()) && !journal.ByCommand.ContainsKey($"reaction/conversion/{position}/lead"))
                {
                    wrong.Add($"I4 lead {lead} was converted at {position} into the {kind} {id} that does not exist");
                }
            }
        }

        Some(wrong, problems);
    }

    /// <summary>Recovers and opens a folder as the server does.</summary>
    public static SqliteStore Open(string folder) => SqliteStore.Open(new() { Folder = folder }, new SliceBehaviours(new TenantDirectory(), new AccessDirectory()).Make());

    private static async Task VerifyAsync(SqliteStore store, Problems problems)
    {
        foreach (var tenant in store.Tenants)
        {
            if (await store.VerifyAsync(tenant, CancellationToken.None) is ChainFault fault)
            {
                problems.Add($"I10 tenant {tenant}: the chain is broken at {fault.Position}: {fault.Reason}");
            }
        }
    }

    /// <summary>I3: every command id has one row, that row names what the journal holds, and nothing is in the journal without one.</summary>
    private static void CheckHandled(DataFile file, JournalView journal, Problems problems)
    {
        var wrong = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in file.Query("select command, key, version, position from handled"))
        {
            var key = JournalView.KeyOf((string)row[0]!); // not null by schema, like the rest
            if (!seen.Add(key))
            {
                problems.Duplicated++;
                wrong.Add($"I3 {key} was handled under two ids");
            }

            if (!journal.ByCommand.TryGetValue(key, out var trace))
            {
                // without a position it is remembered that there was nothing to do
                if ((long)row[3]! != 0 || journal.Grains.GetValueOrDefault(new Guid((byte[])row[1]!, bigEndian: true)).Version < (long)row[2]!)
                {
                    wrong.Add($"I3 {key} counts as handled at version {row[2]}, position {row[3]}, and left no event");
                }
            }
            else if (trace.Grain != new Guid((byte[])row[1]!, bigEndian: true) || trace.LastVersion != (long)row[2]! || trace.LastPosition != (long)row[3]!)
            {
                wrong.Add($"I3 {key} counts as handled at version {row[2]}, position {row[3]}, and its events end at {trace.LastVersion}, {trace.LastPosition}");
            }
        }

        foreach (var (key, trace) in journal.ByCommand)
        {
            if (trace.IsTorn)
            {
                problems.Duplicated++;
                wrong.Add($"I3 {key} took effect in more than one place");
            }

            if (!seen.Contains(key))
            {
                wrong.Add($"I3 {key} is in the journal and does not count as handled");
            }
        }

        Some(wrong, problems);
    }

    /// <summary>Every grain's row is at the version and position of its newest event, and there is no row without events.</summary>
    private static void CheckRows(DataFile file, JournalView journal, Problems problems)
    {
        var wrong = new List<string>();
        var rows = 0;
        foreach (var table in file.GrainTables())
        {
            foreach (var row in file.Query($"select key, version, last from {table}"))
            {
                rows++;
                var key = new Guid((byte[])row[0]!, bigEndian: true); // not null by schema, like the rest
                if (journal.Grains.GetValueOrDefault(key) != ((long)row[1]!, (long)row[2]!))
                {
                    wrong.Add($"I6 {table} {key} is at {row[1]}/{row[2]}, its journal at {journal.Grains.GetValueOrDefault(key)}");
                }
            }
        }

        if (rows != journal.Grains.Count)
        {
            wrong.Add($"I6 there are {rows} rows and {journal.Grains.Count} grains with events");
        }

        Some(wrong, problems);
    }

    /// <summary>I1: what was answered yes is there at that version and in these words; what was answered no is not there.</summary>
    private static void CheckCommands(JournalView journal, IReadOnlyDictionary<string, Op> history, bool requireAnswered, Problems problems)
    {
        var (wrong, lost) = (new List<string>(), new List<string>());
        foreach (var (key, op) in history)
        {
            var trace = journal.ByCommand.GetValueOrDefault(key);
            switch (op.Verdict)
            {
                case Verdict.Refused when trace is not null:
                    wrong.Add($"I1 {key} {op.Path} was answered {op.Reply!.Status} {op.Reply.Code} and is in the journal at {trace.FirstPosition}"); // refused, so answered
                    break;
                case Verdict.Ok when requireAnswered && trace is null && (op.AlwaysWrites || journal.Grains.GetValueOrDefault(op.Reply!.Id).Version < op.Reply.Version):
                    lost.Add($"I1 {key} {op.Path} was answered {op.Reply!.Status} {op.Reply.Id} v{op.Reply.Version} and is lost");
                    break;
                case Verdict.Ok when trace is not null && (trace.Grain != op.Reply!.Id || trace.LastVersion != op.Reply.Version):
                    wrong.Add($"I1 {key} {op.Path} was answered {op.Reply!.Id} v{op.Reply.Version} and is in the journal as {trace.Grain} v{trace.LastVersion}");
                    break;
                case Verdict.Ok or Verdict.Unknown when trace is not null && op.HasKeyInText && !trace.HasKeyInText:
                    wrong.Add($"I1 {key} {op.Path} is in the journal in other words than its own");
                    break;
            }

            if (requireAnswered && op is { Verdict: Verdict.Ok, Reply.Made: { } made } && made.Where(id => !journal.Grains.ContainsKey(id)).ToList() is { Count: > 0 } missing)
            {
                lost.Add($"I4 {key} {op.Path} was answered with {string.Join(", ", missing)}, which do not exist");
            }
        }

        Some(wrong, problems);
        SomeLost(lost, problems);
    }

    private static void CheckAcks(JournalView journal, IReadOnlyCollection<Ack> acks, Problems problems)
    {
        var lost = new List<string>();
        foreach (var ack in acks)
        {
            if (journal.Grains.GetValueOrDefault(ack.Id).Version < ack.Version)
            {
                lost.Add($"I1 {ack.Id} was answered at version {ack.Version} and is at {journal.Grains.GetValueOrDefault(ack.Id).Version}");
            }
        }

        SomeLost(lost, problems);
    }

    private static void SomeLost(List<string> sentences, Problems problems)
    {
        problems.Lost += sentences.Count;
        foreach (var sentence in sentences.Take(MostSentences))
        {
            problems.AddLoss(sentence);
        }
    }

    private static void Some(List<string> sentences, Problems problems)
    {
        foreach (var sentence in sentences.Take(MostSentences))
        {
            problems.Add(sentence);
        }

        if (sentences.Count > MostSentences)
        {
            problems.Add($"… and {sentences.Count - MostSentences} more like the last one");
        }
    }
}
