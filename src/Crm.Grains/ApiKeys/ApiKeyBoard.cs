using static Crm.Grains.ApiKeys.ApiKeyEvent;

namespace Crm.Grains.ApiKeys;

/// <summary>One key in the list of API keys; never the key itself.</summary>
/// <param name="Role">A key of the role book.</param>
public sealed record ApiKeyCard(Guid Id, long Version, string Name, string Role, bool Active, DateTimeOffset CreatedAt) : ICard;

public static class ApiKeyBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static ApiKeyCard? Project(ApiKeyCard? card, Recorded<ApiKeyEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Issued e) => new(r.Id, r.Version, e.Name, e.Role, Active: true, r.At),
        ({ } known, Revoked) => known with { Active = false, Version = r.Version },
        _ => card,
    };
}
