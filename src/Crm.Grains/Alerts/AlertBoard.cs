using static Crm.Grains.Alerts.AlertEvent;

namespace Crm.Grains.Alerts;

/// <summary>One alert on the page of alerts.</summary>
/// <param name="OwnerId">Whom it is for besides the administrators: the person's manager.</param>
/// <param name="Status"><c>open</c> or <c>released</c>. What the step does to the person lasts while it is open.</param>
public sealed record AlertCard(
    Guid Id, long Version, string Type, Guid PersonId, Guid? OwnerId, string? Slice, int Count, int Usual, string Step, string Status,
    DateTimeOffset RaisedAt, DateTimeOffset? ReleasedAt, Guid? ReleasedById, string? Note) : ICard;

public static class AlertBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static AlertCard? Project(AlertCard? card, Recorded<AlertEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Raised e) => new(r.Id, r.Version, e.Type, e.PersonId, e.ManagerId, e.Slice, e.Count, e.Usual, e.Step, "open", r.At, null, null, null),
        ({ } known, Released e) => known with { Version = r.Version, Status = "released", ReleasedAt = r.At, ReleasedById = r.By, Note = e.Note },
        _ => card,
    };
}
