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

    /// <summary>Says whether a <c>person</c> or a <c>key</c> asks.</summary>
    public const string DoorClaim = "door";

    private static readonly Refusal PeopleOnly = Refusal.Forbidden("Only a person who is signed in may do this, not an API key.");

    // an asker is one object as long as its key or session is known, and a ticket says nothing else
    private static readonly ConditionalWeakTable<Asker, AuthenticateResult> Tickets = [];

    /// <summary>The cookie's name; the browser ties it to the host when the connection is encrypted.</summary>
    public static string CookieName(HttpContext http) => http.Request.IsHttps ? "__Host-crm" : "crm";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 1 && header[0] is { } authorization && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var token = authorization["Bearer ".Length..];
            return await credentials.FindKeyAsync(token, CancellationToken.None) is { } key
                ? Recognise(new(key.Asker, SenderOf.Key, token, null, key))
                : AuthenticateResult.Fail("unknown key");
        }

        if (Request.Cookies[CookieName(Context)] is { } cookie)
        {
            return await credentials.FindSessionAsync(cookie, CancellationToken.None) is { } session
                ? Recognise(new(session.Asker, SenderOf.User, cookie, session, null))
                : AuthenticateResult.Fail("unknown session");
        }

        return AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, 401, Refusal.Invalid("unauthenticated", "Sign in, or send an API key."));

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, 403, Context.Caller.By == SenderOf.Key ? PeopleOnly : AccessPolicy.Forbidden);

    private AuthenticateResult Recognise(Caller caller)
    {
        Context.Features.Set(caller);
        return caller.By == SenderOf.Key ? Tickets.GetValue(caller.Asker, static key => TicketOf(key, "key")) : Tickets.GetValue(caller.Asker, static person => TicketOf(person, "person"));
    }

    private static AuthenticateResult TicketOf(Asker asker, string door) => AuthenticateResult.Success(
        new(new ClaimsPrincipal(new ClaimsIdentity([new("sub", asker.Id.ToString()), new(ClaimTypes.Role, asker.Role), new(DoorClaim, door)], SchemeName)), SchemeName));
}

/// <summary>By which door a caller came in.</summary>
public enum SenderOf
{
    User,
    Key,
}

/// <summary>Who sent this request.</summary>
/// <param name="Token">The key or the cookie's value.</param>
/// <param name="Session">A person's.</param>
/// <param name="Key">A program's.</param>
public sealed record Caller(Asker Asker, SenderOf By, string Token, OpenSession? Session, KnownKey? Key)
{
    // records print their members, and this one must never be printed
    public override string ToString() => $"{By} {Asker.Id}";
}

public static class CallerFeature
{
    extension(HttpContext http)
    {
        /// <summary>Who sent this request. Only on routes that need a sign-in.</summary>
        public Caller Caller => http.Features.Get<Caller>() ?? throw new InvalidOperationException("This route is open to guests; it has no caller.");
    }
}
