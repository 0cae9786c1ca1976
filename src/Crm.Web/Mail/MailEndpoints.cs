using Crm.Grains.Mails;
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
            var mails = routes.MapGroup("/api/mails").WithTags("Mail").RequireAuthorization();
            mails.MapReads(Kind);
            mails.MapPost("/{id}/resend", (RequestDelegate)ResendAsync).DescribeCommand<EmptyBody>("resend", 200).Needs(Kind, "resend");
            mails.MapPost("/{id}/open", (RequestDelegate)OpenAsync).DescribeCommand<EmptyBody>("open", 200).Needs(Kind, "open");
        }
    }

    private static async Task ResendAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await PeopleEndpoints.ReadBareAsync(http);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, new MailCommand.Resend(), sending, http.RequestAborted) : Silo.Commands.Answer.Refused(id, refusal);
        await PeopleEndpoints.AnswerAsync(http, answer, 200);
    }

    /// <summary>Shows what a mail says. A command, because it is recorded who looked.</summary>
    private static async Task OpenAsync(HttpContext http)
    {
        var (silo, sending, id, refusal) = await PeopleEndpoints.ReadBareAsync(http);
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, Kind, id, new MailCommand.Open(), sending, http.RequestAborted) : Silo.Commands.Answer.Refused(id, refusal);
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
