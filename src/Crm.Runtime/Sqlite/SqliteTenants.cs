using System.Collections.Concurrent;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>A tenant's end of the journal. <see cref="AnsweredHead"/> follows once a commit is on disk.</summary>
internal sealed class TenantLog(string name, long number, byte[] root)
{
    private long _answeredHead;

    public string Name { get; } = name;

    public long Number { get; } = number;

    /// <summary>What the tenant's tokens in the search index begin with.</summary>
    public string SearchPrefix { get; } = SqliteSearch.PrefixOf(number);

    /// <summary>The newest position, of the open transaction too. For the writer's thread.</summary>
    public long Head { get; set; }

    /// <summary>The hash of the newest entry. For the writer's thread.</summary>
    public byte[] Hash { get; set; } = root;

    /// <summary>The newest position that is on disk. For every thread.</summary>
    public long AnsweredHead
    {
        get => Volatile.Read(ref _answeredHead);
        set => Volatile.Write(ref _answeredHead, value);
    }
}

/// <summary>The tenants and where each one's journal ends. Changed by the writer, read by all.</summary>
internal sealed class SqliteTenants
{
    private readonly SqliteSession _session;
    private readonly ConcurrentDictionary<string, TenantLog> _tenants = new(StringComparer.Ordinal);
    private readonly List<(TenantLog Tenant, long Head, byte[] Hash)> _before = [];
    private readonly List<string> _added = [];
    private readonly List<TenantLog> _removed = [];
    private readonly List<(TenantLog Tenant, long Head)> _committed = [];

    public SqliteTenants(SqliteSession session)
    {
        _session = session;
        Load();
    }

    public IReadOnlyCollection<string> Names => [.. _tenants.Keys];

    public IReadOnlyCollection<TenantLog> All => [.. _tenants.Values];

    public TenantLog? Find(string name) => _tenants.GetValueOrDefault(name);

    /// <summary>The tenant's number, or -1 when nothing was ever written for it.</summary>
    public long NumberOf(string name) => Find(name)?.Number ?? -1;

    public long HeadOf(string name) => Find(name)?.AnsweredHead ?? 0;

    /// <summary>The tenant, made when new.</summary>
    public TenantLog Of(string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant))
        {
            _session.Prepare("insert into tenant(name) values(?) on conflict do nothing").Add(name).Run();
            var number = _session.Prepare("select number from tenant where name=?").Add(name).ReadLong();
            _tenants[name] = tenant = new(name, number, HashChain.Root(name));
            _added.Add(name);
        }

        return tenant;
    }

    /// <summary>Forgets a tenant whose rows are gone.</summary>
    public void Remove(TenantLog tenant)
    {
        _tenants.TryRemove(tenant.Name, out _);
        _removed.Add(tenant);
    }

    /// <summary>Notes where a tenant's log stood before this transaction, once.</summary>
    public void Remember(TenantLog tenant)
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

    public void Commit()
    {
        foreach (var (tenant, _, _) in _before)
        {
            _committed.Add((tenant, tenant.Head));
        }

        Forget();
    }

    /// <summary>What was committed is on disk.</summary>
    public void Publish()
    {
        foreach (var (tenant, head) in _committed)
        {
            tenant.AnsweredHead = head;
        }

        _committed.Clear();
    }

    public void RollBack()
    {
        foreach (var (tenant, head, hash) in _before)
        {
            (tenant.Head, tenant.Hash) = (head, hash);
        }

        foreach (var name in _added)
        {
            // its number is free again and would be given to another
            _tenants.TryRemove(name, out _);
        }

        foreach (var tenant in _removed)
        {
            _tenants[tenant.Name] = tenant;
        }

        Forget();
    }

    private void Forget()
    {
        _removed.Clear();
        _before.Clear();
        _added.Clear();
    }

    private void Load()
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
        }
    }
}
