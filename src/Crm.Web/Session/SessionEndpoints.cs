using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Session;

public sealed record SignInBody(string Login, string Password);

public sealed record LocaleBody([property: JsonConverter(typeof(CodeConverter))] string Locale);

public static class SessionEndpoints
{
    extension(IEndpointRouteBuilder routes)
    {
        public void MapSession()
        {
            var session = routes.MapGroup("/api/session").WithTags("Session");
            session.MapPost("", (RequestDelegate)SignInAsync).DescribeCommand<SignInBody>("sign-in", 200).AllowAnonymous();
            session.MapRead("", http => WriteAsync(http, http.Caller.Asker)).RequireAuthorization().OpenToMembers("the caller's own session");
            session.MapDelete("", (RequestDelegate)SignOutAsync).RequireAuthorization().OpenToMembers("the caller's own session").Describe();
            session.MapPost("/locale", (RequestDelegate)SetLocaleAsync).DescribeCommand<LocaleBody>("set-locale", 200).RequireAuthorization().OpenToMembers("the caller's own setting");
        }
    }

    private static async Task SignInAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<SignInBody>(), mayBeEmpty: false, http.RequestAborted);
        if (body.Refusal is { } refusal)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var credentials = http.RequestServices.GetRequiredService<Credentials>();
        var (login, password) = (body.Value!.Login, body.Value.Password); // no refusal, so a body
        if (login.Length > 320 || password.Length > 1_000)
        {
            await RefuseAsync(http);
            return;
        }

        var (person, wait) = await credentials.CheckAsync(login, password, http.Connection.RemoteIpAddress?.ToString() ?? "", http.RequestAborted);
        if (wait is { } pause)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await Problems.WriteAsync(http, 429, Refusal.Conflict("login-throttled", "Too many wrong passwords; wait before the next try."));
            return;
        }

        if (person is null)
        {
            await RefuseAsync(http);
            return;
        }

        var token = await credentials.OpenSessionAsync(login, person, http.RequestAborted);
        http.Response.Cookies.Append(CrmAuthentication.CookieName(http), token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            Path = "/",
            MaxAge = Credentials.SessionLifetime,
            IsEssential = true,
        });
        await WriteAsync(http, person);
    }

    private static Task RefuseAsync(HttpContext http) =>
        Problems.WriteAsync(http, 401, Refusal.Invalid("sign-in-failed", "The login or the password is wrong."));

    private static async Task SignOutAsync(HttpContext http)
    {
        var name = CrmAuthentication.CookieName(http);
        if (http.Request.Cookies[name] is { } token)
        {
            await http.RequestServices.GetRequiredService<Credentials>().CloseSessionAsync(token, http.RequestAborted);
            http.Response.Cookies.Delete(name, new CookieOptions { Path = "/", Secure = http.Request.IsHttps, HttpOnly = true });
        }

        http.Response.StatusCode = 204;
    }

    private static async Task SetLocaleAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<LocaleBody>(), mayBeEmpty: false, http.RequestAborted);
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var refusal = body.Refusal;
        if (refusal is null)
        {
            // one's own language is nobody else's business, so no right is asked for
            var answer = await silo.Commands.TellAsync(asker, "user", asker.Id, new UserCommand.SetLocale(body.Value!.Locale), new(Runtime.SenderKind.User, Trusted: true), http.RequestAborted); // no refusal, so a body
            refusal = answer.Refusal;
        }

        await (refusal is null ? WriteAsync(http, asker) : Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal));
    }

    private static async Task WriteAsync(HttpContext http, Asker asker)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var user = await silo.Cards.FindAsync<UserCard>(asker, silo.Slices.OfKind("user"), asker.Id, http.RequestAborted);
        var tenant = silo.Tenants.Find(asker.Tenant);
        http.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, Records.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartObject("user"u8);
        writer.WriteString("id"u8, asker.Id);
        writer.WriteString("name"u8, user?.Name ?? asker.Name);
        writer.WriteString("login"u8, user?.Login);
        writer.WriteString("role"u8, asker.Role);
        writer.WriteString("locale"u8, user?.Locale ?? "zh-CN");
        writer.WriteEndObject();
        writer.WriteStartObject("tenant"u8);
        writer.WriteString("key"u8, tenant.Key);
        writer.WriteString("name"u8, tenant.Name);
        writer.WriteString("currency"u8, tenant.Currency);
        writer.WriteString("timeZone"u8, tenant.TimeZone.Id);
        writer.WriteEndObject();
        writer.WriteString("serverTime"u8, silo.Time.GetUtcNow().UtcDateTime.ToString(InstantConverter.Format, CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }
}
