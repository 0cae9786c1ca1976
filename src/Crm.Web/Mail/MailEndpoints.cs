using Crm.Grains.Kernel;
using Crm.Grains.Mails;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Web.Http;
using Crm.Web.People;

namespace Crm.Web.Mail;

/// <summary>The outbox, for administrators.</summary>
public static class MailEndpoints
{
    private const string Kind = "mail";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapMails()
        {
            var mails = routes.MapGroup("/api/mails").WithTags("Mail");
            mails.MapReads(Kind);
            mails.MapPost("/{id}/resend", (RequestDelegate)ResendAsync).DescribeCommand<EmptyBody>("resend", 200).Needs(Kind, "resend");
            mails.MapPost("/{id}/open", (RequestDelegate)OpenAsync).DescribeCommand<EmptyBody>("open", 200).Needs(Kind, "open");
        }
    }

    private static async Task ResendAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await ReadAsync(http);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, new MailCommand.Resend(), sending, http.RequestAborted) : Answer.Refused(id, refusal);
        await PeopleEndpoints.AnswerAsync(http, answer, 200);
    }

    /// <summary>A mail has a link in it that makes its reader the person it is for: of somebody who may do more it is not for this caller.</summary>
    private static async Task<(CrmSilo Silo, Sending Sending, Guid Id, Refusal? Refusal)> ReadAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await PeopleEndpoints.ReadBareAsync(http);
        refusal ??= await silo.Cards.FindAsync<MailCard>(http.Caller.Asker, silo.Slices.OfKind(Kind), id, http.RequestAborted) is { } mail
            ? await UserPlaces.CheckAboveAsync(silo, http.Caller.Asker, mail.OwnerId, http.RequestAborted)
            : null;
        return (silo, sending, id, refusal);
    }

    /// <summary>Shows what a mail says. A command, because it is recorded who looked.</summary>
    private static async Task OpenAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await ReadAsync(http);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, new MailCommand.Open(), sending, http.RequestAborted) : Answer.Refused(id, refusal);
        if (!answer.Succeeded)
        {
            await PeopleEndpoints.AnswerAsync(http, answer, 200);
            return;
        }

        var content = await http.RequestServices.GetRequiredService<MailDesk>().ReadAsync(id, http.RequestAborted);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteString("id"u8, id);
            writer.WriteNumber("version"u8, answer.Version);
            writer.WriteString("subject"u8, content?.Subject);
            writer.WriteString("text"u8, content?.Text);
        });
    }
}
