using Crm.Runtime.Cards;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>The grains' rows and what hangs on them: search, clocks, tallies.</summary>
internal sealed class SqliteRows
{
    private readonly SqliteSession _session;
    private readonly SqliteTallies _tallies;
    private readonly Dictionary<string, SqliteKind> _kinds;

    public SqliteRows(SqliteSession session, SqliteTallies tallies, IEnumerable<IGrainBehaviour> behaviours)
    {
        (_session, _tallies) = (session, tallies);
        _kinds = behaviours.ToDictionary(b => b.Kind, b => new SqliteKind(b.Cards, b.IsSearched), StringComparer.Ordinal);
    }

    public static StoredGrain Read(SqliteStatement row) =>
        new(row.Guid(0), row.Long(1), new GrainRow { Number = row.Long(2), LastPosition = row.Long(3) }, row.Blob(4), row.BlobOrNull(5));

    /// <summary>Whether the grain is at the version that the write was judged on.</summary>
    public bool IsCurrent(GrainWrite write)
    {
        if (write.Row.IsLost)
        {
            return false;
        }

        var row = _session.Prepare(_kinds[write.Grain.Kind].Version).Add(write.Grain.Key);
        var (version, number) = row.Step() ? (row.Long(0), row.Long(1)) : (0, 0);
        row.Reset();
        return version == write.FromVersion && number == write.Row.Number;
    }

    /// <summary>Writes the grain's row, a new one under a number of choice, and all that hangs on it.</summary>
    /// <returns>False when the grain is at another version; nothing is written then.</returns>
    public bool TryWrite(GrainWrite write, TenantLog tenant, long last, long? number = null)
    {
        var kind = _kinds[write.Grain.Kind];
        if (write.Row.Number != 0 ? !TryUpdate(write, tenant, kind, last) : write.FromVersion != 0 || !TryInsert(write, tenant, kind, last, number))
        {
            return false;
        }

        WriteTerms(write, tenant, kind);
        WriteClocks(write, tenant);
        _tallies.Add(write, tenant);
        return true;
    }

    /// <summary>Removes all rows of a tenant.</summary>
    /// <returns>The number of each row: grains keep theirs, so that those in memory and cursors into lists stay right.</returns>
    public Dictionary<(string Kind, Guid Key), long> Drop(TenantLog tenant)
    {
        var numbers = new Dictionary<(string, Guid), long>();
        foreach (var (kind, statements) in _kinds)
        {
            var rows = _session.Prepare($"select key, id from g_{kind} where tenant=?").Add(tenant.Number);
            while (rows.Step())
            {
                numbers.Add((kind, rows.Guid(0)), rows.Long(1));
            }

            rows.Reset();
            if (statements.DeleteTerms is not null)
            {
                _session.Prepare($"delete from s_{kind} where rowid in (select id from g_{kind} where tenant=?)").Add(tenant.Number).Run();
            }

            _session.Prepare($"delete from g_{kind} where tenant=?").Add(tenant.Number).Run();
        }

        foreach (var table in (ReadOnlySpan<string>)["claim", "clock", "tally"])
        {
            _session.Prepare($"delete from {table} where tenant=?").Add(tenant.Number).Run();
        }

        return numbers;
    }

    private bool TryInsert(GrainWrite write, TenantLog tenant, SqliteKind kind, long last, long? number)
    {
        var row = _session.Prepare(kind.Insert).Add(CardValue.Of(number)).Add(write.Grain.Key).Add(tenant.Number);
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
        return true;
    }

    private bool TryUpdate(GrainWrite write, TenantLog tenant, SqliteKind kind, long last)
    {
        var row = _session.Prepare(kind.UpdateOf(write.Changed, write.ListingChanges)).Add(write.ToVersion).Add(last).Add(write.State).Add(write.Card);
        if (write.ListingChanges)
        {
            BindListed(row, write, tenant);
        }

        BindColumns(row, write, kind, write.Changed);
        // the key too: should a number ever be another row's, that row is safe
        row.Add(write.Row.Number).Add(write.Grain.Key).Add(write.FromVersion).Run();
        return _session.Changes > 0;
    }

    private void WriteTerms(GrainWrite write, TenantLog tenant, SqliteKind kind)
    {
        if (write.SearchTerms is not { } terms || kind.DeleteTerms is null)
        {
            return;
        }

        if (write.FromVersion > 0)
        {
            _session.Prepare(kind.DeleteTerms).Add(write.Row.Number).Run();
        }

        if (terms.Length > 0)
        {
            CardValue? scope = kind.Scope is { } field && write.Columns is { } columns ? columns[field.Ordinal] : null;
            _session.Prepare(kind.InsertTerms).Add(write.Row.Number).Add(SqliteSearch.Tokens(tenant.SearchPrefix, terms, scope)).Run();
        }
    }

    private void WriteClocks(GrainWrite write, TenantLog tenant)
    {
        foreach (var name in write.ClocksStopped)
        {
            _session.Prepare("delete from clock where key=? and kind=? and name=?").Add(write.Grain.Key).Add(write.Grain.Kind).Add(name).Run();
        }

        foreach (var clock in write.ClocksSet)
        {
            _session.Prepare("insert or replace into clock(key, name, tenant, kind, due) values(?,?,?,?,?)")
                .Add(write.Grain.Key).Add(clock.Name).Add(tenant.Number).Add(write.Grain.Kind).Add(clock.DueAt.ToUnixTimeMilliseconds()).Run();
        }
    }

    private static SqliteStatement BindListed(SqliteStatement row, GrainWrite write, TenantLog tenant) =>
        write.Card is null ? row.AddNull() : row.Add(tenant.Number);

    private static void BindColumns(SqliteStatement row, GrainWrite write, SqliteKind kind, ulong changed)
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
}
