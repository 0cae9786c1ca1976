using static Crm.Grains.Factors.FactorEvent;

namespace Crm.Grains.Factors;

/// <summary>What one person can prove themselves with, as administrators see it. The id is the user's.</summary>
/// <param name="OwnerId">The same: what somebody can prove themselves with is nobody else's business but the administrators'.</param>
/// <param name="Company">The issuer of the linked company account.</param>
public sealed record FactorCard(Guid Id, long Version, Guid OwnerId, bool Totp, DateTimeOffset? TotpSince, IReadOnlyList<FactorPasskey> Passkeys, string? Company) : ICard;

/// <param name="Id">The credential's id, in base64url.</param>
public sealed record FactorPasskey(string Id, string Name, DateTimeOffset AddedAt);

public static class FactorBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static FactorCard? Project(FactorCard? card, Recorded<FactorEvent> r) =>
        r.Version <= (card?.Version ?? 0) ? card : Changed(card ?? new(r.Id, 0, r.Id, Totp: false, null, [], null), r.Event, r.At) with { Version = r.Version };

    private static FactorCard Changed(FactorCard card, FactorEvent happened, DateTimeOffset at) => happened switch
    {
        TotpEnrolled => card with { Totp = true, TotpSince = at },
        TotpRemoved => card with { Totp = false, TotpSince = null },
        PasskeyAdded e => card with { Passkeys = [.. card.Passkeys, new(e.CredentialId, e.Name, at)] },
        PasskeyRemoved e => card with { Passkeys = [.. card.Passkeys.Where(passkey => passkey.Id != e.CredentialId)] },
        CompanyLinked e => card with { Company = e.Issuer },
        WasReset => card with { Totp = false, TotpSince = null, Passkeys = [], Company = null },
        _ => card,
    };
}
