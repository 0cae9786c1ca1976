using System.Diagnostics;
using static Crm.Grains.Sessions.SessionCommand;
using static Crm.Grains.Sessions.SessionEvent;

namespace Crm.Grains.Sessions;

/// <summary>A session's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class SessionRules
{
    /// <summary>By what somebody proved who they are.</summary>
    public static readonly IReadOnlySet<string> Methods = new HashSet<string> { "password", "totp", "recovery-code", "passkey", "company", "invitation" };

    /// <summary>Why a sign-in was refused.</summary>
    public static readonly IReadOnlySet<string> Refusals = new HashSet<string> { "password", "second-factor", "passkey", "company", "shut" };

    /// <summary>Why a session ended.</summary>
    public static readonly IReadOnlySet<string> Endings = new HashSet<string> { "signed-out", "revoked", "password-set", "shut", "factors-reset" };

    /// <summary>Says what <paramref name="command"/> does to <paramref name="session"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="SessionRefusals"/> entry.</returns>
    public static Decision<SessionEvent> Decide(Session session, SessionCommand command, DateTimeOffset now) => (session, command) switch
    {
        (_, Start s) when (Code("method", s.Method, Methods) ?? Wrong(s.UserId, s.From, s.Agent)) is { } wrong => wrong,       // SE1
        (_, Refuse r) when (Code("reason", r.Reason, Refusals) ?? Wrong(r.UserId, r.From, r.Agent)) is { } wrong => wrong,     // SE2
        (_, End e) when Code("reason", e.Reason, Endings) is { } wrong => wrong,                                // SE3
        (Session.Unknown, Start s) => [new Started(s.UserId, s.Method, s.From, s.Agent)],                       // SE1
        (Session.Unknown, Refuse r) => [new Denied(r.UserId, r.Reason, r.From, r.Agent)],                       // SE2
        (Session.Unknown, End) => SessionRefusals.NotFound,
        (Session.Open open, Start s) => open.UserId == s.UserId ? [] : SessionRefusals.Over,                    // SE1
        (Session.Open, End e) => [new Closed(e.Reason)],                                                        // SE3
        (Session.Ended, End) => [],                                                                             // SE3
        (Session.Refused, Refuse) => [],                                                                        // SE2
        (Session.Open, Refuse) or (Session.Ended or Session.Refused, _) => SessionRefusals.Over,                // SE3
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {session.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Session Evolve(Session session, SessionEvent happened) => (session, happened) switch
    {
        (_, Started e) => new Session.Open(e.UserId),
        (_, Denied e) => new Session.Refused(e.UserId),
        (Session.Open open, Closed) => new Session.Ended(open.UserId),
        _ => session,
    };

    /// <summary>A session belongs to whom it was opened for (SE4).</summary>
    public static Holder Holder(Session session) => session switch
    {
        Session.Open s => new(s.UserId, Exists: true),
        Session.Ended s => new(s.UserId, Exists: true),
        Session.Refused s => new(s.UserId, Exists: true),
        _ => default,
    };

    private static Refusal? Wrong(Guid userId, string? from, string? agent) =>
        Check.Id("userId", userId) ?? Check.Line("from", from) ?? Check.Line("agent", agent);

    private static Refusal? Code(string field, string value, IReadOnlySet<string> codes) => Check.Required(field, value) ?? Check.OneOf(field, value, codes);
}
