using System.Text;
using Crm.Runtime.Journal;
using Npgsql;
using NpgsqlTypes;
using static Crm.Runtime.PostgreSql.PostgreSqlKind;

namespace Crm.Runtime.PostgreSql;

/// <summary>An event with its place in the journal.</summary>
internal readonly record struct PostgreSqlEntry(
    int Tenant, long Position, DateTimeOffset At, string Kind, Guid Key, long Version, string Type, Sender By, string? CommandId, long Previous, byte[] Salt, byte[] Payload, byte[] PayloadHash, byte[] Hash);

/// <summary>What is to be written, gathered by table and sent as one statement a table: what follows upon itself in memory is written once.</summary>
internal sealed class PostgreSqlChanges(IReadOnlyDictionary<string, PostgreSqlKind> kinds)
{
    private readonly Dictionary<(string Kind, long Number), PostgreSqlRow> _rows = [];
    private readonly List<PostgreSqlEntry> _entries = [];
    private readonly Dictionary<int, (long Head, byte[] Hash)> _heads = [];
    private readonly List<(int Tenant, string Command, Guid Key, long Version, long Position, byte[]? Fingerprint, long Day)> _handled = [];
    private readonly Dictionary<(int Tenant, string Name), (Guid? Before, Guid? Now)> _claims = [];
    private readonly Dictionary<(Guid Key, string Kind, string Name), (int Tenant, long? Due)> _clocks = [];
    private readonly Dictionary<(string Kind, long Number), string?> _terms = [];
    private readonly List<(int Tenant, NewEffect Effect, long Due)> _effects = [];
    private readonly Dictionary<(PostgreSqlTenant Tenant, string Kind, string Group, int Day), TallyTotal> _tallies = [];

    public IReadOnlyDictionary<(PostgreSqlTenant Tenant, string Kind, string Group, int Day), TallyTotal> Tallies => _tallies;

    /// <summary>Rows and entries gathered, to know when to send them.</summary>
    public int Count => _rows.Count + _entries.Count;

    /// <summary>Takes a grain's row as a write leaves it.</summary>
    /// <param name="was">The version on disk; 0 when there is no row.</param>
    /// <exception cref="ArgumentException">The write is of a shape that no row can hold. Nothing was taken.</exception>
    public void Put(GrainWrite write, int tenant, long number, long was, long last)
    {
        var kind = kinds[write.Grain.Kind];
        var isKnown = _rows.TryGetValue((write.Grain.Kind, number), out var row);
        row ??= new(kind.Schema) { Number = number, Key = write.Grain.Key, Tenant = tenant, Was = was };
        row.Take(write, kind.Schema, last);
        if (!isKnown)
        {
            _rows.Add((write.Grain.Kind, number), row);
        }
    }

    /// <summary>Takes what hangs on a grain's row and can be made from the journal again: search, clocks, tallies.</summary>
    public void Follow(GrainWrite write, PostgreSqlTenant tenant, long number)
    {
        if (write.SearchTerms is { } terms && kinds[write.Grain.Kind].IsSearched)
        {
            _terms[(write.Grain.Kind, number)] = terms.Length > 0 ? PostgreSqlText.Vector(tenant.Number, terms) : null;
        }

        foreach (var name in write.ClocksStopped)
        {
            _clocks[(write.Grain.Key, write.Grain.Kind, name)] = (tenant.Number, null);
        }

        foreach (var clock in write.ClocksSet)
        {
            _clocks[(write.Grain.Key, write.Grain.Kind, clock.Name)] = (tenant.Number, clock.DueAt.ToUnixTimeMilliseconds());
        }

        foreach (var change in write.Tallies)
        {
            var key = (tenant, write.Grain.Kind, change.Group, write.Day);
            var sum = _tallies.GetValueOrDefault(key);
            _tallies[key] = new(sum.Count + change.Count, sum.Hundredths + change.Hundredths);
        }
    }

    /// <summary>Takes who holds a key from now on, or that nobody does.</summary>
    /// <param name="before">Who holds it now.</param>
    public void Claim(int tenant, string name, Guid? before, Guid? now) =>
        _claims[(tenant, name)] = (_claims.TryGetValue((tenant, name), out var change) ? change.Before : before, now);

    public void Append(PostgreSqlEntry entry)
    {
        _entries.Add(entry);
        _heads[entry.Tenant] = (entry.Position, entry.Hash);
    }

    public void Send(int tenant, NewEffect effect, DateTimeOffset due) => _effects.Add((tenant, effect, due.ToUnixTimeMilliseconds()));

    /// <param name="day">The day it was done, as days since 1970.</param>
    public void NoteHandled(int tenant, string commandId, HandledCommand handled, long day) =>
        _handled.Add((tenant, commandId, handled.Key, handled.Version, handled.Position, handled.Fingerprint, day));

