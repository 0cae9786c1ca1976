namespace Crm.Grains.Policies;

/// <summary>What holds in an organisation.</summary>
public sealed record PolicyCard(Guid Id, long Version, PolicyLimits Limits) : ICard;

public static class PolicyBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static PolicyCard? Project(PolicyCard? card, Recorded<PolicyEvent> r) =>
        r.Version <= card?.Version || r.Event is not PolicyEvent.LimitsSet e ? card : new(r.Id, r.Version, e.To);
}
