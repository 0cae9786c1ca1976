using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>The running totals: gathered over a transaction, written once at its end, then entered into the book.</summary>
internal sealed class SqliteTallies
{
    /// <summary>Adds to one total of one day.</summary>
    public const string Upsert =
        "insert into tally(tenant, kind, grp, day, count, units, cents) values(?,?,?,?,?,?,?) "
        + "on conflict(tenant, kind, grp, day) do update set count=count+excluded.count, units=units+excluded.units, cents=cents+excluded.cents";

    private readonly SqliteSession _session;
    private readonly HashSet<TenantLog> _recounted = [];
    private readonly Dictionary<(string Tenant, string Kind), List<KeyValuePair<string, TallyTotal>>> _pages = [];
    private readonly HashSet<TenantLog> _reloaded = [];
    private Dictionary<(TenantLog Tenant, string Kind, string Group, int Day), TallyTotal> _changes = [];

    public SqliteTallies(SqliteSession session, IEnumerable<TenantLog> tenants)
    {
        _session = session;
        foreach (var tenant in tenants)
        {
            Load(tenant);
        }
    }

    public TallyBook Book { get; } = new();

    /// <summary>Whether what was committed is to be read from the rows by <see cref="Publish"/>.</summary>
    public bool IsRecounted => _reloaded.Count > 0;

    public void Add(GrainWrite write, TenantLog tenant)
    {
        for (var i = 0; i < write.Tallies.Count; i++)
        {
            var change = write.Tallies[i];
            var key = (tenant, write.Grain.Kind, change.Group, write.Day);
            var sum = _changes.GetValueOrDefault(key);
            _changes[key] = new(sum.Count + change.Count, sum.Hundredths + change.Hundredths);
        }
    }

    /// <summary>Counts a tenant anew: what it has gathered so far is in the rows that are counted. Others keep theirs.</summary>
    public void Recount(TenantLog tenant, Action count)
    {
        var before = _changes;
        try
        {
            _changes = [];
            count();
        }
        catch
        {
            _changes = before;
            throw;
        }

        _recounted.Add(tenant);
        foreach (var (key, change) in before)
        {
            if (key.Tenant != tenant)
            {
                _changes.Add(key, change);
            }
        }
    }

    /// <summary>Writes what was gathered, at the end of a transaction.</summary>
    public void Write()
    {
        foreach (var ((tenant, kind, group, day), change) in _changes)
        {
            if (change == default)
            {
                continue;
            }

            // whole units and cents apart: hundredths of many large amounts would not fit 64 bits
            var (units, cents) = Int128.DivRem(change.Hundredths, 100);
            _session.Prepare(Upsert)
                .Add(tenant.Number).Add(kind).Add(group).Add(day).Add(change.Count).Add((long)units).Add((long)cents).Run();
        }
    }

    public void Commit()
    {
        _reloaded.UnionWith(_recounted);
        foreach (var ((tenant, kind, group, _), change) in _changes)
        {
            if (_recounted.Contains(tenant))
            {
                continue;
            }

            // one commit is one change of a page: whoever copies it must not see half of a move from one total to another
            if (!_pages.TryGetValue((tenant.Name, kind), out var page))
            {
                _pages.Add((tenant.Name, kind), page = []);
            }

            page.Add(new(group, change));
        }

        RollBack();
    }

    /// <summary>What was committed is on disk: enters it into the book.</summary>
    public void Publish()
    {
        foreach (var tenant in _reloaded)
        {
            Load(tenant);
        }

        _reloaded.Clear();
        foreach (var ((tenant, kind), page) in _pages)
        {
            if (page.Count > 0)
            {
                Book.Apply(tenant, kind, page);
                page.Clear();
            }
        }
    }

    public void RollBack()
    {
        _changes.Clear();
        _recounted.Clear();
    }

    /// <summary>Reads a tenant's totals anew from its rows.</summary>
    private void Load(TenantLog tenant)
    {
        var rows = _session.Prepare($"select kind, grp, {SqliteStore.TallySums} from tally where tenant=? group by kind, grp").Add(tenant.Number);
        var totals = new List<(string Kind, KeyValuePair<string, TallyTotal> Total)>();
        while (rows.Step())
        {
            totals.Add((rows.Text(0)!, new(rows.Text(1)!, SqliteStore.ReadTally(rows, 2)))); // not null by schema
        }

        rows.Reset();
        Book.Replace(tenant.Name, totals.ToLookup(total => total.Kind, total => total.Total));
    }
}
