using static Crm.Grains.Sessions.SessionEvent;

namespace Crm.Grains.Sessions;

/// <summary>One sign-in in the list of sign-ins: that it was, from where, and how it ended.</summary>
/// <param name="OwnerId">Who signed in, or as whom somebody tried.</param>
/// <param name="Status"><c>open</c>, <c>ended</c> or <c>refused</c>. A session that ran out of time stays <c>open</c> here.</param>
/// <param name="Method">By what; null when it was refused.</param>
/// <param name="Reason">Why it ended or was refused.</param>
public sealed record SessionCard(
    Guid Id, long Version, Guid OwnerId, string Status, string? Method, string? Reason, string? From, string? Agent, DateTimeOffset At, DateTimeOffset? EndedAt) : ICard;

public static class SessionBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static SessionCard? Project(SessionCard? card, Recorded<SessionEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Started e) => new(r.Id, r.Version, e.UserId, "open", e.Method, null, e.From, e.Agent, r.At, null),
        (_, Denied e) => new(r.Id, r.Version, e.UserId, "refused", null, e.Reason, e.From, e.Agent, r.At, null),
        ({ } known, Closed e) => known with { Version = r.Version, Status = "ended", Reason = e.Reason, EndedAt = r.At },
        _ => card,
    };
}
