using System.Collections.Concurrent;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>How the SQLite store is kept.</summary>
public sealed record SqliteOptions
{
    /// <summary>The folder of the database file, its log and its lock. Made when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// FULL: an answered command survives a power cut. Anything else is for the torture suite, which must notice the difference.
    /// </summary>
    public string Synchronous { get; init; } = "FULL";

    /// <summary>Most writes in one transaction, 1 to 10,000. Default 512.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Most pages of 4 KiB the file may have; 0 for no limit. Makes a full disk testable.</summary>
    public long MaxPages { get; init; }

    /// <summary>Called with the name of each point of a commit that may fail; throwing there is failing there. For tests.</summary>
    public Action<string>? Failpoint { get; init; }

    /// <summary>Called when the disk fails while committing: what is on disk is unknown, so the process must end.</summary>
    public Action<string>? OnFatal { get; init; }
}

/// <summary>The folder is in use by another process.</summary>
public sealed class DataDirectoryInUseException(string folder) : Exception($"data-directory-in-use: another process works on '{folder}'.");

/// <summary>
/// The journal, grains and cards in one SQLite file. One connection does all writes and all checkpoints, on one thread; every other
/// is read-only. That is what the linked SQLite needs to be safe (its WAL-reset race needs a second writer or checkpointer).
/// </summary>
public sealed class SqliteStore : IMovableStore
{
    private readonly SqliteOptions _options;
    private readonly string _path;
    private readonly FileStream _lock;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly IReadOnlyDictionary<string, IGrainBehaviour> _behaviours;

    private SqliteStore(SqliteOptions options, IReadOnlyDictionary<string, IGrainBehaviour> behaviours, FileStream fileLock, string path, SqliteWriter writer)
    {
        (_options, _behaviours, _lock, _path, _writer) = (options, behaviours, fileLock, path, writer);
    }

    public event Action<IReadOnlyList<GrainWrite>>? Committed
    {
        add => _writer.Followers.Committed += value;
        remove => _writer.Followers.Committed -= value;
    }

    public event Action<Exception>? Faulted
    {
        add => _writer.Followers.Faulted += value;
        remove => _writer.Followers.Faulted -= value;
    }

    /// <summary>Never: the file is this process's alone.</summary>
    public event Action<string>? Grown
    {
        add { }
        remove { }
    }

    public TallyBook Tallies => _writer.Tallies;

    public IReadOnlyCollection<string> Tenants => _writer.Tenants.Names;

    public bool IsHealthy => _writer.IsHealthy;

    /// <summary>Opens or creates the store and takes it for this process.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has it.</exception>
    /// <exception cref="SchemaTooNewException">A newer program wrote it.</exception>
    public static SqliteStore Open(SqliteOptions options, IEnumerable<IGrainBehaviour> behaviours)
    {
        Directory.CreateDirectory(options.Folder);
        var fileLock = SqliteFile.TakeLock(options.Folder);
        try
        {
            var byKind = behaviours.ToDictionary(behaviour => behaviour.Kind, StringComparer.Ordinal);
            var path = Path.Combine(options.Folder, "crm.db");
            return new(options, byKind, fileLock, path, SqliteFile.OpenWriter(path, options, byKind));
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }
    }

    public void Write(GrainWrite write) => _writer.Enqueue(new SqliteJob(write));

    public ValueTask<StoredGrain?> LoadAsync(GrainId grain, CancellationToken cancel) => ReadAsync(session => Load(session, grain));

    public ValueTask<StoredGrain?> RecallAsync(GrainId grain, CancellationToken cancel)
    {
        var stored = Read(session => Load(session, grain));
        // of a store that broke down, what is seen may not be there
        return _writer.Durable is { IsFaulted: true } durable ? AfterAsync(durable, stored) : new(stored);
    }

    public ValueTask<HandledCommand?> FindHandledAsync(string tenant, string commandId, CancellationToken cancel) =>
        ReadAsync(session => SqliteHandled.Find(session, _writer.Tenants.NumberOf(tenant), commandId));

    public ValueTask<Guid?> FindClaimAsync(string tenant, string key, CancellationToken cancel) => ReadAsync(session =>
    {
        var row = session.Prepare("select key from claim where tenant=? and name=?").Add(_writer.Tenants.NumberOf(tenant)).Add(key);
        Guid? holder = row.Step() ? row.Guid(0) : null;
        row.Reset();
        return holder;
    });

