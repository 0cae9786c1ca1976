using static Crm.Grains.Exports.ExportEvent;

namespace Crm.Grains.Exports;

/// <summary>One export in the list of exports.</summary>
/// <param name="OwnerId">Who has requested it: a person or an API key.</param>
/// <param name="Role">The requester's role then.</param>
/// <param name="Status"><c>denied</c>, <c>waiting</c>, <c>queued</c>, <c>running</c>, <c>done</c>, <c>refused</c>, <c>failed</c> or <c>expired</c>.</param>
/// <param name="Rows">As counted when requested; of a done one, as written.</param>
/// <param name="DecidedById">Who approved or refused it.</param>
/// <param name="Reason">Why it was refused or failed.</param>
public sealed record ExportCard(
    Guid Id, long Version, Guid OwnerId, string Role, string Slice, string Format, string? Filter, string? Sort, string? Q, string? Fields, string Status, int Rows, int Kilobytes,
    DateTimeOffset RequestedAt, Guid? DecidedById, string? Reason, DateTimeOffset? KeptUntil, int Downloads) : ICard;

public static class ExportBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static ExportCard? Project(ExportCard? card, Recorded<ExportEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Requested e) => New(r, e.Order, e.RequesterId, e.Role, e.NeedsApproval ? "waiting" : "queued", e.Rows),
        (_, Denied e) => New(r, e.Order, e.RequesterId, "", "denied", 0),
        ({ } known, var e) => Changed(known, e) with { Version = r.Version },
        _ => card,
    };

    private static ExportCard New(Recorded<ExportEvent> r, ExportOrder order, Guid requester, string role, string status, int rows) => new(
        r.Id, r.Version, requester, role, order.Slice, order.Format, order.Filter, order.Sort, order.Q, order.Fields, status, rows, 0, r.At, null, null, null, 0);

    private static ExportCard Changed(ExportCard card, ExportEvent happened) => happened switch
    {
        Approved e => card with { Status = "queued", DecidedById = e.ById },
        Refused e => card with { Status = "refused", DecidedById = e.ById, Reason = e.Reason },
        Started => card with { Status = "running" },
        Finished e => card with { Status = "done", Rows = e.Rows, Kilobytes = e.Kilobytes, KeptUntil = e.KeptUntil },
        Failed e => card with { Status = "failed", Reason = e.Reason },
        Downloaded => card with { Downloads = card.Downloads + 1 },
        Expired => card with { Status = "expired" },
        _ => card,
    };
}
