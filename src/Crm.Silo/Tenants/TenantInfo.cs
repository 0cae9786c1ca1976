using Crm.Grains.Tenants;

namespace Crm.Silo.Tenants;

/// <summary>What the server must know of an organisation to work for it.</summary>
/// <param name="Currency">ISO 4217; of amounts that name none.</param>
/// <param name="TimeZone">Whose calendar days and months count.</param>
/// <param name="Locale"><c>zh-CN</c> or <c>en</c>; of users who name none.</param>
/// <param name="IsSuspended">It keeps everything and does nothing.</param>
/// <param name="FileMegabytes">How much its files may take; 0 for no limit, null for what the settings say.</param>
public sealed record TenantInfo(string Key, string Name, string Currency, TimeZoneInfo TimeZone, string Locale = "zh-CN", bool IsSuspended = false, int? FileMegabytes = null)
{
    /// <summary>The tenant as its card says; its own key and the defaults before there is one.</summary>
    public static TenantInfo Of(string key, TenantCard? card) => card is null
        ? new(key, key, "CNY", TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"))
        : new(key, card.Name, card.Currency, ZoneOf(card.TimeZone), card.Locale, card.Status == "suspended", card.FileMegabytes);

    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, TimeZone).DateTime);

    /// <summary>The first moment of a calendar day.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new(local, TimeZone.GetUtcOffset(local));
    }

    /// <summary>A zone that was known where it was set may not be known here; the data can be read all the same.</summary>
    private static TimeZoneInfo ZoneOf(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Utc;
}
