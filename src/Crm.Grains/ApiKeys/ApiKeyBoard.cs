using static Crm.Grains.ApiKeys.ApiKeyEvent;

namespace Crm.Grains.ApiKeys;

/// <summary>One key in the list of API keys; never the key itself.</summary>
/// <param name="Role">A key of the role book.</param>
/// <param name="Scopes">What it may be used for, see <see cref="ApiKeyRules.Everything"/>.</param>
/// <param name="RequestsPerSecond">Its own limit; null for the server's.</param>
/// <param name="OldKeyUntil">After a rotation: how long the key before it still works.</param>
public sealed record ApiKeyCard(
    Guid Id, long Version, string Name, string Role, bool Active, DateTimeOffset CreatedAt, IReadOnlyList<string>? Scopes = null, int? RequestsPerSecond = null,
    DateTimeOffset? RotatedAt = null, DateTimeOffset? OldKeyUntil = null) : ICard;

public static class ApiKeyBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static ApiKeyCard? Project(ApiKeyCard? card, Recorded<ApiKeyEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Issued e) => new(r.Id, r.Version, e.Name, e.Role, Active: true, r.At, [ApiKeyRules.Everything]),
        (_, Scoped e) => new(r.Id, r.Version, e.Name, e.Role, Active: true, r.At, e.Scopes, e.RequestsPerSecond),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version },
        _ => card,
    };

    private static ApiKeyCard Changed(ApiKeyCard card, ApiKeyEvent happened, DateTimeOffset at) => happened switch
    {
        Rescoped e => card with { Scopes = e.To, RequestsPerSecond = e.RequestsPerSecond },
        Rotated e => card with { RotatedAt = at, OldKeyUntil = e.OldKeyUntil },
        Revoked => card with { Active = false },
        _ => card,
    };
}
