using static Crm.Grains.Attachments.AttachmentEvent;

namespace Crm.Grains.Attachments;

/// <summary>A file of a record.</summary>
/// <param name="Status"><c>attached</c>, <c>removed</c>, or <c>purged</c> when its bytes are gone.</param>
/// <param name="ById">Who attached it.</param>
/// <param name="RestorableUntil">How long a removed one can be brought back; null for others.</param>
public sealed record AttachmentCard(
    Guid Id, long Version, string Kind, Guid RecordId, string Name, string MediaType, long Bytes, string Sha256, string Status, Guid ById, DateTimeOffset At, DateTimeOffset? RestorableUntil) : ICard;

public static class AttachmentBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static AttachmentCard? Project(AttachmentCard? card, Recorded<AttachmentEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, WasAttached e) => new(r.Id, r.Version, e.Kind, e.RecordId, e.Name, e.MediaType, e.Bytes, e.Sha256, "attached", r.By, r.At, null),
        ({ } known, WasRemoved e) => known with { Version = r.Version, Status = "removed", RestorableUntil = e.Until },
        ({ } known, WasRestored) => known with { Version = r.Version, Status = "attached", RestorableUntil = null },
        ({ } known, WasPurged) => known with { Version = r.Version, Status = "purged", RestorableUntil = null },
        (_, WasErased) => null,
        _ => card,
    };

    /// <summary>What a file adds to the files of its tenant: its bytes, by its status; nothing when they are gone.</summary>
    public static IReadOnlyList<Tally> Tallies(AttachmentCard card) => card.Status == "purged" ? [] : [new(card.Status, Count: 1, card.Bytes)];
}
