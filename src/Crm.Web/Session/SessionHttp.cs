using System.Globalization;
using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Grains.Users;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;
using Crm.Web.Http;

namespace Crm.Web.Session;

/// <summary>What the endpoints of sign-in have in common.</summary>
internal static class SessionHttp
{
    /// <summary>How long after proving themselves somebody may change how they prove themselves.</summary>
    public static readonly TimeSpan ConfirmationLifetime = TimeSpan.FromMinutes(10);

    public static readonly Refusal ConfirmationRequired = new(RefusalKind.Forbidden, "confirmation-required", "Enter your password again before you change this.");

    private static readonly Refusal Throttled = Refusal.Conflict("login-throttled", "Too many tries; wait before the next one.");

    /// <summary>Reads a body; null when there is none, and then that is answered.</summary>
    public static async Task<TBody?> ReadAsync<TBody>(HttpContext http, bool mayBeEmpty = false) where TBody : class
    {
        var type = WebJson.Strict.TypeInfo<TBody>();
        var body = await JsonBody.ReadAsync(http, type, mayBeEmpty, http.RequestAborted);
        if (body.Refusal is { } refusal)
        {
            await RefuseAsync(http, refusal);
            return null;
        }

        return body.Value ?? JsonSerializer.Deserialize("{}", type);
    }

    public static Task RefuseAsync(HttpContext http, Refusal refusal) => Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);

    /// <summary>The one answer to every wrong login, password, code, passkey and account.</summary>
    public static Task FailAsync(HttpContext http) => Problems.WriteAsync(http, 401, Refusal.Invalid("sign-in-failed", "This does not let anybody in: something of it is wrong."));

    public static Task ThrottleAsync(HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(http, Throttled);
    }

    /// <summary>Counts a try and answers when there were too many.</summary>
    public static async Task<bool> IsThrottledAsync(HttpContext http, string account)
    {
        var throttle = http.RequestServices.GetRequiredService<Throttle>();
        var address = Throttle.AddressOf(http);
        if (throttle.WaitOf(account, address) is { } wait)
        {
            await ThrottleAsync(http, wait);
            return true;
        }

        throttle.Note(account, address);
        return false;
    }

    /// <summary>The session of a person who proved themselves a short while ago; null when it was longer, and then that is answered.</summary>
    public static async Task<OpenSession?> FindConfirmedAsync(HttpContext http)
    {
        var session = http.Caller.Session;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        if (session is not null && now - session.ConfirmedAt < ConfirmationLifetime)
        {
            return session;
        }

        await RefuseAsync(http, ConfirmationRequired);
        return null;
    }

    /// <summary>Answers who is signed in.</summary>
    public static async Task WriteSessionAsync(HttpContext http, Asker asker)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var user = await silo.Cards.FindAsync<UserCard>(asker, silo.Slices.OfKind("user"), asker.Id, http.RequestAborted);
        var tenant = silo.Tenants.Find(asker.Tenant);
        var off = (await silo.Access.OrganisationAsync(asker.Tenant, http.RequestAborted)).ModulesOff;
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartObject("user"u8);
        writer.WriteString("id"u8, asker.Id);
        writer.WriteString("name"u8, user?.Name ?? asker.Name);
        writer.WriteString("login"u8, user?.Login);
        writer.WriteString("role"u8, asker.Role);
        writer.WriteString("locale"u8, user?.Locale ?? "zh-CN");
        writer.WriteEndObject();
        writer.WritePropertyName("tenant"u8);
        TenantJson.Write(writer, tenant, off);
        writer.WriteString("serverTime"u8, Written(silo.Time.GetUtcNow()));
        writer.WriteEndObject();
    }

    public static string Written(DateTimeOffset at) => at.UtcDateTime.ToString(InstantConverter.Format, CultureInfo.InvariantCulture);
}
