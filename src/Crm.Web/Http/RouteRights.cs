using Crm.Grains.Kernel;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Web.Http;

/// <summary>What a route asks of the caller's role, before anything is read or looked up.</summary>
/// <param name="Verb"><c>read</c>, <c>create</c> or a command of the slice in kebab-case.</param>
public sealed record RouteRight(string Kind, string Verb);

/// <summary>A route that everybody may use who is signed in: what it answers is the caller's own, or is judged record by record.</summary>
public sealed record OpenToMembers(string Why);

/// <summary>Every route says who may use it; one that says nothing keeps the server from starting.</summary>
public static class RouteRights
{
    extension<TBuilder>(TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>Only roles that may do this to some record get in; which records is judged by the record's grain.</summary>
        public TBuilder Needs(string kind, string verb)
        {
            endpoint.Add(builder => builder.Metadata.Add(new RouteRight(kind, verb)));
            return endpoint;
        }

        /// <summary>Everybody gets in who is signed in.</summary>
        public TBuilder OpenToMembers(string why)
        {
            endpoint.Add(builder => builder.Metadata.Add(new OpenToMembers(why)));
            return endpoint;
        }
    }

    extension(WebApplication app)
    {
        /// <summary>Judges the role before the route is reached.</summary>
        public void UseRouteRights() => app.Use(static next => http => http.GetEndpoint() is { } endpoint && http.Features.Get<Caller>() is { } caller
            ? PassAsync(http, endpoint, caller, next)
            : next(http));

        /// <summary>Fails when a route does not say who may use it.</summary>
        /// <exception cref="InvalidOperationException">Names the routes.</exception>
        public void RequireRouteRights()
        {
            var silent = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<RouteRight>() is null && endpoint.Metadata.GetMetadata<OpenToMembers>() is null
                    && !endpoint.IsOpenToGuests)
                .Select(endpoint => endpoint.DisplayName).ToList();
            if (silent.Count > 0)
            {
                throw new InvalidOperationException($"Routes that do not say who may use them: {string.Join(", ", silent)}.");
            }
        }
    }

    private static Task PassAsync(HttpContext http, Endpoint endpoint, Caller caller, RequestDelegate next)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        return silo.Access.TryFind(caller.Asker, out var access) ? Pass(access) : LoadAsync();

        async Task LoadAsync() => await Pass(await silo.Access.FindAsync(caller.Asker, http.RequestAborted));

        Task Pass(Access known) => Forbids(http, silo, endpoint, known) is { } forbidden ? Problems.WriteAsync(http, 403, forbidden) : next(http);
    }

    // who is stopped still sees who he is, and can sign out
    private static Refusal? Forbids(HttpContext http, CrmSilo silo, Endpoint endpoint, Access access) =>
        access.IsStopped && !http.Request.Path.StartsWithSegments("/api/session") ? AccessPolicy.Stopped
        : endpoint.Metadata.GetMetadata<RouteRight>() is { } right && !access.MayEver(silo.Slices.OfKind(right.Kind).Slice, right.Verb) ? AccessPolicy.Forbidden
        : null;
}
