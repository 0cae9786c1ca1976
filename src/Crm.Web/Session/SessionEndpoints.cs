using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Runtime;
using Crm.Silo.Hosting;
using Crm.Web.Http;

namespace Crm.Web.Session;

public sealed record SignInBody(string Login, string Password);

/// <param name="Ticket">What the password was answered with.</param>
/// <param name="Code">Of the authenticator app, or a recovery code.</param>
public sealed record SecondFactorBody(string Ticket, string Code);

/// <param name="Ticket">What the beginning was answered with.</param>
/// <param name="Credential">What the browser's <c>navigator.credentials.get</c> gave, as JSON.</param>
public sealed record PasskeySignInBody(string Ticket, JsonElement Credential);

/// <param name="Company">The tenant's key.</param>
/// <param name="Next">The page to open afterwards; a path of this server.</param>
public sealed record CompanySignInBody(string Company, string? Next = null);

public sealed record LocaleBody([property: JsonConverter(typeof(CodeConverter))] string Locale);

/// <summary>Signing in, by every door there is, and out.</summary>
public static class SessionEndpoints
{
    private const int LongestLogin = 320;
    private const int LongestSecret = 1_000;
    private const int LongestTicket = 8_000;

    extension(IEndpointRouteBuilder routes)
    {
        public void MapSession()
        {
            var doors = routes.MapGroup("/api/session").WithTags("Session").AllowAnonymous();
            doors.MapPost("", (RequestDelegate)SignInAsync).DescribeCommand<SignInBody>("sign-in", 200);
            doors.MapPost("/second-factor", (RequestDelegate)ProveAsync).DescribeCommand<SecondFactorBody>("second-factor", 200);
            doors.MapPost("/passkey/begin", (RequestDelegate)BeginPasskeyAsync).DescribeCommand<EmptyBody>("begin-passkey", 200);
            doors.MapPost("/passkey", (RequestDelegate)SignInByPasskeyAsync).DescribeCommand<PasskeySignInBody>("sign-in-by-passkey", 200);
            doors.MapPost("/company", (RequestDelegate)BeginCompanyAsync).DescribeCommand<CompanySignInBody>("begin-company", 200);
            routes.MapGroup(CompanyAccounts.CallbackPath).WithTags("Session").AllowAnonymous().MapRead("", SignInByCompanyAsync);

            var session = routes.MapGroup("/api/session").WithTags("Session");
            session.MapRead("", http => SessionHttp.WriteSessionAsync(http, http.Caller.Asker)).OpenToMembers("the caller's own session");
            session.MapDelete("", (RequestDelegate)SignOutAsync).OpenToMembers("the caller's own session").Describe();
            session.MapPost("/locale", (RequestDelegate)SetLocaleAsync).DescribeCommand<LocaleBody>("set-locale", 200).OpenToMembers("the caller's own setting");
        }
    }

