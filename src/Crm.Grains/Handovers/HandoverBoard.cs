using static Crm.Grains.Handovers.HandoverEvent;

namespace Crm.Grains.Handovers;

/// <summary>One hand-over with its progress.</summary>
/// <param name="Status"><c>running</c>, <c>done</c>, <c>undoing</c> or <c>undone</c>.</param>
/// <param name="Planned">What there was to give when it was asked for, by slice.</param>
/// <param name="Given">What was given so far, by slice.</param>
/// <param name="Refused">Records that could not be given.</param>
/// <param name="Kept">Records that an undo left because people had changed them.</param>
public sealed record HandoverCard(
    Guid Id, long Version, Guid FromId, IReadOnlyList<Guid> To, IReadOnlyList<HandoverShare> Shares, string Status, bool WasActive,
    IReadOnlyList<HandoverCount> Planned, IReadOnlyList<HandoverCount> Given, int Refused, int Undone, int Kept,
    Guid ById, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset? UndoUntil) : ICard;

public static class HandoverBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static HandoverCard? Project(HandoverCard? card, Recorded<HandoverEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Requested e) => new(
            r.Id, r.Version, e.FromId, e.To, e.Shares, "running", e.WasActive, e.Planned, Given: [], Refused: 0, Undone: 0, Kept: 0, r.By, StartedAt: r.At, EndedAt: null, UndoUntil: null),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version },
        _ => card,
    };

    private static HandoverCard Changed(HandoverCard card, HandoverEvent happened, DateTimeOffset at) => happened switch
    {
        Progressed e => card with { Given = e.Given, Refused = e.Refused },
        Finished e => card with { Status = "done", EndedAt = at, UndoUntil = e.UndoUntil },
        UndoRequested => card with { Status = "undoing" },
        UndoProgressed e => card with { Undone = e.Undone, Kept = e.Kept },
        UndoFinished => card with { Status = "undone", EndedAt = at },
        _ => card,
    };
}