    /// <summary>Adds a statement for each table that changes.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        AddRows(batch);
        AddJournal(batch);
        AddBooks(batch);
    }

    private void AddRows(NpgsqlBatch batch)
    {
        foreach (var group in _rows.GroupBy(row => row.Key.Kind, row => row.Value))
        {
            var (made, changed) = (group.Where(row => row.Was == 0).ToList(), group.Where(row => row.Was > 0).ToList());
            if (made.Count > 0)
            {
                batch.BatchCommands.Add(kinds[group.Key].Insert(made));
            }

            if (changed.Count > 0)
            {
                batch.BatchCommands.Add(kinds[group.Key].Update(changed));
            }
        }

        foreach (var group in _terms.GroupBy(terms => terms.Key.Kind))
        {
            var saved = group.Where(terms => terms.Value is not null).ToList();
            if (saved.Count > 0)
            {
                batch.BatchCommands.Add(kinds[group.Key].SaveTerms(Column(saved, terms => terms.Key.Number), Column(saved, terms => terms.Value!))); // those with terms
            }

            var dropped = group.Where(terms => terms.Value is null).Select(terms => terms.Key.Number).ToArray();
            if (dropped.Length > 0)
            {
                batch.BatchCommands.Add(kinds[group.Key].DropTerms(dropped));
            }
        }
    }

    private void AddJournal(NpgsqlBatch batch)
    {
        if (_entries.Count > 0)
        {
            batch.BatchCommands.Add(new("insert into journal(tenant, position, at, kind, key, version, type, by_kind, by_id, command, previous, salt, payload, payload_hash, hash) select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::uuid[], $6::bigint[], $7::text[], $8::smallint[], $9::uuid[], $10::bytea[], $11::bigint[], $12::bytea[], $13::bytea[], $14::bytea[], $15::bytea[])")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Integer, Column(_entries, entry => entry.Tenant)),
                    Parameter(NpgsqlDbType.Bigint, Column(_entries, entry => entry.Position)),
                    Parameter(NpgsqlDbType.Bigint, Column(_entries, entry => entry.At.ToUnixTimeMilliseconds())),
                    Parameter(NpgsqlDbType.Text, Column(_entries, entry => entry.Kind)),
                    Parameter(NpgsqlDbType.Uuid, Column(_entries, entry => entry.Key)),
                    Parameter(NpgsqlDbType.Bigint, Column(_entries, entry => entry.Version)),
                    Parameter(NpgsqlDbType.Text, Column(_entries, entry => entry.Type)),
                    Parameter(NpgsqlDbType.Smallint, Column(_entries, entry => (short)entry.By.Kind)),
                    Parameter(NpgsqlDbType.Uuid, Column(_entries, entry => entry.By.Id)),
                    Parameter(NpgsqlDbType.Bytea, Column(_entries, entry => entry.CommandId is { } id ? Encoding.UTF8.GetBytes(id) : null)),
                    Parameter(NpgsqlDbType.Bigint, Column(_entries, entry => entry.Previous)),
                    Parameter(NpgsqlDbType.Bytea, Column(_entries, entry => entry.Salt)),
                    Parameter(NpgsqlDbType.Bytea, Column(_entries, entry => entry.Payload)),
                    Parameter(NpgsqlDbType.Bytea, Column(_entries, entry => entry.PayloadHash)),
                    Parameter(NpgsqlDbType.Bytea, Column(_entries, entry => entry.Hash)),
                },
            });
            var heads = _heads.ToList();
            batch.BatchCommands.Add(new("update tenant t set head = u.head, hash = u.hash from unnest($1::int[], $2::bigint[], $3::bytea[]) u(number, head, hash) where t.number = u.number")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Integer, Column(heads, head => head.Key)),
                    Parameter(NpgsqlDbType.Bigint, Column(heads, head => head.Value.Head)),
                    Parameter(NpgsqlDbType.Bytea, Column(heads, head => head.Value.Hash)),
                },
            });
        }
    }

    private void AddBooks(NpgsqlBatch batch)
    {
        AddClaims(batch);
        AddClocks(batch);
        var tallies = _tallies.Where(tally => tally.Value != default).ToList();
        if (tallies.Count > 0)
        {
            batch.BatchCommands.Add(new("insert into tally(tenant, kind, grp, day, count, hundredths) select * from unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::numeric[]) on conflict(tenant, kind, grp, day) do update set count = tally.count + excluded.count, hundredths = tally.hundredths + excluded.hundredths")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Integer, Column(tallies, tally => tally.Key.Tenant.Number)),
                    Parameter(NpgsqlDbType.Text, Column(tallies, tally => tally.Key.Kind)),
                    Parameter(NpgsqlDbType.Text, Column(tallies, tally => PostgreSqlText.Storable(tally.Key.Group))),
                    Parameter(NpgsqlDbType.Integer, Column(tallies, tally => tally.Key.Day)),
                    Parameter(NpgsqlDbType.Bigint, Column(tallies, tally => tally.Value.Count)),
                    Parameter(NpgsqlDbType.Numeric, Column(tallies, tally => (decimal)tally.Value.Hundredths)),
                },
            });
        }

        if (_effects.Count > 0)
        {
            batch.BatchCommands.Add(new("insert into effect(tenant, kind, dedupe, payload, due, attempts) select tenant, kind, dedupe, payload, due, 0 from unnest($1::int[], $2::text[], $3::text[], $4::bytea[], $5::bigint[]) with ordinality u(tenant, kind, dedupe, payload, due, place) order by place")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Integer, Column(_effects, effect => effect.Tenant)),
                    Parameter(NpgsqlDbType.Text, Column(_effects, effect => effect.Effect.Kind)),
                    Parameter(NpgsqlDbType.Text, Column(_effects, effect => PostgreSqlText.Storable(effect.Effect.DedupeKey))),
                    Parameter(NpgsqlDbType.Bytea, Column(_effects, effect => effect.Effect.Payload)),
                    Parameter(NpgsqlDbType.Bigint, Column(_effects, effect => effect.Due)),
                },
            });
        }

        if (_handled.Count > 0)
        {
            batch.BatchCommands.Add(new("insert into handled(day, tenant, command, key, version, position, fingerprint) select * from unnest($7::int[], $1::int[], $2::bytea[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bytea[])")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Integer, Column(_handled, handled => handled.Tenant)),
                    Parameter(NpgsqlDbType.Bytea, Column(_handled, handled => Encoding.UTF8.GetBytes(handled.Command))),
                    Parameter(NpgsqlDbType.Uuid, Column(_handled, handled => handled.Key)),
                    Parameter(NpgsqlDbType.Bigint, Column(_handled, handled => handled.Version)),
                    Parameter(NpgsqlDbType.Bigint, Column(_handled, handled => handled.Position)),
                    Parameter(NpgsqlDbType.Bytea, Column(_handled, handled => handled.Fingerprint)),
                    Parameter(NpgsqlDbType.Integer, Column(_handled, handled => (int)handled.Day)),
                },
            });
        }
    }

    private void AddClaims(NpgsqlBatch batch)
    {
        // what is let go first: one may take in a group what another lets go in it
        var gone = _claims.Where(change => change.Value.Before is not null && change.Value.Now != change.Value.Before).ToList();
        if (gone.Count > 0)
        {
            batch.BatchCommands.Add(new("delete from claim c using unnest($1::int[], $2::text[]) u(tenant, name) where c.tenant = u.tenant and c.name = u.name")
            {
                Parameters = { Parameter(NpgsqlDbType.Integer, Column(gone, claim => claim.Key.Tenant)), Parameter(NpgsqlDbType.Text, Column(gone, claim => claim.Key.Name)) },
            });
        }

        var taken = _claims.Where(change => change.Value.Now is not null && change.Value.Now != change.Value.Before).ToList();
        if (taken.Count > 0)
        {
            batch.BatchCommands.Add(new("insert into claim(tenant, name, key) select * from unnest($1::int[], $2::text[], $3::uuid[])")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Integer, Column(taken, claim => claim.Key.Tenant)),
                    Parameter(NpgsqlDbType.Text, Column(taken, claim => claim.Key.Name)),
                    Parameter(NpgsqlDbType.Uuid, Column(taken, claim => claim.Value.Now!.Value)), // those that are taken
                },
            });
        }
    }

    private void AddClocks(NpgsqlBatch batch)
    {
        var stopped = _clocks.Where(clock => clock.Value.Due is null).ToList();
        if (stopped.Count > 0)
        {
            batch.BatchCommands.Add(new("delete from clock c using unnest($1::uuid[], $2::text[], $3::text[]) u(key, kind, name) where c.key = u.key and c.kind = u.kind and c.name = u.name")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Uuid, Column(stopped, clock => clock.Key.Key)),
                    Parameter(NpgsqlDbType.Text, Column(stopped, clock => clock.Key.Kind)),
                    Parameter(NpgsqlDbType.Text, Column(stopped, clock => PostgreSqlText.Storable(clock.Key.Name))),
                },
            });
        }

        var set = _clocks.Where(clock => clock.Value.Due is not null).ToList();
        if (set.Count > 0)
        {
            batch.BatchCommands.Add(new("insert into clock(key, kind, name, tenant, due) select * from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bigint[]) on conflict(key, kind, name) do update set tenant = excluded.tenant, due = excluded.due")
            {
                Parameters =
                {
                    Parameter(NpgsqlDbType.Uuid, Column(set, clock => clock.Key.Key)),
                    Parameter(NpgsqlDbType.Text, Column(set, clock => clock.Key.Kind)),
                    Parameter(NpgsqlDbType.Text, Column(set, clock => PostgreSqlText.Storable(clock.Key.Name))),
                    Parameter(NpgsqlDbType.Integer, Column(set, clock => clock.Value.Tenant)),
                    Parameter(NpgsqlDbType.Bigint, Column(set, clock => clock.Value.Due!.Value)), // those that are set
                },
            });
        }
    }
}
