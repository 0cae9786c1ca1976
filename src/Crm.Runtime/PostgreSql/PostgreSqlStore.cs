using System.Text;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.Sharing;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>
/// The journal, grains and cards in a PostgreSQL database. Several processes may use it at the same time: each group of writes locks the ends
/// of the journals it appends to, and the tables' constraints refuse what should slip through. A process that must be alone takes a lease.
/// </summary>
public sealed class PostgreSqlStore : IMovableStore, ILeaseStore
{
    /// <summary>How soon after a look at what others have written the next one may be.</summary>
    private static readonly TimeSpan RefreshPause = TimeSpan.FromMilliseconds(100);

    private readonly PostgreSqlServer _server;
    private readonly PostgreSqlOptions _options;
    private readonly PostgreSqlTenants _tenants;
    private readonly PostgreSqlWriter _writer;
    private readonly PostgreSqlLease? _lease;
    private readonly PostgreSqlListener? _listener;
    private readonly IReadOnlyDictionary<string, string> _description;
    private readonly Dictionary<string, IGrainBehaviour> _behaviours;
    private readonly Dictionary<string, PostgreSqlKind> _kinds;
    private int _isRefreshing;
    private long _refreshedAt;

    private PostgreSqlStore(PostgreSqlServer server, PostgreSqlOptions options, PostgreSqlLease? lease, Holder holder, IReadOnlyCollection<IGrainBehaviour> behaviours)
    {
        (_server, _options, _lease) = (server, options, lease);
        _behaviours = behaviours.ToDictionary(behaviour => behaviour.Kind, StringComparer.Ordinal);
        _kinds = behaviours.ToDictionary(behaviour => behaviour.Kind, behaviour => new PostgreSqlKind(behaviour.Cards, behaviour.IsSearched), StringComparer.Ordinal);
        _tenants = new();
        _description = server.Describe();
        long lastDay;
        using (var connection = server.Connect())
        {
            foreach (var tenant in _tenants.Refresh(connection))
            {
                _tenants.LoadTallies(connection, tenant);
            }

            using var last = new NpgsqlCommand("select coalesce(max(day), 0) from handled", connection);
            lastDay = (int)last.ExecuteScalar()!; // coalesced
        }

        _writer = new(server, options, _tenants, new(lastDay), _kinds, lease?.Epoch);
        holder.Writer = _writer;
        if (lease is null)
        {
            _writer.Overtaken += _ => RefreshSoon();
            _listener = new(server, RefreshSoon);
        }
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

    public event Action<string>? Grown;

    public TallyBook Tallies => _tenants.Tallies;

    public IReadOnlyCollection<string> Tenants => _tenants.Names;

    public bool IsHealthy => _writer.IsHealthy;

    /// <summary>
    /// Opens the store, made when there is none. If it is to be alone and another process has it, this waits for the other's end.
    /// </summary>
    /// <exception cref="UnfitDatabaseException">The database cannot hold the data; the message says why and what to do.</exception>
    /// <exception cref="SchemaTooNewException">A newer program wrote it.</exception>
    /// <exception cref="DatabaseUnreachableException">Nobody answers at that address, or not us.</exception>
    public static async Task<PostgreSqlStore> OpenAsync(PostgreSqlOptions options, IEnumerable<IGrainBehaviour> behaviours, CancellationToken cancel)
    {
        var all = behaviours.ToList();
        var server = new PostgreSqlServer(options);
        PostgreSqlLease? lease = null;
        try
        {
            Prepare(server);
            var holder = new Holder();
            lease = options.IsExclusive ? await PostgreSqlLease.TakeAsync(server, options.Beat, options.OnStandBy, () => holder.Writer?.LoseLease(), cancel) : null;
            // not before: a process that still writes must not find the tables changed
            server.MakeTables(all);
            return new(server, options, lease, holder, all);
        }
        catch
        {
            await (lease?.DisposeAsync() ?? ValueTask.CompletedTask);
            await server.DisposeAsync();
            throw;
        }
    }

    public void Write(GrainWrite write) => _writer.Enqueue(new(write));

    public async ValueTask<StoredGrain?> LoadAsync(GrainId grain, CancellationToken cancel)
    {
        var kind = KnownKind(grain.Kind);
        return await NumberOfAsync(grain.Tenant, cancel) is not { } tenant ? null : await ReadAsync(async connection =>
        {
            await using var load = new NpgsqlCommand(kind.Load, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = grain.Key }, new NpgsqlParameter<int> { TypedValue = tenant } } };
            await using var row = await load.ExecuteReaderAsync(cancel);
            return await row.ReadAsync(cancel) ? ReadGrain(row) : null;
        }, cancel);
    }

    public async ValueTask<HandledCommand?> FindHandledAsync(string tenant, string commandId, CancellationToken cancel) =>
        await NumberOfAsync(tenant, cancel) is not { } number ? null : await FirstAsync(
            "select key, version, position, fingerprint from handled where tenant = $1 and command = $2", row => ReadHandled(row, 0), cancel, number, Encoding.UTF8.GetBytes(commandId));

    public async ValueTask<Guid?> FindClaimAsync(string tenant, string key, CancellationToken cancel) =>
        await NumberOfAsync(tenant, cancel) is not { } number ? null : await FirstAsync<Guid?>(
            "select key from claim where tenant = $1 and name = $2", row => row.GetGuid(0), cancel, number, PostgreSqlText.Storable(key));

    public async ValueTask<CardPage> QueryAsync(CardQuery query, CancellationToken cancel)
    {
        KnownKind(query.Kind);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 5_000);
        return await NumberOfAsync(query.Tenant, cancel) is not { } tenant ? new([], null) : await ReadAsync(connection => PostgreSqlLists.PageAsync(connection, query, tenant, cancel), cancel);
    }

    public async ValueTask<long> CountAsync(CardQuery query, int atMost, CancellationToken cancel)
    {
        KnownKind(query.Kind);
        return await NumberOfAsync(query.Tenant, cancel) is not { } tenant ? 0 : await ReadAsync(connection => PostgreSqlLists.CountAsync(connection, query, tenant, atMost, cancel), cancel);
    }

    public async ValueTask<IReadOnlyList<CardGroup>> GroupAsync(CardQuery query, IReadOnlyList<CardField> fields, CancellationToken cancel)
    {
        KnownKind(query.Kind);
        return await NumberOfAsync(query.Tenant, cancel) is not { } tenant ? [] : await ReadAsync(connection => PostgreSqlLists.GroupAsync(connection, query, fields, tenant, cancel), cancel);
    }

    public async ValueTask<CardBuckets> AggregateAsync(CardQuery query, CardAggregation aggregation, CancellationToken cancel)
    {
        KnownKind(query.Kind);
        return await NumberOfAsync(query.Tenant, cancel) is not { } tenant ? new([], false) : await ReadAsync(connection => PostgreSqlLists.AggregateAsync(connection, query, aggregation, tenant, cancel), cancel);
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(string tenant, long after, int limit, IReadOnlyCollection<string>? types, CancellationToken cancel) =>
        await NumberOfAsync(tenant, cancel) is not { } number ? [] : types is null
            ? await AllAsync($"select {EntryColumns} from journal where tenant = $1 and position > $2 order by position limit $3", row => ReadEntry(row, tenant), cancel, number, Math.Max(0, after), limit)
            : await AllAsync($"select {EntryColumns} from journal where tenant = $1 and position > $2 and type = any($4) order by position limit $3", row => ReadEntry(row, tenant), cancel, number, Math.Max(0, after), limit, types.ToArray());

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadHistoryAsync(GrainId grain, long? from, int limit, CancellationToken cancel)
    {
        KnownKind(grain.Kind);
        if (await NumberOfAsync(grain.Tenant, cancel) is not { } number)
        {
            return [];
        }

        // one more step back than asked for tells whether the place is one of the grain's own, or behind its newest
        var entries = await AllAsync(
            $"select {EntryColumns}, exists(select from journal later where later.tenant = $1 and later.kind = $2 and later.key = $3 and later.version = journal.version + 1) from journal where tenant = $1 and kind = $2 and key = $3 and position <= $4 order by version desc limit $5",
            row => (Entry: ReadEntry(row, grain.Tenant), HasLater: row.GetBoolean(14)), cancel, number, grain.Kind, grain.Key, from ?? long.MaxValue, limit);
        return entries.Count > 0 && entries[0].Entry.Position != from && entries[0].HasLater ? [] : [.. entries.Select(entry => entry.Entry)];
    }

    /// <summary>Has the running totals of a tenant tell what was written up to a position, by whomever.</summary>
    public Task CatchUpAsync(string tenant, long position) =>
        _tenants.Find(tenant) is { } known && known.TotalsHead >= position
            ? Task.CompletedTask
            : RunAsync(new PostgreSqlJob(connection => ReadOthers(connection, [tenant])));

    public long HeadOf(string tenant) => _tenants.Find(tenant)?.Head ?? 0;

    public async ValueTask<IReadOnlyDictionary<string, TallyTotal>> TalliesAtEndOfAsync(string tenant, string kind, int day, CancellationToken cancel)
    {
        var totals = new Dictionary<string, TallyTotal>(StringComparer.Ordinal);
        if (await NumberOfAsync(tenant, cancel) is { } number)
        {
            var rows = await AllAsync(
                "select grp, sum(count)::bigint, sum(hundredths) from tally where tenant = $1 and kind = $2 and day <= $3 group by grp",
                row => (Group: row.GetString(0), Total: PostgreSqlTenants.ReadTotal(row, 1)), cancel, number, kind, day);
            foreach (var (group, total) in rows.Where(row => row.Total != default))
            {
                totals[group] = total;
            }
        }

        return totals;
    }

    public async ValueTask<long> FindPositionAsync(string tenant, DateTimeOffset from, CancellationToken cancel) =>
        // times rise with positions but for a few milliseconds, so halving finds the place without an index on time
        await NumberOfAsync(tenant, cancel) is not { } number ? 1 : await FirstAsync(
            """
            with recursive halved(low, high) as (
              select 1::bigint, $2::bigint
              union all
              select case when at < $3 then middle + 1 else low end, case when at < $3 then high else middle end
              from halved, lateral (select low + (high - low) / 2 as middle) m, lateral (select coalesce((select at from journal where tenant = $1 and position = middle), 0) as at) e
              where low < high)
            select low from halved where low >= high
            """,
            row => row.GetInt64(0), cancel, number, HeadOf(tenant) + 1, from.ToUnixTimeMilliseconds());

    public async ValueTask<IReadOnlyList<DueClock>> ReadClocksAsync(DateTimeOffset until, int limit, CancellationToken cancel) => await AllAsync(
        "select t.name, c.kind, c.key, c.name, c.due from clock c join tenant t on t.number = c.tenant where c.due <= $1 order by c.due, c.key limit $2",
        row => new DueClock(new(row.GetString(0), row.GetString(1), row.GetGuid(2)), row.GetString(3), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4))), cancel, until.ToUnixTimeMilliseconds(), limit);

    public async ValueTask<byte[]?> ReadSecretAsync(string name, CancellationToken cancel) =>
        await FirstAsync("select value from secret where name = $1", row => row.GetFieldValue<byte[]>(0), cancel, PostgreSqlText.Storable(name));

    public Task WriteSecretAsync(string name, byte[]? value, CancellationToken cancel) => RunAsync(value is null
        ? () => Statement("delete from secret where name = $1", PostgreSqlText.Storable(name))
        : () => Statement("insert into secret(name, value) values($1, $2) on conflict(name) do update set value = excluded.value", PostgreSqlText.Storable(name), value));

    public async ValueTask<long> ReadCursorAsync(string reader, string tenant, CancellationToken cancel) =>
        await FirstAsync("select position from cursor where reader = $1 and tenant = $2", row => row.GetInt64(0), cancel, reader, tenant);

    public Task WriteCursorAsync(string reader, string tenant, long position, CancellationToken cancel) => RunAsync(() => WriteCursor(reader, tenant, position));

    public async ValueTask<IReadOnlyList<ParkedEntry>> ReadParkedAsync(string reader, CancellationToken cancel) => await AllAsync(
        "select tenant, position, key, attempts, retry_at, error from parked where reader = $1 order by tenant, position",
        row => new ParkedEntry(
            reader, row.GetString(0), row.GetInt64(1), row.GetGuid(2), row.GetInt32(3), row.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), row.GetString(5)),
        cancel, reader);

    public Task WriteParkedAsync(ParkedEntry entry, CancellationToken cancel) => RunAsync(entry.Attempts == 0
        ? () => Statement("delete from parked where reader = $1 and tenant = $2 and position = $3", entry.Reader, entry.Tenant, entry.Position)
        : () => WriteParked(entry));

    public async ValueTask<IReadOnlyList<PendingEffect>> ReadEffectsAsync(DateTimeOffset due, int limit, CancellationToken cancel) => await AllAsync(
        "select e.id, t.name, e.kind, e.dedupe, e.payload, e.attempts from effect e join tenant t on t.number = e.tenant where e.due <= $1 order by e.due, e.id limit $2",
        row => new PendingEffect(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<byte[]>(4), row.GetInt32(5)), cancel, due.ToUnixTimeMilliseconds(), limit);

    public Task WriteEffectAsync(long id, EffectProgress? progress, CancellationToken cancel) => RunAsync(progress is null
        ? () => Statement("delete from effect where id = $1", id)
        : () => Statement(
            "update effect set due = $1, attempts = $2, error = $3 where id = $4",
            (object?)progress.RetryAt?.ToUnixTimeMilliseconds() ?? DBNull.Value, progress.Attempts, PostgreSqlText.Storable(progress.Error), id));

    public async ValueTask<ChainFault?> VerifyAsync(string tenant, CancellationToken cancel) =>
        await NumberOfAsync(tenant, cancel) is not { } number ? null : await ReadAsync(async connection =>
        {
            // entries taken from the end break no link, but the grains still know of them
            var head = HeadOf(tenant);
            foreach (var kind in _kinds.Keys)
            {
                await using var newest = new NpgsqlCommand($"select max(last) from {PostgreSqlTables.Table(kind)} where tenant = $1", connection) { CommandTimeout = 0, Parameters = { new() { Value = number } } };
                head = Math.Max(head, await newest.ExecuteScalarAsync(cancel) as long? ?? 0);
            }

            var walk = new ChainWalk(tenant);
            await using var select = new NpgsqlCommand($"select {EntryColumns} from journal where tenant = $1 order by position", connection) { CommandTimeout = 0, Parameters = { new() { Value = number } } };
            await using var rows = await select.ExecuteReaderAsync(cancel);
            while (await rows.ReadAsync(cancel))
            {
                if (walk.Next(ReadEntry(rows, tenant)) is { } fault)
                {
                    return fault;
                }
            }

            return walk.End(head);
        }, cancel);

    public async Task EraseAsync(GrainId grain, long throughVersion, CancellationToken cancel)
    {
        KnownKind(grain.Kind);
        if (await NumberOfAsync(grain.Tenant, cancel) is { } number)
        {
            await RunAsync(() => Statement(
                "update journal set salt = '', payload = '' where tenant = $1 and kind = $2 and key = $3 and version <= $4 and length(payload) > 0", number, grain.Kind, grain.Key, throughVersion));
        }
    }

    public Task RebuildAsync(string tenant, CancellationToken cancel) => RunAsync(new PostgreSqlJob(connection =>
    {
        if (_tenants.Find(tenant) is not { } known)
        {
            return null;
        }

        new PostgreSqlRebuild(connection, _behaviours, _kinds).Run(known);
        return after => _tenants.LoadTallies(after, known);
    }));

    public async Task DeleteTenantAsync(string tenant, CancellationToken cancel) => await RunAsync(new PostgreSqlJob(connection => PostgreSqlMove.Delete(connection, _tenants, tenant, _kinds)));

    public async ValueTask<IReadOnlyCollection<string>> TakeAsync(IReadOnlyCollection<string> names, Guid holder, TimeSpan time, CancellationToken cancel) => await ChangeLeasesAsync(
        """
        insert into work_lease(name, holder, until) select name, $2, clock_timestamp() + $3 from unnest($1) u(name) order by name
        on conflict(name) do update set holder = excluded.holder, until = excluded.until where work_lease.holder = excluded.holder or work_lease.until <= clock_timestamp()
        returning name
        """, cancel, names.ToArray(), holder, time);

    public async ValueTask GiveBackAsync(IReadOnlyCollection<string> names, Guid holder, CancellationToken cancel) => await ChangeLeasesAsync(
        "delete from work_lease where name = any($1) and holder = $2 returning name", cancel, names.ToArray(), holder);

    public async ValueTask<IReadOnlyList<Lease>> ReadLeasesAsync(string prefix, CancellationToken cancel) => await AllAsync(
        "select name, holder from work_lease where starts_with(name, $1) and until > clock_timestamp() order by name", row => new Lease(row.GetString(0), row.GetGuid(1)), cancel, prefix);

    public IEnumerable<TenantNote> ReadNotes(string tenant)
    {
        using var connection = _server.Readers.OpenConnection();
        return
        [
            .. Read<TenantNote>(
                connection, "select key, version, position, fingerprint, command, day from handled where tenant = (select number from tenant where name = $1) order by day, command",
                row => new TenantNote.Handled(Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(4)), ReadHandled(row, 0), row.GetInt32(5)), tenant),
            .. Read<TenantNote>(connection, "select reader, position from cursor where tenant = $1", row => new TenantNote.Cursor(row.GetString(0), row.GetInt64(1)), tenant),
            .. Read<TenantNote>(
                connection, "select reader, position, key, attempts, retry_at, error from parked where tenant = $1",
                row => new TenantNote.Parked(new(
                    row.GetString(0), tenant, row.GetInt64(1), row.GetGuid(2), row.GetInt32(3), row.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), row.GetString(5))), tenant),
            .. Read<TenantNote>(
                connection, "select kind, dedupe, payload, due, attempts, error from effect where tenant = (select number from tenant where name = $1) order by id",
                row => new TenantNote.Effect(
                    new(row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2)), row.IsDBNull(3) ? null : row.GetInt64(3), row.GetInt32(4), row.IsDBNull(5) ? null : row.GetString(5)), tenant),
        ];
    }

    public async ValueTask<IReadOnlyList<StoredGrain>> ReadGrainsAsync(string tenant, string kind, Guid? after, int limit, CancellationToken cancel)
    {
        KnownKind(kind);
        return await NumberOfAsync(tenant, cancel) is not { } number ? [] : await AllAsync(
            $"select key, version, id, last, state, card from {PostgreSqlTables.Table(kind)} where tenant = $1 and ($2::uuid is null or key > $2) order by key limit $3",
            ReadGrain, cancel, number, new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid, Value = (object?)after ?? DBNull.Value }, limit);
    }

    public IEnumerable<KeyValuePair<string, byte[]>> ReadSecrets()
    {
        using var connection = _server.Readers.OpenConnection();
        return Read(connection, "select name, value from secret order by name", row => KeyValuePair.Create(row.GetString(0), row.GetFieldValue<byte[]>(1)));
    }

    public async Task ReceiveAsync(string tenant, IEnumerable<JournalEntry> journal, IEnumerable<TenantNote> notes, CancellationToken cancel)
    {
        // its number for itself: should the rest be taken back, it is known here and must be there
        await RunAsync(new PostgreSqlJob(connection =>
        {
            _tenants.Ensure(connection, [tenant]);
            return null;
        }));
        var known = _tenants.Find(tenant)!; // ensured
        await RunAsync(new PostgreSqlJob(connection =>
        {
            var rebuild = new PostgreSqlRebuild(connection, _behaviours, _kinds);
            rebuild.Receive(known, journal);
            rebuild.Receive(known, notes);
            return after =>
            {
                _tenants.Refresh(after);
                _tenants.LoadTallies(after, known);
            };
        }));
    }

    public IReadOnlyDictionary<string, string> Describe() => _description;

    public async ValueTask DisposeAsync()
    {
        await (_listener?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _writer.StopAsync();
        // last: whoever waits for it must find everything written
        await (_lease?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _server.DisposeAsync();
    }

    internal const string EntryColumns = "position, at, kind, key, version, type, by_kind, by_id, command, previous, salt, payload, payload_hash, hash";

    internal static JournalEntry ReadEntry(NpgsqlDataReader row, string tenant) => new(
        tenant, row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetString(2), row.GetGuid(3), row.GetInt64(4), row.GetString(5),
        (SenderKind)row.GetInt16(6), row.GetGuid(7), row.IsDBNull(8) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(8)), row.GetInt64(9),
        row.GetFieldValue<byte[]>(10), row.GetFieldValue<byte[]>(11), row.GetFieldValue<byte[]>(12), row.GetFieldValue<byte[]>(13));

    internal static StoredGrain ReadGrain(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt64(1), new() { Number = row.GetInt64(2), LastPosition = row.GetInt64(3) }, row.GetFieldValue<byte[]>(4), row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5));

    internal static HandledCommand ReadHandled(NpgsqlDataReader row, int column) =>
        new(row.GetGuid(column), row.GetInt64(column + 1), row.GetInt64(column + 2), row.IsDBNull(column + 3) ? null : row.GetFieldValue<byte[]>(column + 3));

    private static void Prepare(PostgreSqlServer server)
    {
        try
        {
            server.Prepare();
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseUnreachableException(failure);
        }
    }

    internal static NpgsqlBatchCommand WriteCursor(string reader, string tenant, long position) => Statement(
        "insert into cursor(reader, tenant, position) values($1, $2, $3) on conflict(reader, tenant) do update set position = excluded.position", reader, tenant, position);

    internal static NpgsqlBatchCommand WriteParked(ParkedEntry entry) => Statement(
        "insert into parked(reader, tenant, position, key, attempts, retry_at, error) values($1, $2, $3, $4, $5, $6, $7) on conflict(reader, tenant, position) do update set key = excluded.key, attempts = excluded.attempts, retry_at = excluded.retry_at, error = excluded.error",
        entry.Reader, entry.Tenant, entry.Position, entry.Key, entry.Attempts, (object?)entry.RetryAt?.ToUnixTimeMilliseconds() ?? DBNull.Value, PostgreSqlText.Storable(entry.Error));

    internal static NpgsqlBatchCommand Statement(string sql, params object[] values)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            statement.Parameters.Add(new() { Value = value });
        }

        return statement;
    }

    private PostgreSqlKind KnownKind(string kind) => _kinds.GetValueOrDefault(kind) ?? throw new ArgumentException($"There is no kind '{kind}'.", nameof(kind));

    /// <summary>The tenant's number, or null when nothing was ever written for it.</summary>
    private async ValueTask<int?> NumberOfAsync(string tenant, CancellationToken cancel) =>
        _tenants.Find(tenant) is { } known ? known.Number
        : _lease is not null ? null
        : await FirstAsync<int?>("select number from tenant where name = $1", row => row.GetInt32(0), cancel, PostgreSqlText.Storable(tenant));

    private ValueTask<T?> FirstAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object[] values) => ReadAsync(async connection =>
    {
        await using var select = Command(connection, sql, values);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        return await rows.ReadAsync(cancel) ? read(rows) : default;
    }, cancel);

    private ValueTask<IReadOnlyList<T>> AllAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object[] values) => ReadAsync<IReadOnlyList<T>>(async connection =>
    {
        await using var select = Command(connection, sql, values);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        var all = new List<T>();
        while (await rows.ReadAsync(cancel))
        {
            all.Add(read(rows));
        }

        return all;
    }, cancel);

    private static List<T> Read<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        using var select = Command(connection, sql, values);
        select.CommandTimeout = 0;
        using var rows = select.ExecuteReader();
        var all = new List<T>();
        while (rows.Read())
        {
            all.Add(read(rows));
        }

        return all;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        }

        return command;
    }

    /// <summary>Reads, and reads again when the connection breaks: an idle one may have been ended by the server long ago.</summary>
    private async ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancel)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                await using var connection = await _server.Readers.OpenConnectionAsync(cancel);
                return await read(connection);
            }
            catch (Exception failure) when (failure is NpgsqlException { IsTransient: true } or TimeoutException)
            {
                if (TimeProvider.System.GetElapsedTime(since) > _options.Patience / 2)
                {
                    throw new DatabaseUnreachableException(failure);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
        }
    }

    /// <summary>On a connection of its own: a lease must not wait behind a writer that is held up, nor be tried again behind its holder's back.</summary>
    private async Task<IReadOnlyCollection<string>> ChangeLeasesAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var connection = await _server.Readers.OpenConnectionAsync(cancel);
        await using var change = new NpgsqlBatch(connection) { BatchCommands = { new("begin read write"), Statement(sql, values), new("commit") } };
        await using var rows = await change.ExecuteReaderAsync(cancel);
        var names = new List<string>();
        while (await rows.ReadAsync(cancel))
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }

    private Task RunAsync(Func<NpgsqlBatchCommand> statement) => RunAsync(new PostgreSqlJob(statement));

    private Task RunAsync(PostgreSqlJob job)
    {
        _writer.Enqueue(job);
        return job.Done;
    }

    private void RefreshSoon()
    {
        if (Interlocked.Exchange(ref _isRefreshing, 1) == 0)
        {
            _ = RefreshAsync();
        }
    }

    /// <summary>Looks what others have written; not at each of their commits, for they may make hundreds a second.</summary>
    private async Task RefreshAsync()
    {
        try
        {
            if (TimeProvider.System.GetElapsedTime(_refreshedAt) is var since && since < RefreshPause)
            {
                await Task.Delay(RefreshPause - since, TimeProvider.System);
            }

            _refreshedAt = TimeProvider.System.GetTimestamp();
            await RunAsync(new PostgreSqlJob(connection =>
            {
                // from here on what is heard is news again
                Interlocked.Exchange(ref _isRefreshing, 0);
                return ReadOthers(connection, _options.IsTold ? [] : null);
            }));
        }
        catch (Exception)
        {
            // the next look, or the next notice, finds it
            Interlocked.Exchange(ref _isRefreshing, 0);
        }
    }

    /// <summary>Reads how far the journals go: with the writer's own work, so that no total is counted twice.</summary>
    /// <param name="tenants">Whose totals are to be read too; null for those who have grown, and these are told of.</param>
    private Action<NpgsqlConnection>? ReadOthers(NpgsqlConnection connection, IReadOnlyCollection<string>? tenants)
    {
        var grown = _tenants.Refresh(connection);
        foreach (var tenant in tenants is null ? grown : grown.Where(tenant => tenants.Contains(tenant.Name)))
        {
            _tenants.LoadTallies(connection, tenant);
        }

        return tenants is null ? _ => grown.ForEach(tenant => Grown?.Invoke(tenant.Name)) : null;
    }

    /// <summary>Lets the lease reach a writer that is made after it.</summary>
    private sealed class Holder
    {
        public PostgreSqlWriter? Writer { get; set; }
    }
}