    public ValueTask<CardPage> QueryAsync(CardQuery query, CancellationToken cancel) =>
        ReadAsync(session => SqliteLists.Page(session, Known(query), _writer.Tenants.NumberOf(query.Tenant)));

    public ValueTask<long> CountAsync(CardQuery query, int atMost, CancellationToken cancel) =>
        ReadAsync(session => SqliteLists.Count(session, Known(query), _writer.Tenants.NumberOf(query.Tenant), atMost));

    public ValueTask<IReadOnlyList<CardGroup>> GroupAsync(CardQuery query, IReadOnlyList<CardField> fields, CancellationToken cancel) =>
        ReadAsync(session => SqliteLists.Group(session, Known(query), fields, _writer.Tenants.NumberOf(query.Tenant)));

    public ValueTask<CardBuckets> AggregateAsync(CardQuery query, CardAggregation aggregation, CancellationToken cancel) =>
        ReadAsync(session => SqliteLists.Aggregate(session, Known(query), aggregation, _writer.Tenants.NumberOf(query.Tenant)));

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(string tenant, long after, int limit, IReadOnlyCollection<string>? types, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<JournalEntry>>(session =>
        {
            var number = _writer.Tenants.NumberOf(tenant);
            var filter = types is null ? "" : $" and type in ({string.Join(',', types.Select(_ => "?"))})";
            var rows = session.Prepare($"{EntryColumns} where id > ? and id <= ?{filter} order by id limit ?").Add(IdOf(number, Math.Clamp(after, 0, SqliteTables.PositionMask))).Add(IdOf(number, SqliteTables.PositionMask));
            foreach (var type in types ?? [])
            {
                rows.Add(type);
            }

            rows.Add(limit);
            return ReadEntries(rows, tenant);
        });

    public ValueTask<IReadOnlyList<JournalEntry>> ReadHistoryAsync(GrainId grain, long? from, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<JournalEntry>>(session =>
        {
            var number = _writer.Tenants.NumberOf(grain.Tenant);
            var newest = session.Prepare($"select last from g_{KnownKind(grain.Kind)} where key=? and tenant=?").Add(grain.Key).Add(number).ReadLong();
            var entries = new List<JournalEntry>();
            for (var position = Math.Min(from ?? long.MaxValue, newest); position > 0 && entries.Count < limit; position = entries[^1].Previous)
            {
                var found = ReadEntries(session.Prepare($"{EntryColumns} where id=?").Add(IdOf(number, position)), grain.Tenant);
                if (found.Count == 0 || found[0].Key != grain.Key)
                {
                    break;
                }

                entries.Add(found[0]);
            }

            return entries;
        });

    public long HeadOf(string tenant) => _writer.Tenants.HeadOf(tenant);

    public ValueTask<IReadOnlyDictionary<string, TallyTotal>> TalliesAtEndOfAsync(string tenant, string kind, int day, CancellationToken cancel) =>
        ReadAsync<IReadOnlyDictionary<string, TallyTotal>>(session =>
        {
            var rows = session.Prepare($"select grp, {TallySums} from tally where tenant=? and kind=? and day<=? group by grp")
                .Add(_writer.Tenants.NumberOf(tenant)).Add(kind).Add(day);
            var totals = new Dictionary<string, TallyTotal>(StringComparer.Ordinal);
            while (rows.Step())
            {
                if (ReadTally(rows, 1) is var total && total != default)
                {
                    totals[rows.Text(0)!] = total; // grp is not null
                }
            }

            rows.Reset();
            return totals;
        });

    public ValueTask<long> FindPositionAsync(string tenant, DateTimeOffset from, CancellationToken cancel) => ReadAsync(session =>
    {
        // times rise with positions but for a few milliseconds, so halving finds the place without an index on time
        var number = _writer.Tenants.NumberOf(tenant);
        var (low, high) = (1L, HeadOf(tenant) + 1);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (session.Prepare("select at from journal where id=?").Add(IdOf(number, middle)).ReadLong() < from.ToUnixTimeMilliseconds())
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    });

    public ValueTask<IReadOnlyList<DueClock>> ReadClocksAsync(DateTimeOffset until, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<DueClock>>(session =>
        {
            var rows = session.Prepare("select t.name, c.kind, c.key, c.name, c.due from clock c join tenant t on t.number=c.tenant where c.due<=? order by c.due limit ?")
                .Add(until.ToUnixTimeMilliseconds()).Add(limit);
            var clocks = new List<DueClock>();
            while (rows.Step())
            {
                clocks.Add(new(new(rows.Text(0)!, rows.Text(1)!, rows.Guid(2)), rows.Text(3)!, DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(4)))); // not null by schema
            }

            rows.Reset();
            return clocks;
        });

    public ValueTask<byte[]?> ReadSecretAsync(string name, CancellationToken cancel) => ReadAsync(session =>
    {
        var row = session.Prepare("select value from secret where name=?").Add(name);
        var value = row.Step() ? row.Blob(0) : null;
        row.Reset();
        return value;
    });

    public Task WriteSecretAsync(string name, byte[]? value, CancellationToken cancel) => RunAsync(session =>
    {
        if (value is null)
        {
            session.Prepare("delete from secret where name=?").Add(name).Run();
        }
        else
        {
            session.Prepare("insert into secret(name, value) values(?,?) on conflict(name) do update set value=excluded.value").Add(name).Add(value).Run();
        }
    });

    public ValueTask<long> ReadCursorAsync(string reader, string tenant, CancellationToken cancel) =>
        ReadAsync(session => session.Prepare("select position from cursor where reader=? and tenant=?").Add(reader).Add(tenant).ReadLong());

    public Task WriteCursorAsync(string reader, string tenant, long position, CancellationToken cancel) => RunAsync(session => WriteCursor(session, reader, tenant, position));

    public ValueTask<IReadOnlyList<ParkedEntry>> ReadParkedAsync(string reader, CancellationToken cancel) => ReadAsync<IReadOnlyList<ParkedEntry>>(session =>
    {
        var rows = session.Prepare("select tenant, position, key, attempts, retry_at, error from parked where reader=? order by tenant, position").Add(reader);
        var parked = new List<ParkedEntry>();
        while (rows.Step())
        {
            parked.Add(new(reader, rows.Text(0)!, rows.Long(1), rows.Guid(2), (int)rows.Long(3), rows.IsNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(4)), rows.Text(5)!)); // not null by schema
        }

        rows.Reset();
        return parked;
    });

    public Task WriteParkedAsync(ParkedEntry entry, CancellationToken cancel) => RunAsync(session => WriteParked(session, entry));

    public ValueTask<IReadOnlyList<PendingEffect>> ReadEffectsAsync(DateTimeOffset due, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<PendingEffect>>(session =>
        {
            var rows = session.Prepare("select e.id, t.name, e.kind, e.dedupe, e.payload, e.attempts from effect e join tenant t on t.number=e.tenant where e.due<=? order by e.due, e.id limit ?")
                .Add(due.ToUnixTimeMilliseconds()).Add(limit);
            var effects = new List<PendingEffect>();
            while (rows.Step())
            {
                effects.Add(new(rows.Long(0), rows.Text(1)!, rows.Text(2)!, rows.Text(3)!, rows.Blob(4), (int)rows.Long(5))); // not null by schema
            }

            rows.Reset();
            return effects;
        });

    public Task WriteEffectAsync(long id, EffectProgress? progress, CancellationToken cancel) => RunAsync(session =>
    {
        if (progress is null)
        {
            session.Prepare("delete from effect where id=?").Add(id).Run();
            return;
        }

        var row = session.Prepare("update effect set due=?, attempts=?, error=? where id=?");
        (progress.RetryAt is { } at ? row.Add(at.ToUnixTimeMilliseconds()) : row.AddNull()).Add(progress.Attempts).Add(progress.Error).Add(id).Run();
    });

    public ValueTask<ChainFault?> VerifyAsync(string tenant, CancellationToken cancel) => ReadAsync(session =>
    {
        // entries taken from the end break no link, but the grains still know of them
        var number = _writer.Tenants.NumberOf(tenant);
        var head = HeadOf(tenant);
        foreach (var kind in _behaviours.Keys)
        {
            head = Math.Max(head, session.Prepare($"select max(last) from g_{kind} where tenant=?").Add(number).ReadLong());
        }

        return SqliteChain.Verify(session, number, tenant, head);
    });

    public async Task EraseAsync(GrainId grain, long throughVersion, CancellationToken cancel)
    {
        var positions = new List<long>();
        for (long? from = null; ;)
        {
            var page = await ReadHistoryAsync(grain, from, 1_000, cancel);
            positions.AddRange(page.Where(entry => entry.Version <= throughVersion && entry.Payload.Length > 0).Select(entry => entry.Position));
            if (page.Count == 0 || page[^1].Previous == 0)
            {
                break;
            }

            from = page[^1].Previous;
        }

        if (positions.Count == 0)
        {
            return;
        }

        var number = _writer.Tenants.NumberOf(grain.Tenant);
        await RunAsync(session =>
        {
            // what was there is written over, not only let go
            session.Execute("pragma secure_delete=on");
            foreach (var position in positions)
            {
                session.Prepare("update journal set salt=x'', payload=x'' where id=?").Add(IdOf(number, position)).Run();
            }

            session.Execute("pragma secure_delete=off");
        });
    }

    public Task RebuildAsync(string tenant, CancellationToken cancel) => RunAsync(_ => _writer.Rebuild(tenant));

    public IEnumerable<TenantNote> ReadNotes(string tenant) => Read<List<TenantNote>>(session =>
    {
        var number = _writer.Tenants.NumberOf(tenant);
        var notes = new List<TenantNote>();
        All(session.Prepare("select key, version, position, fingerprint, command, day from handled where tenant=?").Add(number), rows =>
            notes.Add(new TenantNote.Handled(rows.Text(4)!, new(rows.Guid(0), rows.Long(1), rows.Long(2), rows.BlobOrNull(3)), (int)rows.Long(5)))); // not null by schema

        All(session.Prepare("select reader, position from cursor where tenant=?").Add(tenant), rows =>
            notes.Add(new TenantNote.Cursor(rows.Text(0)!, rows.Long(1)))); // not null by schema

        All(session.Prepare("select reader, position, key, attempts, retry_at, error from parked where tenant=?").Add(tenant), rows =>
            notes.Add(new TenantNote.Parked(new(rows.Text(0)!, tenant, rows.Long(1), rows.Guid(2), (int)rows.Long(3), rows.IsNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(4)), rows.Text(5)!)))); // not null by schema

        All(session.Prepare("select kind, dedupe, payload, due, attempts, error from effect where tenant=? order by id").Add(number), rows =>
            notes.Add(new TenantNote.Effect(new(rows.Text(0)!, rows.Text(1)!, rows.Blob(2)), rows.IsNull(3) ? null : rows.Long(3), (int)rows.Long(4), rows.Text(5)))); // not null by schema

        return notes;
    });

    public ValueTask<IReadOnlyList<StoredGrain>> ReadGrainsAsync(string tenant, string kind, Guid? after, int limit, CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<StoredGrain>>(session =>
        {
            var rows = session.Prepare($"select key, version, id, last, state, card from g_{KnownKind(kind)} where key > ? and tenant=? order by key limit ?");
            rows = after is { } key ? rows.Add(key) : rows.Add(Array.Empty<byte>());
            rows.Add(_writer.Tenants.NumberOf(tenant)).Add(limit);
            var grains = new List<StoredGrain>();
            while (rows.Step())
            {
                grains.Add(SqliteRows.Read(rows));
            }

            rows.Reset();
            return grains;
        });

    public IEnumerable<KeyValuePair<string, byte[]>> ReadSecrets() => Read(session =>
    {
        var rows = session.Prepare("select name, value from secret order by name");
        var secrets = new List<KeyValuePair<string, byte[]>>();
        while (rows.Step())
        {
            secrets.Add(new(rows.Text(0)!, rows.Blob(1))); // not null by schema
        }

        rows.Reset();
        return secrets;
    });

    public Task ReceiveAsync(string tenant, IEnumerable<JournalEntry> journal, IEnumerable<TenantNote> notes, CancellationToken cancel) =>
        RunAsync(_ => _writer.Receive(tenant, journal, notes));

    public async Task DeleteTenantAsync(string tenant, CancellationToken cancel)
    {
        const int MostAtOnce = 10_000;
        // the journal first and from its beginning, a little at a time, so that others need not wait: until the end the tenant is there to be deleted again
        for (var position = 0L; _writer.Tenants.Find(tenant) is { } log && position < log.AnsweredHead; position += MostAtOnce)
        {
            cancel.ThrowIfCancellationRequested();
            var (from, to) = (IdOf(log.Number, position), IdOf(log.Number, position + MostAtOnce));
            await RunAsync(session => session.Prepare("delete from journal where id > ? and id <= ?").Add(from).Add(to).Run());
        }

        await RunAsync(_ => _writer.Delete(tenant));
    }

    public IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        ["store"] = $"sqlite {SqliteSession.Version}",
        ["synchronous"] = _options.Synchronous,
        ["journalMode"] = "wal",
    };

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync();
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        // last: only the last connection to close moves the log into the file, and only one that may write can
        _writer.Dispose();
        await _lock.DisposeAsync();
    }

