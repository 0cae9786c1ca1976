using static Crm.Grains.Targets.TargetEvent;

namespace Crm.Grains.Targets;

/// <summary>One target as the funnel and the settings show it.</summary>
/// <param name="OwnerId">Null is the whole team.</param>
public sealed record TargetCard(Guid Id, long Version, string Pipeline, string Month, Guid? OwnerId, Money Amount) : ICard;

public static class TargetBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static TargetCard? Project(TargetCard? card, Recorded<TargetEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Agreed e) => new(r.Id, r.Version, e.Pipeline, e.Month, e.OwnerId, e.Amount),
        ({ } known, Changed e) => known with { Amount = e.To, Version = r.Version },
        _ => card,
    };
}
