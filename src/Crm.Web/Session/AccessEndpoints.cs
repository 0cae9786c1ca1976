using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Hosting;
using Crm.Web.Http;
using Crm.Web.People;

namespace Crm.Web.Session;

public sealed record ForgottenBody(string Login);

/// <param name="Token">What follows the # in a mailed link.</param>
public sealed record LinkBody(string Token);

/// <inheritdoc cref="LinkBody"/>
public sealed record LinkPasswordBody(string Token, string Password);

/// <summary>For people who have no password: forgotten, or not yet.</summary>
public static class AccessEndpoints
{
    private static readonly Refusal LinkInvalid = Refusal.Invalid("link-invalid", "This link was used, is too old, or never was one; ask for another.");

    extension(IEndpointRouteBuilder routes)
    {
        public void MapAccess()
        {
            var access = routes.MapGroup("/api/session").WithTags("Session").AllowAnonymous();
            access.MapPost("/forgotten", (RequestDelegate)ForgetAsync).DescribeCommand<ForgottenBody>("forgotten", 202);
            access.MapPost("/reset", (RequestDelegate)ResetAsync).DescribeCommand<LinkPasswordBody>("reset", 204);
            access.MapPost("/invitation", (RequestDelegate)LookAsync).DescribeCommand<LinkBody>("invitation", 200);
            access.MapPost("/accept", (RequestDelegate)AcceptAsync).DescribeCommand<LinkPasswordBody>("accept", 200);
        }
    }

    /// <summary>The same answer, as quickly, whoever is asked for.</summary>
    private static async Task ForgetAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<ForgottenBody>(http) is not { } body || await SessionHttp.IsThrottledAsync(http, $"forgotten {Credentials.Fold(body.Login.Length > 320 ? "" : body.Login)}"))
        {
            return;
        }

        if (body.Login.Length <= 320)
        {
            http.RequestServices.GetRequiredService<PasswordResets>().Ask(body.Login.Trim());
        }

        http.Response.StatusCode = 202;
    }

    private static async Task ResetAsync(HttpContext http)
    {
        if (await TakeAsync(http, TicketPurpose.Reset) is not { } taken)
        {
            return;
        }

        var (login, person, password) = taken;
        await SetPasswordAsync(http, login, person, password);
        http.Response.StatusCode = 204;
    }

    private static async Task LookAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<LinkBody>(http) is not { } body)
        {
            return;
        }

        if (await FindAsync(http, body.Token, TicketPurpose.Invitation) is not var (login, person))
        {
            await RefuseLinkAsync(http);
            return;
        }

        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteString("name"u8, person.Name);
            writer.WriteString("login"u8, login);
            writer.WriteString("company"u8, silo.Tenants.Find(person.Tenant).Name);
        });
    }

    private static async Task AcceptAsync(HttpContext http)
    {
        if (await TakeAsync(http, TicketPurpose.Invitation) is not { } taken)
        {
            return;
        }

        var (login, person, password) = taken;
        await SetPasswordAsync(http, login, person, password);
        var desk = http.RequestServices.GetRequiredService<SignInDesk>();
        if (await http.RequestServices.GetRequiredService<SecondFactors>().IsOnAsync(person.UserId, http.RequestAborted))
        {
            http.Response.StatusCode = 204; // a link proves a mailbox, not the second factor
            return;
        }

        if (await desk.StartAsync(http, login, person, "invitation"))
        {
            await SessionHttp.WriteSessionAsync(http, person.Person);
        }
    }

    /// <summary>Uses a link up, if it and the password are good; answers when not.</summary>
    private static async Task<(string Login, LoginSecret Person, string Password)?> TakeAsync(HttpContext http, TicketPurpose purpose)
    {
        if (await SessionHttp.ReadAsync<LinkPasswordBody>(http) is not { } body)
        {
            return null;
        }

        if (PeopleEndpoints.CheckPassword(body.Password) is { } weak)
        {
            await SessionHttp.RefuseAsync(http, weak);
            return null;
        }

        if (await FindAsync(http, body.Token, purpose) is not var (login, person) || !await http.RequestServices.GetRequiredService<Tickets>().TakeAsync(body.Token, http.RequestAborted))
        {
            await RefuseLinkAsync(http);
            return null;
        }

        return (login, person, body.Password);
    }

    private static async Task<(string Login, LoginSecret Person)?> FindAsync(HttpContext http, string token, TicketPurpose purpose) =>
        token.Length <= 100
        && await http.RequestServices.GetRequiredService<Tickets>().FindAsync(token, http.RequestAborted) is { } ticket && ticket.Purpose == purpose
        && await http.RequestServices.GetRequiredService<Credentials>().FindLoginAsync(ticket.Login, http.RequestAborted) is { IsActive: true } person && person.Stamp == ticket.Stamp
            ? (ticket.Login, person)
            : null;

    /// <summary>Tokens of 256 bits are not guessed; who tries is told to wait all the same.</summary>
    private static async Task RefuseLinkAsync(HttpContext http)
    {
        if (!await SessionHttp.IsThrottledAsync(http, $"links of {Throttle.AddressOf(http)}"))
        {
            await SessionHttp.RefuseAsync(http, LinkInvalid);
        }
    }

    private static async Task SetPasswordAsync(HttpContext http, string login, LoginSecret person, string password)
    {
        var cancel = http.RequestAborted;
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        await http.RequestServices.GetRequiredService<Credentials>().SetPasswordAsync(login, person.Person, password, cancel);
        await silo.Commands.TellAsync(person.Person, "user", person.UserId, new UserCommand.SetPassword(), new(SenderKind.User, Trusted: true), cancel);
        await http.RequestServices.GetRequiredService<SignInDesk>().EndAllAsync(person.Person, login, person.UserId, except: null, "password-set", cancel);
        http.RequestServices.GetRequiredService<Throttle>().Forgive(Credentials.Fold(login), Throttle.AddressOf(http));
    }
}