    internal static void WriteCursor(SqliteSession session, string reader, string tenant, long position) =>
        session.Prepare("insert into cursor(reader, tenant, position) values(?,?,?) on conflict(reader, tenant) do update set position=excluded.position")
            .Add(reader).Add(tenant).Add(position).Run();

    internal static void WriteParked(SqliteSession session, ParkedEntry entry)
    {
        if (entry.Attempts == 0)
        {
            session.Prepare("delete from parked where reader=? and tenant=? and position=?").Add(entry.Reader).Add(entry.Tenant).Add(entry.Position).Run();
            return;
        }

        var row = session.Prepare("insert or replace into parked(reader, tenant, position, key, attempts, retry_at, error) values(?,?,?,?,?,?,?)")
            .Add(entry.Reader).Add(entry.Tenant).Add(entry.Position).Add(entry.Key).Add(entry.Attempts);
        (entry.RetryAt is { } at ? row.Add(at.ToUnixTimeMilliseconds()) : row.AddNull()).Add(entry.Error).Run();
    }

    internal static long IdOf(long tenant, long position) => (tenant << SqliteTables.PositionBits) | position;

    /// <summary>A sum of units may not fit 64 bits, so its halves are summed apart.</summary>
    internal const string TallySums = "sum(count), sum(units >> 32), sum(units & 4294967295), sum(cents)";

