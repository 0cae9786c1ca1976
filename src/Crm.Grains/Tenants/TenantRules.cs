using System.Diagnostics;
using static Crm.Grains.Tenants.TenantCommand;
using static Crm.Grains.Tenants.TenantEvent;

namespace Crm.Grains.Tenants;

/// <summary>A tenant's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class TenantRules
{
    public static readonly IReadOnlySet<string> Locales = new HashSet<string> { "zh-CN", "en" };

    /// <summary>Largest limit of a tenant's files, in MB: a petabyte.</summary>
    public const int MostFileMegabytes = 1_024 * 1_024 * 1_024;

    /// <summary>Says what <paramref name="command"/> does to <paramref name="tenant"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="TenantRefusals"/> entry.</returns>
    public static Decision<TenantEvent> Decide(Tenant tenant, TenantCommand command, DateTimeOffset now) => (tenant, command) switch
    {
        (Tenant.Unknown, Open o) when Wrong(SettingsOf(o)) is { } wrong => wrong,                               // TN1
        (Tenant.Unknown, Open o) => [new Opened(SettingsOf(o))],
        (Tenant.Unknown, _) => TenantRefusals.NotFound,
        (_, Open) => [],                                                                                        // TN2
        (_, SwitchModule s) when Check.Slug("module", s.Module) is { } wrong => wrong,
        (_, LimitFiles { Megabytes: < 0 or > MostFileMegabytes }) => TenantRefusals.FileLimitOutOfRange,        // TN6
        (_, Suspend s) when Check.Line("reason", s.Reason) is { } wrong => wrong,
        (Tenant.Active active, Amend a) => Amending(active.Settings, a),                                        // TN3
        (Tenant.Active active, SwitchModule s) => active.ModulesOff.Contains(s.Module) != s.On ? [] : [new ModuleSwitched(s.Module, s.On)],  // TN4
        (Tenant.Active active, LimitFiles l) => Limiting(active.FileMegabytes, l),                              // TN6
        (Tenant.Suspended suspended, LimitFiles l) => Limiting(suspended.FileMegabytes, l),                     // TN6
        (Tenant.Active, Suspend s) => [new WasSuspended(Normal.Text(s.Reason))],                                // TN5
        (Tenant.Active, Resume) => [],
        (Tenant.Suspended, Resume) => [new WasResumed()],
        (Tenant.Suspended, Suspend) => [],
        (Tenant.Suspended, Amend or SwitchModule) => TenantRefusals.Suspended,                                  // TN5
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {tenant.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Tenant Evolve(Tenant tenant, TenantEvent happened) => (tenant, happened) switch
    {
        (_, Opened e) => new Tenant.Active(e.Settings, []),
        (Tenant.Active active, Amended e) => active with { Settings = active.Settings.With(e.Changes) },
        (Tenant.Active active, ModuleSwitched e) => active with { ModulesOff = Switched(active.ModulesOff, e) },
        (Tenant.Active active, FilesLimited e) => active with { FileMegabytes = e.Megabytes },
        (Tenant.Suspended suspended, FilesLimited e) => suspended with { FileMegabytes = e.Megabytes },
        (Tenant.Active active, WasSuspended) => new Tenant.Suspended(active.Settings, active.ModulesOff, active.FileMegabytes),
        (Tenant.Suspended suspended, WasResumed) => new Tenant.Active(suspended.Settings, suspended.ModulesOff, suspended.FileMegabytes),
        _ => tenant,
    };

    public static Holder Holder(Tenant tenant) => tenant is Tenant.Unknown ? default : new(OwnerId: null, Exists: true);

    /// <summary>The modules that are off after one was switched, in order of their keys.</summary>
    internal static IReadOnlyList<string> Switched(IReadOnlyList<string> off, ModuleSwitched happened) =>
        [.. (happened.On ? off.Where(module => module != happened.Module) : off.Append(happened.Module)).Distinct().Order(StringComparer.Ordinal)];

    private static Decision<TenantEvent> Limiting(int? now, LimitFiles l) => now == l.Megabytes ? [] : [new FilesLimited(l.Megabytes)];

    private static TenantSettings SettingsOf(Open o) => new(o.Name?.Trim() ?? "", o.Currency, o.TimeZone, o.Locale);

    private static Decision<TenantEvent> Amending(TenantSettings settings, Amend a)
    {
        var changes = new Changes()
            .Text("name", settings.Name, a.Name).Text("currency", settings.Currency, a.Currency)
            .Text("timeZone", settings.TimeZone, a.TimeZone).Text("locale", settings.Locale, a.Locale).ToList();
        return changes.Count == 0 ? [] : Wrong(settings.With(changes)) is { } wrong ? wrong : [new Amended(changes)];
    }

    private static Refusal? Wrong(TenantSettings settings) =>
        Check.Required("name", settings.Name)
        ?? (settings.Currency is { } currency && Currencies.Knows(currency) ? null : TenantRefusals.CurrencyUnknown)
        ?? (IsTimeZone(settings.TimeZone) ? null : TenantRefusals.TimeZoneUnknown)
        ?? Check.Required("locale", settings.Locale)
        ?? Check.OneOf("locale", settings.Locale, Locales);

    /// <summary>IANA names only: others are known on some machines and not on others.</summary>
    private static bool IsTimeZone(string? id) =>
        id is { Length: > 0 and <= 100 } && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId && zone.Id == id;
}
