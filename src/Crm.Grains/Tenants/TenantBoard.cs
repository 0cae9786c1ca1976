using static Crm.Grains.Tenants.TenantEvent;

namespace Crm.Grains.Tenants;

/// <summary>A tenant as its administrators and the operator see it.</summary>
/// <param name="Status"><c>active</c> or <c>suspended</c>.</param>
/// <param name="ModulesOff">Keys of the modules that are switched off.</param>
/// <param name="Reason">Why it is suspended, if somebody said so.</param>
/// <param name="FileMegabytes">How much its files may take, in MB of 1,048,576 bytes; 0 for no limit, null for what the server's settings say.</param>
public sealed record TenantCard(
    Guid Id, long Version, string Name, string Currency, string TimeZone, string Locale, string Status, IReadOnlyList<string> ModulesOff,
    DateTimeOffset OpenedAt, DateTimeOffset? SuspendedAt, string? Reason, int? FileMegabytes = null) : ICard;

public static class TenantBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static TenantCard? Project(TenantCard? card, Recorded<TenantEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Opened { Settings: var s }) => new(r.Id, r.Version, s.Name, s.Currency, s.TimeZone, s.Locale, "active", [], OpenedAt: r.At, SuspendedAt: null, Reason: null),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version },
        _ => card,
    };

    private static TenantCard Changed(TenantCard card, TenantEvent happened, DateTimeOffset at) => happened switch
    {
        Amended e => With(card, new TenantSettings(card.Name, card.Currency, card.TimeZone, card.Locale).With(e.Changes)),
        ModuleSwitched e => card with { ModulesOff = TenantRules.Switched(card.ModulesOff, e) },
        FilesLimited e => card with { FileMegabytes = e.Megabytes },
        WasSuspended e => card with { Status = "suspended", SuspendedAt = at, Reason = e.Reason },
        WasResumed => card with { Status = "active", SuspendedAt = null, Reason = null },
        _ => card,
    };

    private static TenantCard With(TenantCard card, TenantSettings settings) =>
        card with { Name = settings.Name, Currency = settings.Currency, TimeZone = settings.TimeZone, Locale = settings.Locale };
}
