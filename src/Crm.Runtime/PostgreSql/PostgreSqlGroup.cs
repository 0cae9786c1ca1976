using System.Text;
using Crm.Runtime.Journal;
using Npgsql;
using NpgsqlTypes;
using static Crm.Runtime.PostgreSql.PostgreSqlKind;

namespace Crm.Runtime.PostgreSql;

/// <summary>
/// Writes that are committed together, in two trips to the server, and one before them where others write, too. The first locks the tenants' heads and asks for everything the writes
/// depend on; while it holds those locks nothing of these tenants changes, so the writes are judged here, one after the other. The second
/// sends what they came to, a statement a table, and the commit.
/// </summary>
internal sealed class PostgreSqlGroup(IReadOnlyDictionary<string, PostgreSqlKind> kinds, PostgreSqlTenants tenants, HandledDays handledDays)
{
    private readonly Dictionary<string, Log> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Tenant, string Command), HandledCommand> _handled = [];
    private readonly Dictionary<(int Tenant, string Name), Guid> _claims = [];
    private readonly Dictionary<(string Kind, Guid Key), Spot> _spots = [];
    private readonly List<NpgsqlBatchCommand> _others = [];
    private readonly PostgreSqlChanges _changes = new(kinds);
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);

    /// <summary>An entry of the journal that is there if and only if the group was committed; null when it appends none.</summary>
    public (int Tenant, long Position, byte[] Hash)? Proof => _logs.Values.FirstOrDefault(log => log.Head > log.Start) is { } log ? (log.Tenant.Number, log.Head, log.Hash) : null;

    /// <summary>The tenants whose journals grow, with their heads before and after.</summary>
    public IEnumerable<(PostgreSqlTenant Tenant, long From, long To)> Growth =>
        _logs.Values.Where(log => log.Head > log.Start).Select(log => (log.Tenant, log.Start, log.Head));

    public IReadOnlyDictionary<(PostgreSqlTenant Tenant, string Kind, string Group, int Day), TallyTotal> Tallies => _changes.Tallies;

    /// <summary>Begins the transaction and waits for its turn with some tenants, before it is known what is to be written.</summary>
    public void Lock(NpgsqlConnection connection, IEnumerable<string> names)
    {
        _locked.UnionWith(names);
        tenants.Ensure(connection, _locked);
        using var trip = new NpgsqlBatch(connection) { BatchCommands = { new("begin"), LockOf(_locked) } };
        trip.ExecuteNonQuery();
    }

    public bool IsLocked(string tenant) => _locked.Contains(tenant);

    /// <summary>Begins the transaction unless <see cref="Lock"/> has, locks and asks.</summary>
    /// <param name="epoch">The lease this process writes under, or null when it needs none.</param>
    /// <exception cref="LeaseLostException">Another process has taken the lease.</exception>
    public void Begin(NpgsqlConnection connection, IReadOnlyList<GrainWrite> writes, long? epoch)
    {
        tenants.Ensure(connection, writes.Select(write => write.Grain.Tenant));
        using var ask = new NpgsqlBatch(connection);
        if (_locked.Count == 0)
        {
            ask.BatchCommands.Add(new("begin"));
        }

        if (epoch is not null)
        {
            // shared, so that a process that takes over waits for the end of this transaction
            ask.BatchCommands.Add(new("select epoch from lease for share"));
        }

        if (writes.Count > 0)
        {
            AskFor(ask, writes);
        }

        if (ask.BatchCommands.Count == 0)
        {
            return;
        }

        using var answers = ask.ExecuteReader();
        if (epoch is not null)
        {
            answers.Read();
            if (answers.GetInt64(0) != epoch)
            {
                throw new LeaseLostException();
            }

            answers.NextResult();
        }

        if (writes.Count > 0)
        {
            Read(answers, writes);
        }
    }

    /// <summary>Judges a write after those before it.</summary>
    public WriteResult Apply(GrainWrite write)
    {
        if (!kinds.ContainsKey(write.Grain.Kind))
        {
            throw new ArgumentException($"There is no kind '{write.Grain.Kind}'.");
        }

        var log = _logs[write.Grain.Tenant];
        var number = log.Tenant.Number;
        if (write.CommandId is { } commandId && _handled.TryGetValue((number, commandId), out var handled))
        {
            write.Handled = handled;
            return WriteResult.AlreadyHandled;
        }

        var spot = _spots.GetValueOrDefault((write.Grain.Kind, write.Grain.Key));
        if (write.Events.Length == 0)
        {
            if (write.Row.IsLost || (spot?.Version ?? 0) != write.FromVersion)
            {
                return WriteResult.Superseded;
            }

            NoteHandled(write, number, position: 0);
            return WriteResult.Stored;
        }

        var isCurrent = !write.Row.IsLost && (spot?.Version ?? 0) == write.FromVersion && (spot?.Number ?? 0) == write.Row.Number && (spot is null || spot.Tenant == number);
        foreach (var claim in write.Claims)
        {
            if (_claims.TryGetValue((number, PostgreSqlText.Storable(claim)), out var holder) && holder != write.Grain.Key)
            {
                (write.Holder, write.ClaimedKey) = (holder, claim);
                // what was judged on a version that is gone must be judged again, not told who holds its key
                return isCurrent ? WriteResult.ClaimHeld : WriteResult.Superseded;
            }
        }

        if (!isCurrent)
        {
            return WriteResult.Superseded;
        }

        var last = log.Head + write.Events.Length;
        var place = spot ?? new() { Number = PostgreSqlTables.NumberOf(number, log.Head + 1), Tenant = number };
        // first, for it may be of a shape that no row can hold
        _changes.Put(write, number, place.Number, place.Was, last);
        _changes.Follow(write, log.Tenant, place.Number);
        TakeClaims(write, number);
        Append(write, log, place.Last);
        foreach (var effect in write.Effects)
        {
            _changes.Send(number, effect, write.At);
        }

        NoteHandled(write, number, last);
        (place.Version, place.Last) = (write.ToVersion, last);
        _spots[(write.Grain.Kind, write.Grain.Key)] = place;
        write.Row.Number = place.Number;
        write.LastPosition = write.Row.LastPosition = last;
        return WriteResult.Stored;
    }

    /// <summary>Takes along what is no grain's write.</summary>
    public void Take(NpgsqlBatchCommand command) => _others.Add(command);

    /// <summary>Everything that is to be written, and the commit.</summary>
    public NpgsqlBatch Changes(NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> last)
    {
        var batch = new NpgsqlBatch(connection);
        _changes.AddTo(batch);
        foreach (var command in _others.Concat(last))
        {
            batch.BatchCommands.Add(command);
        }

        batch.BatchCommands.Add(new("commit"));
        return batch;
    }

    private void AskFor(NpgsqlBatch ask, IReadOnlyList<GrainWrite> writes)
    {
        ask.BatchCommands.Add(LockOf(writes.Select(write => write.Grain.Tenant).Distinct(StringComparer.Ordinal)));
        var commands = writes.Where(write => write.CommandId is not null).Select(write => (tenants.Find(write.Grain.Tenant)!.Number, write.CommandId)).Distinct().ToList(); // ensured before
        ask.BatchCommands.Add(new("select h.tenant, h.command, h.key, h.version, h.position, h.fingerprint from unnest($1::int[], $2::bytea[]) u(tenant, command) join handled h on h.tenant = u.tenant and h.command = u.command")
        {
            Parameters = { Parameter(NpgsqlDbType.Integer, Column(commands, command => command.Number)), Parameter(NpgsqlDbType.Bytea, Column(commands, command => Encoding.UTF8.GetBytes(command.CommandId!))) }, // those with an id
        });
        var claims = writes.SelectMany(write => write.Claims.Concat(write.Releases).Select(claim => (tenants.Find(write.Grain.Tenant)!.Number, Claim: PostgreSqlText.Storable(claim)))).Distinct().ToList(); // ensured before
        ask.BatchCommands.Add(new("select c.tenant, c.name, c.key from unnest($1::int[], $2::text[]) u(tenant, name) join claim c on c.tenant = u.tenant and c.name = u.name")
        {
            Parameters = { Parameter(NpgsqlDbType.Integer, Column(claims, claim => claim.Number)), Parameter(NpgsqlDbType.Text, Column(claims, claim => claim.Claim)) },
        });
        foreach (var (kind, keys) in KeysByKind(writes))
        {
            ask.BatchCommands.Add(kinds[kind].Spots([.. keys]));
        }
    }

    /// <summary>In one order everywhere, so that two groups never wait for each other.</summary>
    private NpgsqlBatchCommand LockOf(IEnumerable<string> names) => new("select name, head, hash from tenant where number = any($1) order by number for update")
    {
        Parameters = { Parameter(NpgsqlDbType.Integer, names.Select(name => tenants.Find(name)!.Number).ToArray()) }, // ensured before
    };

    private void Read(NpgsqlDataReader answers, IReadOnlyList<GrainWrite> writes)
    {
        while (answers.Read())
        {
            var tenant = tenants.Find(answers.GetString(0))!; // asked for by number
            _logs[tenant.Name] = new(tenant, answers.GetInt64(1), answers.GetFieldValue<byte[]>(2));
        }

        answers.NextResult();
        while (answers.Read())
        {
            _handled[(answers.GetInt32(0), Encoding.UTF8.GetString(answers.GetFieldValue<byte[]>(1)))] = PostgreSqlStore.ReadHandled(answers, 2);
        }

        answers.NextResult();
        while (answers.Read())
        {
            _claims[(answers.GetInt32(0), answers.GetString(1))] = answers.GetGuid(2);
        }

        foreach (var (kind, _) in KeysByKind(writes))
        {
            answers.NextResult();
            while (answers.Read())
            {
                _spots[(kind, answers.GetGuid(0))] = new() { Tenant = answers.GetInt32(1), Version = answers.GetInt64(2), Was = answers.GetInt64(2), Number = answers.GetInt64(3), Last = answers.GetInt64(4) };
            }
        }
    }

    private IEnumerable<(string Kind, IEnumerable<Guid> Keys)> KeysByKind(IReadOnlyList<GrainWrite> writes) =>
        writes.Where(write => kinds.ContainsKey(write.Grain.Kind)).GroupBy(write => write.Grain.Kind, write => write.Grain.Key).Select(group => (group.Key, group.Distinct()));

    private void TakeClaims(GrainWrite write, int tenant)
    {
        foreach (var claim in write.Claims)
        {
            var name = PostgreSqlText.Storable(claim);
            Guid? holder = _claims.TryGetValue((tenant, name), out var known) ? known : null;
            _changes.Claim(tenant, name, holder, write.Grain.Key);
            _claims[(tenant, name)] = write.Grain.Key;
        }

        foreach (var claim in write.Releases)
        {
            var name = PostgreSqlText.Storable(claim);
            if (_claims.TryGetValue((tenant, name), out var holder) && holder == write.Grain.Key)
            {
                _changes.Claim(tenant, name, holder, null);
                _claims.Remove((tenant, name));
            }
        }
    }

    private void Append(GrainWrite write, Log log, long previous)
    {
        for (var i = 0; i < write.Events.Length; i++)
        {
            ref readonly var happened = ref write.Events[i];
            var version = write.FromVersion + i + 1;
            log.Head++;
            log.Hash = HashChain.Link(log.Hash, log.Head, write.At, write.Grain.Kind, write.Grain.Key, version, happened.Type, write.By.Kind, write.By.Id, happened.PayloadHash);
            _changes.Append(new(
                log.Tenant.Number, log.Head, write.At, write.Grain.Kind, write.Grain.Key, version, happened.Type, write.By, write.CommandId, previous,
                happened.Salt, happened.Payload, happened.PayloadHash, log.Hash));
            previous = log.Head;
        }
    }

    private void NoteHandled(GrainWrite write, int tenant, long position)
    {
        if (write.CommandId is { } commandId)
        {
            var handled = new HandledCommand(write.Grain.Key, write.ToVersion, position, write.Fingerprint);
            _changes.NoteHandled(tenant, commandId, handled, handledDays.Of(write.At));
            _handled[(tenant, commandId)] = handled;
        }
    }

    /// <summary>The end of a tenant's journal as the group moves it.</summary>
    private sealed class Log(PostgreSqlTenant tenant, long head, byte[] hash)
    {
        public PostgreSqlTenant Tenant { get; } = tenant;

        public long Start { get; } = head;

        public long Head { get; set; } = head;

        public byte[] Hash { get; set; } = hash;
    }

    /// <summary>Where a grain is.</summary>
    private sealed class Spot
    {
        public required long Number { get; init; }

        public required int Tenant { get; init; }

        /// <summary>The version on disk.</summary>
        public long Was { get; init; }

        public long Version { get; set; }

        public long Last { get; set; }
    }
}

/// <summary>Another process writes now.</summary>
internal sealed class LeaseLostException() : Exception("lease-lost: another process has taken over.");
