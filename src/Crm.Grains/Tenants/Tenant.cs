using System.Text.Json.Serialization;

namespace Crm.Grains.Tenants;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="TenantCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Active), "active")]
[JsonDerivedType(typeof(Suspended), "suspended")]
public abstract record Tenant
{
    private Tenant() { }

    public static Tenant Initial { get; } = new Unknown();

    public sealed record Unknown : Tenant;

    /// <param name="ModulesOff">Keys of the modules that are switched off.</param>
    /// <param name="FileMegabytes">See <see cref="TenantCard"/>.</param>
    public sealed record Active(TenantSettings Settings, IReadOnlyList<string> ModulesOff, int? FileMegabytes = null) : Tenant;

    /// <inheritdoc cref="Active"/>
    public sealed record Suspended(TenantSettings Settings, IReadOnlyList<string> ModulesOff, int? FileMegabytes = null) : Tenant;
}

/// <summary>How a tenant is called and how it counts.</summary>
/// <param name="Currency">ISO 4217; of amounts that name none.</param>
/// <param name="TimeZone">Of the IANA database; whose calendar days and months count.</param>
/// <param name="Locale"><c>zh-CN</c> or <c>en</c>; of users who name none.</param>
public sealed record TenantSettings(string Name, string Currency, string TimeZone, string Locale)
{
    /// <summary>The settings after some changes.</summary>
    public TenantSettings With(IReadOnlyList<FieldChange> changes) => changes.Aggregate(this, static (settings, change) => change.Field switch
    {
        "name" => settings with { Name = change.To ?? "" },
        "currency" => settings with { Currency = change.To ?? "" },
        "timeZone" => settings with { TimeZone = change.To ?? "" },
        "locale" => settings with { Locale = change.To ?? "" },
        _ => settings,
    });
}
