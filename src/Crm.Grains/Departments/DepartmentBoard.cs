using static Crm.Grains.Departments.DepartmentEvent;

namespace Crm.Grains.Departments;

/// <summary>One department in the organisation's tree.</summary>
/// <param name="ParentId">Null at the top.</param>
/// <param name="Region">The region its people work for unless they have their own.</param>
public sealed record DepartmentCard(Guid Id, long Version, string Name, Guid? ParentId, Guid? ManagerId, string? Region, bool Open) : ICard;

public static class DepartmentBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static DepartmentCard? Project(DepartmentCard? card, Recorded<DepartmentEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Created e) => new(r.Id, r.Version, e.Name, e.ParentId, e.ManagerId, e.Region, Open: true),
        ({ } known, var e) => Changed(known, e) with { Version = r.Version },
        _ => card,
    };

    private static DepartmentCard Changed(DepartmentCard card, DepartmentEvent happened) => happened switch
    {
        Amended e => e.Changes.Aggregate(card, With),
        Moved e => card with { ParentId = e.To },
        Closed => card with { Open = false },
        Reopened => card with { Open = true },
        _ => card,
    };

    private static DepartmentCard With(DepartmentCard card, FieldChange change) => change.Field switch
    {
        "name" => card with { Name = change.To ?? card.Name },
        "managerId" => card with { ManagerId = Changes.ReadId(change.To) },
        "region" => card with { Region = change.To },
        _ => card,
    };
}
