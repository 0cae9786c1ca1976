using static Crm.Grains.Mails.MailEvent;

namespace Crm.Grains.Mails;

/// <summary>One mail in the outbox. What it says is kept encrypted, outside the journal, until it is out of date.</summary>
/// <param name="OwnerId">For whom it is.</param>
/// <param name="Status"><c>waiting</c>, <c>held</c> or <c>sent</c>.</param>
/// <param name="Attempts">How often it was not taken.</param>
/// <param name="Problem">Why it is held, or what the mail server said last.</param>
public sealed record MailCard(
    Guid Id, long Version, Guid OwnerId, string To, string Topic, string Status, int Attempts, string? Problem, DateTimeOffset QueuedAt, DateTimeOffset? SentAt) : ICard;

public static class MailBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static MailCard? Project(MailCard? card, Recorded<MailEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Queued e) => new(r.Id, r.Version, e.UserId, e.To, e.Topic, "waiting", 0, null, r.At, null),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version },
        _ => card,
    };

    private static MailCard Changed(MailCard card, MailEvent happened, DateTimeOffset at) => happened switch
    {
        Delivered => card with { Status = "sent", Problem = null, SentAt = at },
        Failed e => card with { Attempts = card.Attempts + 1, Problem = e.Error },
        PutAside e => card with { Status = "held", Problem = e.Reason },
        Resent => card with { Status = "waiting", Problem = null },
        _ => card,
    };
}
