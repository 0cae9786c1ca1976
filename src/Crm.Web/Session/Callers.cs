using Crm.Grains.Kernel;
using Crm.Silo.Rights;
using Crm.Web.Http;
using Microsoft.AspNetCore.Authorization;

namespace Crm.Web.Session;

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

/// <summary>A route for people who are signed in: no program may use it.</summary>
public sealed record ForPeople;

/// <summary>Recognises who asks, by an API key in the Authorization header or by the session cookie, and keeps guests out of what is not open to them.</summary>
public static class Callers
{
    private static readonly Refusal Unauthenticated = Refusal.Invalid("unauthenticated", "Sign in, or send an API key.");

    private static readonly Refusal PeopleOnly = Refusal.Forbidden("Only a person who is signed in may do this, not an API key.");

    /// <summary>The cookie's name; the browser ties it to the host when the connection is encrypted.</summary>
    public static string CookieName(HttpContext http) => http.Request.IsHttps ? "__Host-crm" : "crm";

    extension(HttpContext http)
    {
        /// <summary>Who sent this request. Only on routes that need a sign-in.</summary>
        public Caller Caller => http.Features.Get<Caller>() ?? throw new InvalidOperationException("This route is open to guests; it has no caller.");
    }

    extension(Endpoint endpoint)
    {
        /// <summary>Whether anybody may ask, signed in or not.</summary>
        public bool IsOpenToGuests => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
    }

    extension<TBuilder>(TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>Keeps programs out, whatever their key may do.</summary>
        public TBuilder ForPeople()
        {
            endpoint.Add(static builder => builder.Metadata.Add(new ForPeople()));
            return endpoint;
        }
    }

    extension(WebApplication app)
    {
        /// <summary>Finds out who asks.</summary>
        public void UseCallers()
        {
            var credentials = app.Services.GetRequiredService<Credentials>();
            app.Use(next => async http =>
            {
                http.Features.Set(await FindAsync(http, credentials));
                await next(http);
            });
        }

        /// <summary>Lets guests to what is open to them, and programs to all but what is for people.</summary>
        public void UseSignInWall()
        {
            // SignalR brings the framework's services, for which the host would put the framework's own wall in front of everything
            ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
            app.Use(static next => http => http.GetEndpoint() is not RouteEndpoint endpoint || endpoint.IsOpenToGuests ? next(http)
                : http.Features.Get<Caller>() is not { } caller ? Problems.WriteAsync(http, 401, Unauthenticated)
                : caller.By == SenderOf.Key && endpoint.Metadata.GetMetadata<ForPeople>() is not null ? Problems.WriteAsync(http, 403, PeopleOnly)
                : next(http));
        }
    }

    private static async ValueTask<Caller?> FindAsync(HttpContext http, Credentials credentials)
    {
        var header = http.Request.Headers.Authorization;
        if (header.Count == 1 && header[0] is { } authorization && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var token = authorization["Bearer ".Length..];
            return await credentials.FindKeyAsync(token, CancellationToken.None) is { } key ? new(key.Asker, SenderOf.Key, token, null, key) : null;
        }

        return http.Request.Cookies[CookieName(http)] is { } cookie && await credentials.FindSessionAsync(cookie, CancellationToken.None) is { } session
            ? new(session.Asker, SenderOf.User, cookie, session, null)
            : null;
    }
}
