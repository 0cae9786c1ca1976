namespace Crm.Silo.Tenants;

/// <summary>What the server must know of an organisation to work for it.</summary>
/// <param name="Currency">ISO 4217; of amounts that name none.</param>
/// <param name="TimeZone">Whose calendar days and months count.</param>
public sealed record TenantInfo(string Key, string Name, string Currency, TimeZoneInfo TimeZone)
{
    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, TimeZone).DateTime);

    /// <summary>The first moment of a calendar day.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new(local, TimeZone.GetUtcOffset(local));
    }
}

/// <summary>The organisations this server works for.</summary>
public sealed class TenantDirectory
{
    private readonly Dictionary<string, TenantInfo> _tenants = new(StringComparer.Ordinal);

    public static TenantInfo Default(string key) => new(key, key, "CNY", TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));

    public TenantInfo Find(string key)
    {
        lock (_tenants)
        {
            if (!_tenants.TryGetValue(key, out var tenant))
            {
                _tenants[key] = tenant = Default(key);
            }

            return tenant;
        }
    }

    public void Set(TenantInfo tenant)
    {
        lock (_tenants)
        {
            _tenants[tenant.Key] = tenant;
        }
    }
}
