using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// The one thread that writes. It takes what has gathered while the last commit was on its way to the disk, and commits that together:
/// the slower the disk, the larger the groups.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteSession _session;
    private readonly SqliteOptions _options;
    private readonly Dictionary<string, KindStatements> _kinds;
    private readonly IReadOnlyDictionary<string, IGrainBehaviour> _behaviours;
    private readonly ConcurrentQueue<Job> _queue = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ConcurrentDictionary<string, TenantLog> _tenants = new(StringComparer.Ordinal);
    private readonly List<Job> _batch = [];
    private readonly List<GrainWrite> _stored = [];
    private readonly List<(TenantLog Tenant, long Head, byte[] Hash)> _before = [];
    private readonly List<string> _newTenants = [];
    private readonly HashSet<TenantLog> _rebuilt = [];
    private readonly Thread _thread;
    private Dictionary<(TenantLog Tenant, string Kind, string Group, int Day), TallyTotal> _tallies = [];
    private int _waiting;
    private bool _hasEnded;
    private volatile bool _isStopping;
    private volatile bool _isBroken;

    public SqliteWriter(SqliteSession session, SqliteOptions options, IReadOnlyDictionary<string, IGrainBehaviour> behaviours)
    {
        (_session, _options, _behaviours) = (session, options, behaviours);
        _kinds = behaviours.Values.ToDictionary(b => b.Kind, b => new KindStatements(b.Cards, b.IsSearched), StringComparer.Ordinal);
        LoadTenants();
        _thread = new Thread(Loop) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
    }

    public event Action<IReadOnlyList<GrainWrite>>? Committed;

    /// <summary>What a follower of commits, or whoever waits for an answer, threw: a bug of theirs that must not stop the others.</summary>
    public event Action<Exception>? Faulted;

    public TallyBook Tallies { get; } = new();

    public bool IsHealthy => !_isBroken && !_isStopping;

    public IReadOnlyCollection<string> TenantNames => [.. _tenants.Keys];

    /// <summary>The tenant's number, or -1 when nothing was ever written for it.</summary>
    public long NumberOf(string tenant) => _tenants.TryGetValue(tenant, out var log) ? log.Number : -1;

    public long HeadOf(string tenant) => _tenants.TryGetValue(tenant, out var log) ? Volatile.Read(ref log.AnsweredHead) : 0;

    /// <summary>Takes a job. Jobs are finished in the order they came, even while the store closes or after it broke.</summary>
    public void Enqueue(Job job)
    {
        _queue.Enqueue(job);
        if (Interlocked.Increment(ref _waiting) == 1)
        {
            _arrived.Release();
        }

        if (Volatile.Read(ref _hasEnded))
        {
            FailRest();
        }
    }

    /// <summary>Writes all that was taken, then takes no more.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        _arrived.Release();
        await Task.Factory.StartNew(_thread.Join, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Closes the file. Once stopped.</summary>
    public void Dispose() => _session.Dispose();

    public static StoredGrain ReadGrain(SqliteStatement row) =>
        new(row.Guid(0), row.Long(1), new GrainRow { Number = row.Long(2), LastPosition = row.Long(3) }, row.Blob(4), row.BlobOrNull(5));

    public static HandledCommand? FindHandled(SqliteSession session, long tenant, string commandId)
    {
        var row = session.Prepare("select key, version, position, fingerprint from handled where tenant=? and command=?").Add(tenant).Add(commandId);
        var handled = row.Step() ? new HandledCommand(row.Guid(0), row.Long(1), row.Long(2), row.BlobOrNull(3)) : null;
        row.Reset();
        return handled;
    }

    private void Loop()
    {
        while (true)
        {
            _arrived.Wait();
            int taken;
            do
            {
                taken = TakeBatch();
                if (taken > 0)
                {
                    CommitBatch();
                }
            }
            while (Interlocked.Add(ref _waiting, -taken) > 0);

            if (_isStopping && _queue.IsEmpty)
            {
                // whoever comes later sees this, or was seen here
                Interlocked.Exchange(ref _hasEnded, true);
                FailRest();
                return;
            }
        }
    }

    private void FailRest()
    {
        while (_queue.TryDequeue(out var job))
        {
            Finish(job, WriteResult.DurabilityUnknown, new InvalidOperationException("The store is closed."));
        }
    }

    private int TakeBatch()
    {
        _batch.Clear();
        while (_batch.Count < _options.BatchSize && _queue.TryDequeue(out var job))
        {
            job.Begin();
            _batch.Add(job);
        }

        return _batch.Count;
    }

    private void CommitBatch()
    {
        if (_isBroken)
        {
            FailBatch(WriteResult.DurabilityUnknown, new InvalidOperationException("The store is broken."));
            return;
        }

        var isApplying = false;
        try
        {
            _options.Failpoint?.Invoke("begin");
            Run("begin immediate");
            isApplying = true;
            foreach (var job in _batch)
            {
                if (job.Write is { } write)
                {
                    _options.Failpoint?.Invoke("apply");
                    write.Result = Apply(write);
                    write.Row.IsLost |= write.Result != WriteResult.Stored;
                }
                else
                {
                    RunWork(job);
                }
            }

            WriteTallies();
            isApplying = false;
            _options.Failpoint?.Invoke("commit");
            Run("commit");
        }
        catch (SqliteException failure) when (failure.IsFull)
        {
            RollBack();
            FailBatch(WriteResult.StorageFull, failure);
            return;
        }
        catch (Exception bug) when (isApplying && bug is not (IOException or SqliteException { IsOnesOwn: false }))
        {
            RollBack();
            CommitOneByOne(bug);
            return;
        }
        catch (Exception failure)
        {
            BreakDown(failure);
            return;
        }

        Publish();
    }

    /// <summary>After a job that cannot be done took its whole batch back: does the others, and fails that one alone.</summary>
    private void CommitOneByOne(Exception bug)
    {
        if (_batch.Count == 1)
        {
            FailBatch(WriteResult.Impossible, bug);
            return;
        }

        var jobs = _batch.ToArray();
        foreach (var job in jobs)
        {
            job.Reset();
        }

        foreach (var job in jobs)
        {
            _batch.Clear();
            _batch.Add(job);
            CommitBatch();
        }
    }

    private void RunWork(Job job)
    {
        Run("savepoint j");
        try
        {
            job.Work!(_session); // a job without a write has work
        }
        catch (Exception failure) when (failure is not SqliteException { IsFull: true } and not SqliteException { IsInputOutput: true })
        {
            job.Failure = failure;
            Run("rollback to j");
        }

        Run("release j");
    }

    private void Publish()
    {
        foreach (var (tenant, _, _) in _before)
        {
            Volatile.Write(ref tenant.AnsweredHead, tenant.Head);
        }

        foreach (var tenant in _rebuilt)
        {
            LoadTallies(tenant);
        }

        foreach (var page in _tallies.Where(entry => !_rebuilt.Contains(entry.Key.Tenant)).GroupBy(entry => (entry.Key.Tenant, entry.Key.Kind)))
        {
            Tallies.Apply(page.Key.Tenant.Name, page.Key.Kind, page.Select(entry => KeyValuePair.Create(entry.Key.Group, entry.Value)));
        }

        Forget();
        _stored.Clear();
        foreach (var job in _batch)
        {
            if (job.Write is { Result: WriteResult.Stored, Events.Length: > 0 } write)
            {
                _stored.Add(write);
            }
        }

        // before the answers, so that whoever has one finds everything that follows commits up to date
        if (_stored.Count > 0)
        {
            Tell([.. _stored]);
        }

        foreach (var job in _batch)
        {
            Finish(job, job.Write?.Result ?? WriteResult.Stored, job.Failure);
        }
    }

    private void Tell(GrainWrite[] stored)
    {
        foreach (var follower in Delegate.EnumerateInvocationList(Committed))
        {
            try
            {
                follower(stored);
            }
            catch (Exception bug)
            {
                Faulted?.Invoke(bug);
            }
        }
    }

    private void Finish(Job job, WriteResult result, Exception? failure)
    {
        try
        {
            job.Finish(result, failure);
        }
        catch (Exception bug)
        {
            Faulted?.Invoke(bug);
        }
    }

    private void RollBack()
    {
        try
        {
            _session.Execute("rollback");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already
        }

        foreach (var (tenant, head, hash) in _before)
        {
            (tenant.Head, tenant.Hash) = (head, hash);
        }

        foreach (var name in _newTenants)
        {
            // its number is free again and would be given to another
            _tenants.TryRemove(name, out _);
        }

        Forget();
    }

    private void Forget()
    {
        _tallies.Clear();
        _before.Clear();
        _newTenants.Clear();
        _rebuilt.Clear();
    }

    private void BreakDown(Exception failure)
    {
        // what the disk holds is unknown and trying again could wrongly succeed: stop for good, recover by reopening
        _isBroken = true;
        RollBack();
        FailBatch(WriteResult.DurabilityUnknown, failure);
        _options.OnFatal?.Invoke($"durability-unknown: {failure.Message}");
    }

    private void FailBatch(WriteResult result, Exception failure)
    {
        foreach (var job in _batch)
        {
            if (job.Write is { } write)
            {
                write.Row.IsLost = true;
            }

            Finish(job, result, failure);
        }
    }

    private WriteResult Apply(GrainWrite write)
    {
        var tenant = TenantOf(write.Grain.Tenant);
        if (write.CommandId is { } commandId && FindHandled(_session, tenant.Number, commandId) is { } handled)
        {
            write.Handled = handled;
            return WriteResult.AlreadyHandled;
        }

        if (write.Events.Length == 0)
        {
            return ApplyNote(write, tenant);
        }

        // looked for and not tried: a savepoint to take a failed try back would make FTS5 write out what it has gathered, for every write
        if (IsHeldByAnother(write, tenant))
        {
            // what was judged on a version that is gone must be judged again, not told who holds its key
            return IsCurrent(write) ? WriteResult.ClaimHeld : WriteResult.Superseded;
        }

        return ApplyRows(write, tenant);
    }

    /// <summary>Whether another grain holds a key that the write claims.</summary>
    private bool IsHeldByAnother(GrainWrite write, TenantLog tenant)
    {
        foreach (var claim in write.Claims)
        {
            var row = _session.Prepare("select key from claim where tenant=? and name=?").Add(tenant.Number).Add(claim);
            var holder = row.Step() ? row.Guid(0) : write.Grain.Key;
            row.Reset();
            if (holder != write.Grain.Key)
            {
                (write.Holder, write.ClaimedKey) = (holder, claim);
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the grain is at the version that the write was judged on.</summary>
    private bool IsCurrent(GrainWrite write)
    {
        if (write.Row.IsLost)
        {
            return false;
        }

        var row = _session.Prepare($"select version, id from g_{write.Grain.Kind} where key=?").Add(write.Grain.Key);
        var (version, number) = row.Step() ? (row.Long(0), row.Long(1)) : (0, 0);
        row.Reset();
        return version == write.FromVersion && number == write.Row.Number;
    }

    private void TakeClaims(GrainWrite write, TenantLog tenant)
    {
        foreach (var claim in write.Claims)
        {
            _session.Prepare("insert into claim(tenant, name, key) values(?,?,?) on conflict do nothing").Add(tenant.Number).Add(claim).Add(write.Grain.Key).Run();
        }
    }

    private WriteResult ApplyRows(GrainWrite write, TenantLog tenant)
    {
        var last = tenant.Head + write.Events.Length;
        var previous = write.Row.LastPosition;
        if (write.Row.IsLost || !WriteRow(write, tenant, last))
        {
            return WriteResult.Superseded;
        }

        TakeClaims(write, tenant);
        WriteFollowers(write, tenant);
        Remember(tenant);
        Append(write, tenant, previous);
        foreach (var name in write.Releases)
        {
            _session.Prepare("delete from claim where tenant=? and name=? and key=?").Add(tenant.Number).Add(name).Add(write.Grain.Key).Run();
        }

        foreach (var effect in write.Effects)
        {
            _session.Prepare("insert into effect(tenant, kind, dedupe, payload, due, attempts) values(?,?,?,?,?,0)")
                .Add(tenant.Number).Add(effect.Kind).Add(effect.DedupeKey).Add(effect.Payload).Add(write.At.ToUnixTimeMilliseconds()).Run();
        }

        WriteHandled(write, tenant, last);
        write.LastPosition = write.Row.LastPosition = last;
        return WriteResult.Stored;
    }

    private WriteResult ApplyNote(GrainWrite write, TenantLog tenant)
    {
        var version = _session.Prepare(_kinds[write.Grain.Kind].Version).Add(write.Grain.Key).ReadLong();
        if (write.Row.IsLost || version != write.FromVersion)
        {
            return WriteResult.Superseded;
        }

        WriteHandled(write, tenant, position: 0);
        return WriteResult.Stored;
    }

    private void WriteHandled(GrainWrite write, TenantLog tenant, long position)
    {
        if (write.CommandId is { } commandId)
        {
            _session.Prepare("insert into handled(day, tenant, command, key, version, position, fingerprint) values(?,?,?,?,?,?,?)")
                .Add(write.At.ToUnixTimeMilliseconds() / 86_400_000).Add(tenant.Number).Add(commandId).Add(write.Grain.Key).Add(write.ToVersion).Add(position).Add(write.Fingerprint).Run();
        }
    }

    /// <summary>Writes the grain's row, a new one under a number of choice. False when the grain is at another version.</summary>
    private bool WriteRow(GrainWrite write, TenantLog tenant, long last, long? number = null)
    {
        var kind = _kinds[write.Grain.Kind];
        if (write.Row.Number == 0)
        {
            if (write.FromVersion != 0)
            {
                return false;
            }

            var row = _session.Prepare(kind.Insert).Add(Cards.CardValue.Of(number)).Add(write.Grain.Key).Add(tenant.Number);
            BindListed(row, write, tenant).Add(write.ToVersion).Add(last).Add(write.State).Add(write.Card);
            BindColumns(row, write, kind, ulong.MaxValue);
            try
            {
                row.Run();
            }
            catch (SqliteException taken) when (taken.IsUnique)
            {
                return false;
            }

            write.Row.Number = _session.LastRow;
        }
        else
        {
            var row = _session.Prepare(kind.UpdateOf(write.Changed, write.ListingChanges)).Add(write.ToVersion).Add(last).Add(write.State).Add(write.Card);
            if (write.ListingChanges)
            {
                BindListed(row, write, tenant);
            }

            BindColumns(row, write, kind, write.Changed);
            // the key too: should a number ever be another row's, that row is safe
            row.Add(write.Row.Number).Add(write.Grain.Key).Add(write.FromVersion).Run();
            if (_session.Changes == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes what hangs on the grain's row: search, clocks, tallies.</summary>
    private void WriteFollowers(GrainWrite write, TenantLog tenant)
    {
        var kind = _kinds[write.Grain.Kind];
        if (write.SearchTerms is { } terms && kind.DeleteTerms is not null)
        {
            if (write.FromVersion > 0)
            {
                _session.Prepare(kind.DeleteTerms).Add(write.Row.Number).Run();
            }

            if (terms.Length > 0)
            {
                _session.Prepare(kind.InsertTerms).Add(write.Row.Number).Add(terms).Run();
            }
        }

        foreach (var name in write.ClocksStopped)
        {
            _session.Prepare("delete from clock where key=? and kind=? and name=?").Add(write.Grain.Key).Add(write.Grain.Kind).Add(name).Run();
        }

        foreach (var clock in write.ClocksSet)
        {
            _session.Prepare("insert or replace into clock(key, name, tenant, kind, due) values(?,?,?,?,?)")
                .Add(write.Grain.Key).Add(clock.Name).Add(tenant.Number).Add(write.Grain.Kind).Add(clock.DueAt.ToUnixTimeMilliseconds()).Run();
        }

        foreach (var change in write.Tallies)
        {
            var key = (tenant, write.Grain.Kind, change.Group, write.Day);
            var sum = _tallies.GetValueOrDefault(key);
            _tallies[key] = new(sum.Count + change.Count, sum.Hundredths + change.Hundredths);
        }
    }

    private void Append(GrainWrite write, TenantLog tenant, long previous)
    {
        for (var i = 0; i < write.Events.Length; i++)
        {
            ref readonly var happened = ref write.Events[i];
            var version = write.FromVersion + i + 1;
            tenant.Head++;
            tenant.Hash = HashChain.Link(tenant.Hash, tenant.Head, write.At, write.Grain.Kind, write.Grain.Key, version, happened.Type, write.By.Kind, write.By.Id, happened.PayloadHash);
            _session.Prepare("insert into journal(id, at, kind, key, version, type, by_kind, by, command, previous, salt, payload, payload_hash, hash) values(?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
                .Add(SqliteStore.IdOf(tenant.Number, tenant.Head)).Add(write.At.ToUnixTimeMilliseconds()).Add(write.Grain.Kind).Add(write.Grain.Key).Add(version)
                .Add(happened.Type).Add((long)write.By.Kind).Add(write.By.Id).Add(write.CommandId).Add(previous)
                .Add(happened.Salt).Add(happened.Payload).Add(happened.PayloadHash).Add(tenant.Hash).Run();
            previous = tenant.Head;
        }
    }

    private void WriteTallies()
    {
        foreach (var ((tenant, kind, group, day), change) in _tallies)
        {
            if (change == default)
            {
                continue;
            }

            // whole units and cents apart: hundredths of many large amounts would not fit 64 bits
            var (units, cents) = Int128.DivRem(change.Hundredths, 100);
            _session.Prepare("insert into tally(tenant, kind, grp, day, count, units, cents) values(?,?,?,?,?,?,?) on conflict(tenant, kind, grp, day) do update set count=count+excluded.count, units=units+excluded.units, cents=cents+excluded.cents")
                .Add(tenant.Number).Add(kind).Add(group).Add(day).Add(change.Count).Add((long)units).Add((long)cents).Run();
        }
    }

    private static SqliteStatement BindListed(SqliteStatement row, GrainWrite write, TenantLog tenant) =>
        write.Card is null ? row.AddNull() : row.Add(tenant.Number);

    private static void BindColumns(SqliteStatement row, GrainWrite write, KindStatements kind, ulong changed)
    {
        for (var i = 0; i < kind.IsText.Length; i++)
        {
            if ((changed & (1UL << i)) == 0)
            {
                continue;
            }

            row.Add(write.Columns is { } columns ? columns[i] : default);
            if (kind.IsText[i])
            {
                row.Add(write.SortKeys?[i]);
            }
        }
    }

    /// <summary>Notes where a tenant's log stood before this batch, once.</summary>
    private void Remember(TenantLog tenant)
    {
        foreach (var (known, _, _) in _before)
        {
            if (ReferenceEquals(known, tenant))
            {
                return;
            }
        }

        _before.Add((tenant, tenant.Head, tenant.Hash));
    }

    private TenantLog TenantOf(string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant))
        {
            _session.Prepare("insert into tenant(name) values(?) on conflict do nothing").Add(name).Run();
            var number = _session.Prepare("select number from tenant where name=?").Add(name).ReadLong();
            _tenants[name] = tenant = new(name, number, HashChain.Root(name));
            _newTenants.Add(name);
        }

        return tenant;
    }

    private void Run(string sql) => _session.Prepare(sql).Run();

    private void LoadTenants()
    {
        var rows = _session.Prepare("select number, name from tenant");
        while (rows.Step())
        {
            var name = rows.Text(1)!; // not null by schema
            _tenants[name] = new(name, rows.Long(0), HashChain.Root(name));
        }

        rows.Reset();
        foreach (var tenant in _tenants.Values)
        {
            var newest = _session.Prepare("select id, hash from journal where id > ? and id <= ? order by id desc limit 1")
                .Add(SqliteStore.IdOf(tenant.Number, 0)).Add(SqliteStore.IdOf(tenant.Number, SqliteTables.PositionMask));
            if (newest.Step())
            {
                tenant.Head = tenant.AnsweredHead = newest.Long(0) & SqliteTables.PositionMask;
                tenant.Hash = newest.Blob(1);
            }

            newest.Reset();
            LoadTallies(tenant);
        }
    }

    /// <summary>Reads a tenant's totals anew from its rows.</summary>
    private void LoadTallies(TenantLog tenant)
    {
        var rows = _session.Prepare($"select kind, grp, {SqliteStore.TallySums} from tally where tenant=? group by kind, grp").Add(tenant.Number);
        var totals = new List<(string Kind, KeyValuePair<string, TallyTotal> Total)>();
        while (rows.Step())
        {
            totals.Add((rows.Text(0)!, new(rows.Text(1)!, SqliteStore.ReadTally(rows, 2)))); // not null by schema
        }

        rows.Reset();
        Tallies.Replace(tenant.Name, totals.ToLookup(total => total.Kind, total => total.Total));
    }

    /// <summary>See <see cref="IGrainStore.RebuildAsync"/>. Runs as one job, so that readers see the old rows until the new ones are whole.</summary>
    public void Rebuild(SqliteSession session, string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant))
        {
            return;
        }

        var before = _tallies;
        try
        {
            _tallies = [];
            RefoldAll(session, tenant, DropRows(session, tenant));
        }
        catch
        {
            _tallies = before;
            throw;
        }

        _rebuilt.Add(tenant);
        foreach (var (key, change) in before)
        {
            if (key.Tenant != tenant)
            {
                _tallies.Add(key, change);
            }
        }
    }

    /// <returns>The number of each row: grains keep theirs, so that those in memory and cursors into lists stay right.</returns>
    private Dictionary<(string Kind, Guid Key), long> DropRows(SqliteSession session, TenantLog tenant)
    {
        var numbers = new Dictionary<(string, Guid), long>();
        foreach (var (kind, statements) in _kinds)
        {
            var rows = session.Prepare($"select key, id from g_{kind} where tenant=?").Add(tenant.Number);
            while (rows.Step())
            {
                numbers.Add((kind, rows.Guid(0)), rows.Long(1));
            }

            rows.Reset();
            if (statements.DeleteTerms is not null)
            {
                session.Prepare($"delete from s_{kind} where rowid in (select id from g_{kind} where tenant=?)").Add(tenant.Number).Run();
            }

            session.Prepare($"delete from g_{kind} where tenant=?").Add(tenant.Number).Run();
        }

        foreach (var table in (ReadOnlySpan<string>)["claim", "clock", "tally"])
        {
            session.Prepare($"delete from {table} where tenant=?").Add(tenant.Number).Run();
        }

        return numbers;
    }

    private void RefoldAll(SqliteSession session, TenantLog tenant, Dictionary<(string Kind, Guid Key), long> numbers)
    {
        var memories = new Dictionary<(string, Guid), GrainMemory>();
        for (var after = 0L; after < tenant.Head;)
        {
            var rows = session.Prepare($"{SqliteStore.EntryColumns} where id > ? and id <= ? order by id limit 10000")
                .Add(SqliteStore.IdOf(tenant.Number, after)).Add(SqliteStore.IdOf(tenant.Number, SqliteTables.PositionMask));
            var entries = SqliteStore.ReadEntries(rows, tenant.Name);
            foreach (var entry in entries)
            {
                Refold(session, tenant, numbers, memories, entry);
            }

            after = entries.Count == 0 ? tenant.Head : entries[^1].Position;
        }
    }

    private void Refold(
        SqliteSession session, TenantLog tenant, Dictionary<(string Kind, Guid Key), long> numbers, Dictionary<(string Kind, Guid Key), GrainMemory> memories, JournalEntry entry)
    {
        if (!_behaviours.TryGetValue(entry.Kind, out var behaviour))
        {
            return;
        }

        if (!memories.TryGetValue((entry.Kind, entry.Key), out var memory))
        {
            if (memories.Count >= 100_000)
            {
                memories.Clear();
            }

            var row = session.Prepare(SqliteTables.Load(entry.Kind)).Add(entry.Key);
            var stored = row.Step() ? ReadGrain(row) : null;
            row.Reset();
            memory = behaviour.Recall(new(tenant.Name, entry.Kind, entry.Key), stored);
        }

        if (behaviour.Refold(memory, entry) is not { Next: { } next, Write: { } write } || next.Version != entry.Version)
        {
            throw new InvalidOperationException($"The '{entry.Type}' at {tenant.Name}/{entry.Position} does not bring '{entry.Kind}' to version {entry.Version}.");
        }

        long? number = numbers.TryGetValue((entry.Kind, entry.Key), out var kept) ? kept : null;
        WriteRow(write, tenant, entry.Position, number);
        TakeClaims(write, tenant);
        foreach (var claim in write.Releases)
        {
            session.Prepare("delete from claim where tenant=? and name=? and key=?").Add(tenant.Number).Add(claim).Add(entry.Key).Run();
        }

        WriteFollowers(write, tenant);
        write.Row.LastPosition = entry.Position;
        memories[(entry.Kind, entry.Key)] = next;
    }

    /// <summary>A tenant's end of the journal. <see cref="AnsweredHead"/> follows once a commit is on disk.</summary>
    private sealed class TenantLog(string name, long number, byte[] root)
    {
        public long AnsweredHead;

        public string Name { get; } = name;

        public long Number { get; } = number;

        public long Head { get; set; }

        public byte[] Hash { get; set; } = root;
    }

    private sealed class KindStatements(Cards.CardSchema schema, bool isSearched)
    {
        public string Insert { get; } = SqliteTables.Insert(schema);

        public string Version { get; } = $"select version from g_{schema.Kind} where key=?";

        /// <summary>The update of some of the fields; what changes together is few sets, so each is made once.</summary>
        public string UpdateOf(ulong changed, bool withListing)
        {
            ref var sql = ref CollectionsMarshal.GetValueRefOrAddDefault(_updates, (changed, withListing), out _);
            return sql ??= SqliteTables.Update(schema, changed, withListing);
        }

        private readonly Dictionary<(ulong Changed, bool WithListing), string?> _updates = [];

        [NotNullIfNotNull(nameof(DeleteTerms))]
        public string InsertTerms { get; } = $"insert into s_{schema.Kind}(rowid, terms) values(?,?)";

        public string? DeleteTerms { get; } = isSearched ? $"delete from s_{schema.Kind} where rowid=?" : null;

        public bool[] IsText { get; } = [.. schema.Fields.Select(field => field.Type == Cards.CardFieldType.Text)];
    }

    /// <summary>A grain's write, or some other work, to be done in the next transaction.</summary>
    internal sealed class Job
    {
        private (long Number, long LastPosition, bool IsLost) _row;

        public Job(GrainWrite write) => Write = write;

        public Job(Action<SqliteSession> work)
        {
            Work = work;
            Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public GrainWrite? Write { get; }

        public Action<SqliteSession>? Work { get; }

        public TaskCompletionSource? Done { get; }

        /// <summary>Why the work failed, when it failed alone.</summary>
        public Exception? Failure { get; set; }

        public void Begin()
        {
            if (Write is { } write)
            {
                _row = (write.Row.Number, write.Row.LastPosition, write.Row.IsLost);
            }
        }

        /// <summary>Goes back to where it was at <see cref="Begin"/>.</summary>
        public void Reset()
        {
            Failure = null;
            if (Write is { } write)
            {
                (write.Row.Number, write.Row.LastPosition, write.Row.IsLost) = _row;
            }
        }

        public void Finish(WriteResult result, Exception? failure)
        {
            if (Write is { } write)
            {
                write.Fault = failure;
                write.Result = result;
                write.Completed?.Invoke(write);
            }
            else if (failure is null)
            {
                Done!.SetResult(); // a job of work has one
            }
            else
            {
                Done!.SetException(failure);
            }
        }
    }
}
