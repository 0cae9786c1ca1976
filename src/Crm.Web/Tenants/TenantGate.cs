using System.Collections.Concurrent;
using Crm.Grains.Kernel;
using Crm.Grains.Tenants;
using Crm.Silo.Hosting;
using Crm.Silo.Tenants;
using Crm.Web.Http;

namespace Crm.Web.Tenants;

/// <summary>A route of another slice's module besides its own.</summary>
/// <param name="Module">Its key.</param>
public sealed record PartOfModule(string Module);

/// <summary>
/// Lets nobody of a suspended tenant in and ends what its people have open, and hides the routes of modules that are off: to whoever asks they
/// are not there.
/// </summary>
public sealed class TenantGate
{
    private static readonly Refusal NothingHere = Refusal.NotFound("There is nothing here.");

    private readonly ConcurrentDictionary<HttpContext, string> _open = new();

    /// <summary>Begins to end what is open when a tenant is suspended.</summary>
    public void Follow(TenantDirectory tenants) => tenants.Switched += tenant =>
    {
        if (tenant.IsSuspended)
        {
            Close(tenant.Key);
        }
    };

    /// <summary>Lets a request pass, or answers it.</summary>
    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<Caller>() is not { } caller || http.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null)
        {
            await next(http);
            return;
        }

        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var tenant = caller.Asker.Tenant;
        var isLasting = http.Request.Path.StartsWithSegments("/live");
        if (isLasting)
        {
            // noted before it is asked whether the tenant may: one that is suspended in between is seen by one or the other
            _open[http] = tenant;
        }

        try
        {
            if (silo.Tenants.Find(tenant).IsSuspended)
            {
                await Problems.WriteAsync(http, 403, TenantRefusals.Suspended);
            }
            else if (await IsOffAsync(silo, caller, endpoint, http.RequestAborted))
            {
                await Problems.WriteAsync(http, 404, NothingHere);
            }
            else
            {
                await next(http);
            }
        }
        finally
        {
            if (isLasting)
            {
                _open.TryRemove(http, out _);
            }
        }
    }

    private static async ValueTask<bool> IsOffAsync(CrmSilo silo, Caller caller, Endpoint endpoint, CancellationToken cancel)
    {
        var right = endpoint.Metadata.GetMetadata<RouteRight>();
        var parts = endpoint.Metadata.GetOrderedMetadata<PartOfModule>();
        if (right is null && parts.Count == 0)
        {
            return false;
        }

        var access = await silo.Access.FindAsync(caller.Asker, cancel);
        return (right is not null && !access.IsOn(silo.Slices.OfKind(right.Kind).Slice)) || parts.Any(part => !access.IsOn(part.Module));
    }

    private void Close(string tenant)
    {
        foreach (var (http, owner) in _open)
        {
            if (owner == tenant)
            {
                http.Abort();
            }
        }
    }
}

public static class TenantGateMiddleware
{
    extension<TBuilder>(TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>The route is there only while a module is on, whatever its slice's own module is.</summary>
        public TBuilder PartOf(string module)
        {
            endpoint.Add(builder => builder.Metadata.Add(new PartOfModule(module)));
            return endpoint;
        }
    }

    extension(WebApplication app)
    {
        /// <summary>Keeps suspended tenants and modules that are off outside. After it is known who asks.</summary>
        public void UseTenantGate()
        {
            var gate = new TenantGate();
            gate.Follow(app.Services.GetRequiredService<CrmSilo>().Tenants);
            app.Use(next => http => gate.PassAsync(http, next));
        }
    }
}