    internal static TallyTotal ReadTally(SqliteStatement row, int column) =>
        new(row.Long(column), (((Int128)row.Long(column + 1) << 32) + row.Long(column + 2)) * 100 + row.Long(column + 3));

    internal const string EntryColumns =
        "select id, at, kind, key, version, type, by_kind, by, command, previous, salt, payload, payload_hash, hash from journal";

    internal static JournalEntry ReadEntry(SqliteStatement row, string tenant) => new(
        tenant, row.Long(0) & SqliteTables.PositionMask, DateTimeOffset.FromUnixTimeMilliseconds(row.Long(1)), row.Text(2)!, row.Guid(3), row.Long(4), row.Text(5)!, // not null by schema
        (SenderKind)row.Long(6), row.Guid(7), row.Text(8), row.Long(9), row.Blob(10), row.Blob(11), row.Blob(12), row.Blob(13));

    internal static List<JournalEntry> ReadEntries(SqliteStatement rows, string tenant)
    {
        var entries = new List<JournalEntry>();
        while (rows.Step())
        {
            entries.Add(ReadEntry(rows, tenant));
        }

        rows.Reset();
        return entries;
    }

    private CardQuery Known(CardQuery query)
    {
        KnownKind(query.Kind);
        return query;
    }

    private string KnownKind(string kind) => _behaviours.ContainsKey(kind) ? kind : throw new ArgumentException($"There is no kind '{kind}'.", nameof(kind));

