using Crm.Runtime;
using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Silo.Hosting;

namespace Crm.Benchmarks;

/// <summary>
/// What the disk and SQLite allow: one thread binds the same rows to the same statements, so many to a commit, and does nothing else. The rows
/// were made before the clock started.
/// </summary>
internal static class RawLoop
{
    private const int WritesPerCommit = 256;

    /// <returns>Creates and moves a second.</returns>
    public static (double Creates, double Moves) Run(string folder, int count)
    {
        var slice = Work.Opportunities();
        var now = DateTimeOffset.UtcNow;
        var memories = new GrainMemory[count];
        var creates = new GrainWrite[count];
        var moves = new GrainWrite[count];
        for (var i = 0; i < count; i++)
        {
            var id = new GrainId(Work.Tenant, "opportunity", Guid.CreateVersion7(now.AddMilliseconds(i / 16)));
            var created = slice.Decide(slice.Recall(id, null), new(id, Work.Create(i), Sender.System), now);
            (memories[i], creates[i]) = (created.Next!, created.Write!);
        }

        for (var i = 0; i < count; i++)
        {
            var (which, stage) = Work.MoveAt(i, count);
            var moved = slice.Decide(memories[which], new(memories[which].Grain, Work.Move(stage), Sender.System), now);
            (memories[which], moves[i]) = (moved.Next!, moved.Write!);
        }

        SqliteStore.Open(new() { Folder = folder }, [slice]).DisposeAsync().AsTask().GetAwaiter().GetResult();
        using var session = new SqliteSession(Path.Combine(folder, "crm.db"), readOnly: false);
        foreach (var pragma in (ReadOnlySpan<string>)["journal_mode=wal", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=4000"])
        {
            session.Execute($"pragma {pragma}");
        }

        var before = Environment.CpuUsage.TotalTime;
        var rates = (Run(session, slice, creates, isCreate: true), Run(session, slice, moves, isCreate: false));
        Console.WriteLine($"  raw loop: {(Environment.CpuUsage.TotalTime - before).TotalMicroseconds / (2 * count):0} µs of processor time a write");
        return rates;
    }

    private static double Run(SqliteSession session, ISliceBehaviour slice, GrainWrite[] writes, bool isCreate)
    {
        var insert = SqliteTables.Insert(slice.Cards);
        var update = SqliteTables.Update(slice.Cards, writes[^1].Changed, withListing: false);
        var totals = writes.Chunk(WritesPerCommit).Select(TotalsOf).ToArray();
        var position = session.ReadLong("select coalesce(max(id), 0) from journal");
        var hash = new byte[32];
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < writes.Length; i++)
        {
            if (i % WritesPerCommit == 0)
            {
                session.Prepare("begin immediate").Run();
            }

            var write = writes[i];
            position++;
            var row = session.Prepare(isCreate ? insert : update);
            row = isCreate ? row.AddNull().Add(write.Grain.Key).Add(1).Add(1) : row;
            row.Add(write.ToVersion).Add(position).Add(write.State).Add(write.Card);
            for (var column = 0; column < slice.Cards.Fields.Count; column++)
            {
                if (!isCreate && (write.Changed & (1UL << column)) == 0)
                {
                    continue;
                }

                row.Add(write.Columns![column]);
                if (slice.Cards.Fields[column].Type == Runtime.Cards.CardFieldType.Text)
                {
                    row.Add(write.SortKeys?[column]);
                }
            }

            if (!isCreate)
            {
                row.Add(Work.MoveAt(i, writes.Length).Which + 1).Add(write.Grain.Key).Add(write.FromVersion);
            }

            row.Run();
            if (write.SearchTerms is { } terms)
            {
                session.Prepare("insert into s_opportunity(rowid, terms) values(?,?)").Add(i + 1).Add(SqliteSearch.Tokens("1x", terms, write.Columns![slice.Cards.Scope!.Ordinal])).Run();
            }

            ref readonly var happened = ref write.Events[0];
            session.Prepare("insert into journal(id, at, kind, key, version, type, by_kind, by, command, previous, salt, payload, payload_hash, hash) values(?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
                .Add(position).Add(write.At.ToUnixTimeMilliseconds()).Add("opportunity").Add(write.Grain.Key).Add(write.ToVersion).Add(happened.Type).Add(1).Add(Guid.Empty).AddNull().Add(0)
                .Add(happened.Salt).Add(happened.Payload).Add(happened.PayloadHash).Add(hash).Run();
            if (i % WritesPerCommit == WritesPerCommit - 1 || i == writes.Length - 1)
            {
                foreach (var (group, day, total) in totals[i / WritesPerCommit])
                {
                    session.Prepare(SqliteTallies.Upsert).Add(1).Add("opportunity").Add(group).Add(day).Add(total.Count).Add(total.Units).Add(total.Cents).Run();
                }

                session.Prepare("commit").Run();
            }
        }

        return writes.Length / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>What the writes of one commit add to the running totals, a row each.</summary>
    private static (string Group, int Day, (long Count, long Units, long Cents) Total)[] TotalsOf(GrainWrite[] writes) =>
    [
        .. from write in writes
           from change in write.Tallies
           group change by (change.Group, write.Day) into changes
           let hundredths = changes.Aggregate(Int128.Zero, (sum, change) => sum + change.Hundredths)
           select (changes.Key.Group, changes.Key.Day, (changes.Sum(change => (long)change.Count), (long)(hundredths / 100), (long)(hundredths % 100))),
    ];
}
