using static Crm.Grains.CompanySignIns.CompanySignInEvent;

namespace Crm.Grains.CompanySignIns;

/// <summary>A tenant's company sign-in as administrators see it; never its secret.</summary>
/// <param name="HasSecret">Whether a client secret is kept.</param>
public sealed record CompanySignInCard(Guid Id, long Version, string Label, string Issuer, string ClientId, bool Enabled, bool HasSecret) : ICard;

public static class CompanySignInBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static CompanySignInCard? Project(CompanySignInCard? card, Recorded<CompanySignInEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Configured e) => new(r.Id, r.Version, e.Label, e.Issuer, e.ClientId, e.Enabled, card?.HasSecret ?? false),
        ({ } known, SecretSet) => known with { Version = r.Version, HasSecret = true },
        _ => card,
    };
}
