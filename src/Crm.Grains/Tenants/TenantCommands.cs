using System.Text.Json.Serialization;

namespace Crm.Grains.Tenants;

/// <summary>What may be asked of a tenant. A command states intent and may be refused.</summary>
public abstract record TenantCommand
{
    private TenantCommand() { }

    /// <param name="Currency">ISO 4217.</param>
    /// <param name="TimeZone">Of the IANA database, such as <c>Asia/Shanghai</c>.</param>
    /// <param name="Locale"><c>zh-CN</c> or <c>en</c>.</param>
    public sealed record Open(string Name, string Currency, string TimeZone, string Locale) : TenantCommand;

    /// <summary>What is not given stays.</summary>
    public sealed record Amend(
        Optional<string?> Name = default,
        [property: JsonConverter(typeof(OptionalCodeConverter))] Optional<string?> Currency = default,
        Optional<string?> TimeZone = default,
        [property: JsonConverter(typeof(OptionalCodeConverter))] Optional<string?> Locale = default) : TenantCommand;

    /// <param name="Module">The key of one.</param>
    public sealed record SwitchModule(string Module, bool On) : TenantCommand;

    /// <param name="Megabytes">How much the tenant's files may take, in MB of 1,048,576 bytes; 0 for no limit, null for what the server's settings say.</param>
    public sealed record LimitFiles(int? Megabytes) : TenantCommand;

    /// <param name="Reason">For people; at most 200 characters.</param>
    public sealed record Suspend(string? Reason = null) : TenantCommand;

    public sealed record Resume : TenantCommand;
}
