using System.Threading.Channels;
using Crm.Silo.Rights;
using Crm.Web.Mail;

namespace Crm.Web.Session;

/// <summary>Mails links to people who forgot their password. Apart from the request, so that its answer says nothing about whether a login exists.</summary>
public sealed partial class PasswordResets(Credentials credentials, MailDesk mails, ILogger<PasswordResets> log) : BackgroundService
{
    private readonly Channel<string> _asked = Channel.CreateBounded<string>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Mails a link to whom the login belongs, if it does and can be reached.</summary>
    public void Ask(string login) => _asked.Writer.TryWrite(login);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var login in _asked.Reader.ReadAllAsync(stoppingToken))
            {
                await SendAsync(login, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server stops; whoever waits for a mail asks again
        }
    }

    private async Task SendAsync(string login, CancellationToken cancel)
    {
        try
        {
            if (MailDesk.CanReach(login) && await credentials.FindLoginAsync(login, cancel) is { IsActive: true } person)
            {
                await mails.SendAsync(Asker.System(person.Tenant), TicketPurpose.Reset, Credentials.Fold(login), person, cancel);
            }
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            LogFailed(log, failure.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A link for a new password could not be mailed: {Failure}")]
    private static partial void LogFailed(ILogger log, string failure);
}
