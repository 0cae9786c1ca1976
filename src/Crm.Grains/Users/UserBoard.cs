using static Crm.Grains.Users.UserEvent;

namespace Crm.Grains.Users;

/// <summary>One person in the list of users.</summary>
/// <param name="Role">A key of the role book.</param>
/// <param name="Locale"><c>zh-CN</c> or <c>en</c>.</param>
/// <param name="Region">The region this person works for; null is the department's.</param>
public sealed record UserCard(
    Guid Id, long Version, string Name, string Login, string Role, bool Active, string Locale,
    Guid? DepartmentId, string? Position, Guid? SuperiorId, string? Region) : ICard;

public static class UserBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static UserCard? Project(UserCard? card, Recorded<UserEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Registered e) => new(r.Id, r.Version, e.Name, e.Login, e.Role, Active: true, e.Locale, e.DepartmentId, e.Position, e.SuperiorId, e.Region),
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
        "departmentId" => card with { DepartmentId = Changes.ReadId(change.To) },
        "position" => card with { Position = change.To },
        "superiorId" => card with { SuperiorId = Changes.ReadId(change.To) },
        "region" => card with { Region = change.To },
        _ => card,
    };
}
