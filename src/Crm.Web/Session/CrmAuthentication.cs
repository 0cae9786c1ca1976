using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Crm.Grains.Kernel;
using Crm.Silo.Rights;
using Crm.Web.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Crm.Web.Session;

/// <summary>Recognises who asks: by an API key in the Authorization header, or by the session cookie.</summary>
public sealed class CrmAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Credentials credentials)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "crm";

    // an asker is one object as long as its key or session is known, and a ticket says nothing else
    private static readonly ConditionalWeakTable<Asker, AuthenticateResult> Tickets = [];

    /// <summary>The cookie's name; the browser ties it to the host when the connection is encrypted.</summary>
    public static string CookieName(HttpContext http) => http.Request.IsHttps ? "__Host-crm" : "crm";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 1 && header[0] is { } authorization && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return await credentials.FindKeyAsync(authorization["Bearer ".Length..], Context.RequestAborted) is { } key
                ? Recognise(key, SenderOf.Key)
                : AuthenticateResult.Fail("unknown key");
        }

        if (Request.Cookies[CookieName(Context)] is { } cookie)
        {
            return await credentials.FindSessionAsync(cookie, Context.RequestAborted) is { } user
                ? Recognise(user, SenderOf.User)
                : AuthenticateResult.Fail("unknown session");
        }

        return AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, 401, Refusal.Invalid("unauthenticated", "Sign in, or send an API key."));

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, 403, AccessPolicy.Forbidden);

    private AuthenticateResult Recognise(Asker asker, SenderOf by)
    {
        Context.Features.Set(new Caller(asker, by));
        return Tickets.GetValue(asker, static known => AuthenticateResult.Success(
            new(new ClaimsPrincipal(new ClaimsIdentity([new("sub", known.Id.ToString()), new(ClaimTypes.Role, known.Role)], SchemeName)), SchemeName)));
    }
}

/// <summary>By which door a caller came in.</summary>
public enum SenderOf
{
    User,
    Key,
}

/// <summary>Who sent this request.</summary>
public sealed record Caller(Asker Asker, SenderOf By);

public static class CallerFeature
{
    extension(HttpContext http)
    {
        /// <summary>Who sent this request. Only on routes that need a sign-in.</summary>
        public Caller Caller => http.Features.Get<Caller>() ?? throw new InvalidOperationException("This route is open to guests; it has no caller.");
    }
}
