using System.Diagnostics;
using static Crm.Grains.Mails.MailCommand;
using static Crm.Grains.Mails.MailEvent;

namespace Crm.Grains.Mails;

/// <summary>A mail's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class MailRules
{
    /// <summary>The kind of effect that hands a mail to the mail server; its payload is the mail's id.</summary>
    public const string EffectKind = "mail";

    public static readonly IReadOnlySet<string> Topics = new HashSet<string> { "invitation", "reset" };

    private static readonly IReadOnlySet<string> Reasons = new HashSet<string> { "no-server", "given-up", "out-of-date" };

    /// <summary>Says what <paramref name="command"/> does to <paramref name="mail"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="MailRefusals"/> entry.</returns>
    public static Decision<MailEvent> Decide(Mail mail, MailCommand command, DateTimeOffset now) => (mail, command) switch
    {
        (_, Queue q) when Wrong(q) is { } wrong => wrong,                                                       // MA1
        (_, NoteFailure f) when Check.Required("error", f.Error, 500) is { } wrong => wrong,                    // MA2
        (_, Hold h) when (Check.Required("reason", h.Reason) ?? Check.OneOf("reason", h.Reason, Reasons)) is { } wrong => wrong,  // MA3
        (Mail.Unknown, Queue q) => [new Queued(q.UserId, q.To.Trim(), q.Topic)],                                // MA1
        (Mail.Unknown, _) => MailRefusals.NotFound,
        (_, Queue) => [],                                                                                       // MA1
        (_, Open) => [new WasRead()],                                                                           // MA5
        (Mail.Sent, NoteSent) => [],                                                                            // MA2
        (Mail.Waiting or Mail.Held, NoteSent) => [new Delivered()],                                             // MA2
        (Mail.Waiting, NoteFailure f) => [new Failed(f.Error)],                                                 // MA2
        (Mail.Held or Mail.Sent, NoteFailure) => [],
        (Mail.Waiting, Hold h) => [new PutAside(h.Reason)],                                                     // MA3
        (Mail.Held or Mail.Sent, Hold) => [],
        (Mail.Waiting, Resend) => [],                                                                           // MA4
        (Mail.Held, Resend) => [new Resent()],                                                                  // MA4
        (Mail.Sent, Resend) => MailRefusals.IsSent,                                                             // MA4
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {mail.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Mail Evolve(Mail mail, MailEvent happened) => happened switch
    {
        Queued or Resent => new Mail.Waiting(),
        Delivered => new Mail.Sent(),
        PutAside => new Mail.Held(),
        _ => mail,
    };

    /// <summary>A mail that begins to wait is handed to the mail server (MA1, MA4).</summary>
    public static IReadOnlyList<Effect> Effects(Guid id, MailEvent happened) => happened is Queued or Resent ? [new(EffectKind, id.ToString(), id.ToString())] : [];

    public static Holder Holder(Mail mail) => mail is Mail.Unknown ? default : new(OwnerId: null, Exists: true);

    private static Refusal? Wrong(Queue q) =>
        Check.Id("userId", q.UserId) ?? Check.Required("to", q.To, 320) ?? Check.Email("to", q.To) ?? Check.Required("topic", q.Topic) ?? Check.OneOf("topic", q.Topic, Topics);
}
