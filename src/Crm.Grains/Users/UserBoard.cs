using static Crm.Grains.Users.UserEvent;

namespace Crm.Grains.Users;

/// <summary>One person in the list of users.</summary>
/// <param name="Role"><c>admin</c> or <c>sales</c>.</param>
/// <param name="Locale"><c>zh-CN</c> or <c>en</c>.</param>
public sealed record UserCard(Guid Id, long Version, string Name, string Login, string Role, bool Active, string Locale) : ICard;

public static class UserBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static UserCard? Project(UserCard? card, Recorded<UserEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Registered e) => new(r.Id, r.Version, e.Name, e.Login, e.Role, Active: true, e.Locale),
        ({ } known, var e) => Changed(known, e) with { Version = r.Version },
        _ => card,
    };

    private static UserCard Changed(UserCard card, UserEvent happened) => happened switch
    {
        Amended e => e.Changes.Aggregate(card, With),
        Activated => card with { Active = true },
        Deactivated => card with { Active = false },
        LocaleSet e => card with { Locale = e.To },
        _ => card,
    };

    private static UserCard With(UserCard card, FieldChange change) => change.Field switch
    {
        "name" => card with { Name = change.To ?? card.Name },
        "role" => card with { Role = change.To ?? card.Role },
        _ => card,
    };
}
