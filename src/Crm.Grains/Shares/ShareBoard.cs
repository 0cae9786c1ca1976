using static Crm.Grains.Shares.ShareEvent;

namespace Crm.Grains.Shares;

/// <summary>One share that holds. An ended one has no card.</summary>
/// <param name="WithKind"><c>user</c> or <c>department</c>.</param>
/// <param name="Right"><c>read</c> or <c>edit</c>.</param>
public sealed record ShareCard(Guid Id, long Version, string Kind, Guid RecordId, string WithKind, Guid WithId, string Right, Guid ById, DateTimeOffset At) : ICard;

public static class ShareBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static ShareCard? Project(ShareCard? card, Recorded<ShareEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Gave e) => new(r.Id, r.Version, e.Kind, e.RecordId, e.WithKind, e.WithId, e.Right, r.By, r.At),
        ({ } known, RightChanged e) => known with { Version = r.Version, Right = e.To },
        (_, WasEnded) => null,
        _ => card,
    };
}
