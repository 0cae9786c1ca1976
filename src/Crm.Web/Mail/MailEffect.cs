using System.Net;
using System.Net.Mail;
using System.Text;
using Crm.Grains.Mails;
using Crm.Runtime;
using Crm.Runtime.Effects;
using Crm.Runtime.Journal;
using Crm.Silo.Rights;
using Crm.Web.Hosting;

namespace Crm.Web.Mail;

/// <summary>Hands queued mails to the mail server; without one they stay in the outbox.</summary>
public sealed class MailEffect(IServiceProvider services, CrmSettings settings) : IEffectHandler
{
    private const int LongestError = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Kind => MailRules.EffectKind;

    public async Task PerformAsync(PendingEffect effect, CancellationToken cancel)
    {
        var id = Guid.Parse(Encoding.UTF8.GetString(effect.Payload));
        var desk = services.GetRequiredService<MailDesk>();
        var silo = services.GetRequiredService<SiloHolder>().Silo;
        if (await silo.Cards.FindAsync<MailCard>(Asker.System(effect.Tenant), silo.Slices.OfKind("mail"), id, cancel) is not { Status: "waiting" } mail)
        {
            return; // handed over before a crash that came before this could be noted
        }

        if (await desk.ReadAsync(id, cancel) is not { } content)
        {
            await desk.ForgetAsync(id, cancel);
            await TellAsync(new MailCommand.Hold("out-of-date"));
            return;
        }

        if (settings.Smtp is not { } smtp)
        {
            await TellAsync(new MailCommand.Hold("no-server"));
            return;
        }

        try
        {
            await SendAsync(smtp, mail, content, cancel);
        }
        catch (Exception failure) when (failure is SmtpException or IOException or TimeoutException or FormatException)
        {
            var said = new string([.. failure.Message.Select(c => char.IsControl(c) ? ' ' : c).Take(LongestError)]).Trim();
            await TellAsync(new MailCommand.NoteFailure(said.Length == 0 ? failure.GetType().Name : said));
            if (effect.Attempts >= EffectRunner.Pauses.Count)
            {
                await TellAsync(new MailCommand.Hold("given-up"));
            }

            throw;
        }

        await TellAsync(new MailCommand.NoteSent());
        await desk.ForgetAsync(id, cancel);

        async Task TellAsync(MailCommand command) =>
            await silo.Commands.TellAsync(Asker.System(effect.Tenant), "mail", id, command, new(SenderKind.System, Trusted: true), cancel);
    }

    private static async Task SendAsync(SmtpSettings smtp, MailCard mail, MailContent content, CancellationToken cancel)
    {
        using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.IsEncrypted, Timeout = (int)Patience.TotalMilliseconds };
        if (smtp.User is { Length: > 0 } user)
        {
            client.Credentials = new NetworkCredential(user, smtp.Password);
        }

        using var message = new MailMessage(smtp.From, mail.To, content.Subject, content.Text) { SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8 };
        // the same for every try, so that a mail that arrives twice is shown once
        message.Headers.Add("Message-ID", $"<{mail.Id:N}@{new MailAddress(smtp.From).Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await client.SendMailAsync(message, patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException("The mail server did not answer in time.");
        }
    }
}
