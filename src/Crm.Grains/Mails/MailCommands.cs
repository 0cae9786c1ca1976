namespace Crm.Grains.Mails;

/// <summary>What may be asked of one mail. A command states intent and may be refused.</summary>
public abstract record MailCommand
{
    private MailCommand() { }

    /// <param name="UserId">For whom it is.</param>
    /// <param name="Topic">One of <see cref="MailRules.Topics"/>.</param>
    public sealed record Queue(Guid UserId, string To, string Topic) : MailCommand;

    /// <summary>The mail server has taken it.</summary>
    public sealed record NoteSent : MailCommand;

    /// <summary>It was not taken and will be tried again.</summary>
    public sealed record NoteFailure(string Error) : MailCommand;

    /// <summary>It stays in the outbox.</summary>
    /// <param name="Reason"><c>no-server</c>, <c>given-up</c> or <c>out-of-date</c>.</param>
    public sealed record Hold(string Reason) : MailCommand;

    public sealed record Resend : MailCommand;

    /// <summary>Somebody reads in the outbox what it says: it may hold a link that lets in.</summary>
    public sealed record Open : MailCommand;
}
