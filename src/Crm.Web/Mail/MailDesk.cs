using System.Text.Json.Serialization;
using Crm.Grains.Mails;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Rights;
using Crm.Web.Hosting;

namespace Crm.Web.Mail;

/// <summary>Queues mails with links, and reads them for the outbox.</summary>
public sealed class MailDesk(SiloHolder holder, Vault vault, Tickets tickets, PublicAddress address, TimeProvider time)
{
    /// <summary>Whether a login can be sent mail: it is an address.</summary>
    public static bool CanReach(string login) => login.Contains('@', StringComparison.Ordinal) && Grains.Kernel.Check.Email("login", login) is null;

    /// <summary>Makes a link for somebody and mails it. On disk when it returns; it is sent soon after.</summary>
    internal async Task<Answer> SendAsync(Asker by, TicketPurpose purpose, string login, LoginSecret person, CancellationToken cancel)
    {
        var silo = holder.Silo;
        var id = GrainId.NewKey(time.GetUtcNow());
        var user = await silo.Cards.FindAsync<UserCard>(Asker.System(person.Tenant), silo.Slices.OfKind("user"), person.UserId, cancel);
        var token = await tickets.IssueAsync(purpose, login, person, cancel);
        var (topic, page) = purpose == TicketPurpose.Reset ? ("reset", "reset") : ("invitation", "accept");
        // in the fragment, which no server and no proxy on the way gets to see
        var link = $"{address.Base}/{page}#{token}";
        var (subject, text) = MailTexts.Of(topic, user?.Locale ?? UserRules.DefaultLocale, person.Name, silo.Tenants.Find(person.Tenant).Name, link);
        await vault.WriteAsync(NameOf(id), new MailContent(subject, text, time.GetUtcNow() + Tickets.LifetimeOf(purpose)), MailJson.Default.MailContent, cancel);
        return await silo.Commands.TellAsync(by, "mail", id, new MailCommand.Queue(person.UserId, login, topic), new(by.Id == Guid.Empty ? SenderKind.System : SenderKind.User, Trusted: true), cancel);
    }

    /// <summary>What a mail says; null once it is sent or out of date.</summary>
    internal async ValueTask<MailContent?> ReadAsync(Guid id, CancellationToken cancel) =>
        await vault.ReadAsync(NameOf(id), MailJson.Default.MailContent, cancel) is { } content && content.Until > time.GetUtcNow() ? content : null;

    internal Task ForgetAsync(Guid id, CancellationToken cancel) => vault.RemoveAsync(NameOf(id), cancel);

    private static string NameOf(Guid id) => $"mail:{id:N}";
}

/// <param name="Until">When the link in it ends.</param>
internal sealed record MailContent(string Subject, string Text, DateTimeOffset Until);

[JsonSerializable(typeof(MailContent))]
internal sealed partial class MailJson : JsonSerializerContext;