    internal static void All(SqliteStatement rows, Action<SqliteStatement> read)
    {
        while (rows.Step())
        {
            read(rows);
        }

        rows.Reset();
    }

    private TResult Read<TResult>(Func<SqliteSession, TResult> read)
    {
        if (!_readers.TryTake(out var session))
        {
            session = new SqliteSession(_path, readOnly: true);
            session.Execute("pragma cache_size=-16384");
        }

        try
        {
            var result = read(session);
            _readers.Add(session);
            return result;
        }
        catch
        {
            // a statement left in its middle would show this session the same moment for ever
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads, and answers once all that was read is on disk: what a power cut could take back is shown to nobody.</summary>
    private ValueTask<TResult> ReadAsync<TResult>(Func<SqliteSession, TResult> read)
    {
        var result = Read(read);
        // asked for after the read: it is of what was read, or of what came later
        var durable = _writer.Durable;
        return durable.IsCompletedSuccessfully ? new(result) : AfterAsync(durable, result);
    }

    private static async ValueTask<TResult> AfterAsync<TResult>(Task durable, TResult result)
    {
        await durable;
        return result;
    }

    private StoredGrain? Load(SqliteSession session, GrainId grain)
    {
        var row = session.Prepare(SqliteTables.Load(KnownKind(grain.Kind))).Add(grain.Key);
        try
        {
            return row.Step() && row.Long(6) == _writer.Tenants.NumberOf(grain.Tenant) ? SqliteRows.Read(row) : null;
        }
        finally
        {
            row.Reset();
        }
    }

    private Task RunAsync(Action<SqliteSession> work)
    {
        var job = new SqliteJob(work);
        _writer.Enqueue(job);
        return job.Done;
    }
}
