namespace Crm.Grains.Tenants;

/// <summary>Every "no" of a tenant.</summary>
public static class TenantRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such tenant.");
    public static readonly Refusal Suspended = new(RefusalKind.Forbidden, "tenant-suspended", "This organisation is suspended; ask whoever runs the server.");
    public static readonly Refusal TimeZoneUnknown = Refusal.Invalid("time-zone-unknown", "A time zone is one of the IANA database, such as Asia/Shanghai.", "timeZone");
    public static readonly Refusal CurrencyUnknown = Refusal.Invalid("currency-unknown", "The currency is not an ISO 4217 code in use.", "currency");
    public static readonly Refusal FileLimitOutOfRange = Refusal.Invalid("out-of-range", $"The limit of files is 0 to {TenantRules.MostFileMegabytes} MB; 0 is none.", "megabytes");
}
