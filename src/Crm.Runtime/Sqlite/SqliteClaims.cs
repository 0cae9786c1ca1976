using Crm.Runtime.Journal;

namespace Crm.Runtime.Sqlite;

/// <summary>The keys that grains hold, each held by one grain of its tenant.</summary>
internal sealed class SqliteClaims(SqliteSession session)
{
    /// <summary>Whether another grain holds a key that the write claims; who and which is then noted in the write.</summary>
    public bool IsHeldByAnother(GrainWrite write, TenantLog tenant)
    {
        foreach (var claim in write.Claims)
        {
            var row = session.Prepare("select key from claim where tenant=? and name=?").Add(tenant.Number).Add(claim);
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

    public void Take(GrainWrite write, TenantLog tenant)
    {
        foreach (var claim in write.Claims)
        {
            session.Prepare("insert into claim(tenant, name, key) values(?,?,?) on conflict do nothing").Add(tenant.Number).Add(claim).Add(write.Grain.Key).Run();
        }
    }

    public void Release(GrainWrite write, TenantLog tenant)
    {
        foreach (var claim in write.Releases)
        {
            session.Prepare("delete from claim where tenant=? and name=? and key=?").Add(tenant.Number).Add(claim).Add(write.Grain.Key).Run();
        }
    }
}
