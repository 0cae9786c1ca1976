using System.Collections.Concurrent;
using System.Numerics;
using Crm.Runtime.Journal;
using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>A tenant as this process knows it. Its head follows once a commit is on disk.</summary>
internal sealed class PostgreSqlTenant(string name, int number)
{
    private long _head;
    private long _totalsHead;

    public string Name { get; } = name;

    public int Number { get; } = number;

    public long Head => Volatile.Read(ref _head);

    /// <summary>The running totals tell all that was written up to here, by whomever. Of what came later they may tell some.</summary>
    public long TotalsHead => Volatile.Read(ref _totalsHead);

    /// <summary>Where this process's last commit ended; for its writer only.</summary>
    public long OwnHead { get; set; }

    /// <returns>Whether that is news.</returns>
    public bool Reached(long head)
    {
        for (var known = Head; known < head; known = Head)
        {
            if (Interlocked.CompareExchange(ref _head, head, known) == known)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>This process has written, and its totals have followed.</summary>
    /// <returns>Whether they tell everything: not so if others have written before, and these have not been read yet.</returns>
    public bool Wrote(long from, long to)
    {
        Reached(to);
        if (TotalsHead != from)
        {
            return false;
        }

        Volatile.Write(ref _totalsHead, to);
        return true;
    }

    /// <summary>The totals were read after the journal had come so far.</summary>
    public void ReadTotals(long head) => Volatile.Write(ref _totalsHead, head);
}

/// <summary>The tenants there are, their heads and running totals, read when the store opens and kept up to date by whoever writes.</summary>
internal sealed class PostgreSqlTenants
{
    private readonly ConcurrentDictionary<string, PostgreSqlTenant> _byName = new(StringComparer.Ordinal);

    public TallyBook Tallies { get; } = new();

    public IReadOnlyCollection<string> Names => [.. _byName.Keys];

    public PostgreSqlTenant? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads which tenants there are and how far their journals go.</summary>
    /// <returns>Those that are new or have grown, or whose totals have not followed.</returns>
    public List<PostgreSqlTenant> Refresh(NpgsqlConnection connection)
    {
        var grown = new List<PostgreSqlTenant>();
        using var select = new NpgsqlCommand("select name, number, head from tenant", connection);
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            var isNew = false;
            var (name, number) = (rows.GetString(0), rows.GetInt32(1));
            var tenant = _byName.GetOrAdd(name, _ =>
            {
                isNew = true;
                return new(name, number);
            });
            if (tenant.Reached(rows.GetInt64(2)) || isNew || tenant.TotalsHead < tenant.Head)
            {
                grown.Add(tenant);
            }
        }

        return grown;
    }

    /// <summary>The tenants of these names, made where there are none yet.</summary>
    public void Ensure(NpgsqlConnection connection, IEnumerable<string> names)
    {
        var missing = names.Where(name => !_byName.ContainsKey(name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        using var make = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("insert into tenant(name, hash) select * from unnest($1::text[], $2::bytea[]) u(name, hash) where not exists (select from tenant t where t.name = u.name) on conflict do nothing")
                {
                    Parameters = { new() { Value = missing }, new() { Value = Array.ConvertAll(missing, HashChain.Root) } },
                },
                new("select name, number from tenant where name = any($1)") { Parameters = { new() { Value = missing } } },
            },
        };
        using var rows = make.ExecuteReader();
        while (rows.Read())
        {
            var (name, number) = (rows.GetString(0), rows.GetInt32(1));
            _byName.TryAdd(name, new(name, number));
        }
    }

    /// <summary>Forgets a tenant whose rows are gone.</summary>
    public void Remove(PostgreSqlTenant tenant)
    {
        _byName.TryRemove(tenant.Name, out _);
        Tallies.Replace(tenant.Name, Array.Empty<(string Kind, KeyValuePair<string, TallyTotal> Total)>().ToLookup(total => total.Kind, total => total.Total));
    }

    public static TallyTotal ReadTotal(NpgsqlDataReader row, int column) => new(row.GetInt64(column), (Int128)row.GetFieldValue<BigInteger>(column + 1));

    /// <summary>Reads a tenant's totals anew from its rows.</summary>
    public void LoadTallies(NpgsqlConnection connection, PostgreSqlTenant tenant)
    {
        var head = tenant.Head;
        var totals = new List<(string Kind, KeyValuePair<string, TallyTotal> Total)>();
        using (var select = new NpgsqlCommand("select kind, grp, sum(count)::bigint, sum(hundredths) from tally where tenant=$1 group by kind, grp", connection) { Parameters = { new() { Value = tenant.Number } } })
        using (var rows = select.ExecuteReader())
        {
            while (rows.Read())
            {
                totals.Add((rows.GetString(0), new(rows.GetString(1), ReadTotal(rows, 2))));
            }
        }

        Tallies.Replace(tenant.Name, totals.ToLookup(total => total.Kind, total => total.Total));
        tenant.ReadTotals(head);
    }
}