    private static async Task SignInAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<SignInBody>(http) is not { } body)
        {
            return;
        }

        if (body.Login.Length > LongestLogin || body.Password.Length > LongestSecret)
        {
            await SessionHttp.FailAsync(http);
            return;
        }

        var desk = http.RequestServices.GetRequiredService<SignInDesk>();
        await AnswerAsync(http, desk, await desk.TryPasswordAsync(body.Login, body.Password, Throttle.AddressOf(http), Origin.Of(http), http.RequestAborted));
    }

    private static async Task ProveAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<SecondFactorBody>(http) is not { } body)
        {
            return;
        }

        if (body.Ticket.Length > LongestTicket || body.Code.Length > 100)
        {
            await SessionHttp.FailAsync(http);
            return;
        }

        var desk = http.RequestServices.GetRequiredService<SignInDesk>();
        await AnswerAsync(http, desk, await desk.TrySecondFactorAsync(body.Ticket, body.Code, Throttle.AddressOf(http), Origin.Of(http), http.RequestAborted));
    }

    private static async Task AnswerAsync(HttpContext http, SignInDesk desk, SignInResult result)
    {
        switch (result)
        {
            case { Wait: { } wait }:
                await SessionHttp.ThrottleAsync(http, wait);
                break;
            case { Ticket: { } ticket }:
                await JsonAnswer.WriteAsync(http, 200, writer =>
                {
                    writer.WriteStartObject("secondFactor"u8);
                    writer.WriteString("ticket"u8, ticket);
                    writer.WriteEndObject();
                });
                break;
            case { Login: { } login, Person: { } person, Method: { } method }:
                if (await desk.StartAsync(http, login, person, method))
                {
                    await SessionHttp.WriteSessionAsync(http, person.Person);
                }

                break;
            default:
                await SessionHttp.FailAsync(http);
                break;
        }
    }

    private static async Task BeginPasskeyAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<EmptyBody>(http, mayBeEmpty: true) is null)
        {
            return;
        }

        var (options, ticket) = await http.RequestServices.GetRequiredService<PasskeyDesk>().BeginSignInAsync(http);
        await WriteCeremonyAsync(http, options, ticket);
    }

    internal static Task WriteCeremonyAsync(HttpContext http, string options, string ticket) => JsonAnswer.WriteAsync(http, 200, writer =>
    {
        writer.WritePropertyName("options"u8);
        writer.WriteRawValue(options);
        writer.WriteString("ticket"u8, ticket);
    });

    private static async Task SignInByPasskeyAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<PasskeySignInBody>(http) is not { } body)
        {
            return;
        }

        // whose it is shows only afterwards, so that tries count against the address alone
        var address = Throttle.AddressOf(http);
        if (await SessionHttp.IsThrottledAsync(http, $"passkeys of {address}"))
        {
            return;
        }

        var cancel = http.RequestAborted;
        var owner = body.Ticket.Length > LongestTicket ? null : await http.RequestServices.GetRequiredService<PasskeyDesk>().FinishSignInAsync(http, body.Ticket, body.Credential);
        if (owner is null || await http.RequestServices.GetRequiredService<Credentials>().FindLoginAsync(owner.Login, cancel) is not { } person || person.UserId != owner.Id)
        {
            await SessionHttp.FailAsync(http);
            return;
        }

        if (!person.IsActive)
        {
            http.RequestServices.GetRequiredService<ISignInLog>().Refused(person.Person, "shut", Origin.Of(http));
            await SessionHttp.FailAsync(http);
            return;
        }

        http.RequestServices.GetRequiredService<Throttle>().Forgive($"passkeys of {address}", address);
        if (await http.RequestServices.GetRequiredService<SignInDesk>().StartAsync(http, owner.Login, person, "passkey"))
        {
            await SessionHttp.WriteSessionAsync(http, person.Person);
        }
    }

    private static async Task BeginCompanyAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<CompanySignInBody>(http) is not { } body || await SessionHttp.IsThrottledAsync(http, $"companies of {Throttle.AddressOf(http)}"))
        {
            return;
        }

        var (address, refusal) = await http.RequestServices.GetRequiredService<CompanyAccounts>().BeginAsync(http, body.Company.Trim(), body.Next);
        if (address is null)
        {
            await SessionHttp.RefuseAsync(http, refusal!); // no address, so a refusal
            return;
        }

        http.RequestServices.GetRequiredService<Throttle>().Forgive($"companies of {Throttle.AddressOf(http)}", Throttle.AddressOf(http));
        await JsonAnswer.WriteAsync(http, 200, writer => writer.WriteString("url"u8, address.AbsoluteUri));
    }

    /// <summary>Where the provider sends the browser back to: a page, so it is answered with a page.</summary>
    private static async Task SignInByCompanyAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (person, login, next, problem) = await http.RequestServices.GetRequiredService<CompanyAccounts>().FinishAsync(http);
        if (person is null)
        {
            http.Response.StatusCode = 303;
            http.Response.Headers.Location = $"/sign-in?problem={problem}";
            return;
        }

        var desk = http.RequestServices.GetRequiredService<SignInDesk>();
        if (desk.IsSuspended(person))
        {
            http.Response.StatusCode = 303;
            http.Response.Headers.Location = "/sign-in?problem=tenant-suspended";
            return;
        }

        await desk.StartAsync(http, login!, person, "company"); // a person, so a login
        http.Response.StatusCode = 303;
        http.Response.Headers.Location = next;
    }

    private static async Task SignOutAsync(HttpContext http)
    {
        var name = Callers.CookieName(http);
        if (http.Request.Cookies[name] is { } token)
        {
            await http.RequestServices.GetRequiredService<Credentials>().CloseSessionAsync(token, http.RequestAborted);
            http.Response.Cookies.Delete(name, new CookieOptions { Path = "/", Secure = http.Request.IsHttps, HttpOnly = true });
        }

        if (http.Caller.Session is { } session && session.Id != Guid.Empty)
        {
            await http.RequestServices.GetRequiredService<SignInDesk>().EndAsync(http.Caller.Asker, session.Id, "signed-out", http.RequestAborted);
        }

        http.Response.StatusCode = 204;
    }

    private static async Task SetLocaleAsync(HttpContext http)
    {
        if (await SessionHttp.ReadAsync<LocaleBody>(http) is not { } body)
        {
            return;
        }

        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        // one's own language is nobody else's business, so no right is asked for
        var answer = await silo.Commands.TellAsync(asker, "user", asker.Id, new UserCommand.SetLocale(body.Locale), new(SenderKind.User, Trusted: true), http.RequestAborted);
        await (answer.Refusal is { } refusal ? SessionHttp.RefuseAsync(http, refusal) : SessionHttp.WriteSessionAsync(http, asker));
    }
}
