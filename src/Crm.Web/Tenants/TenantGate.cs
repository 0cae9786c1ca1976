using System.Collections.Concurrent;
using Crm.Grains.Kernel;
using Crm.Grains.Tenants;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
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
    public Task PassAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<Caller>() is not { } caller || http.GetEndpoint() is not { } endpoint || endpoint.IsOpenToGuests)
        {
            return next(http);
        }

        return http.Request.Path.StartsWithSegments("/live") ? HoldAsync(http, caller, endpoint, next) : JudgeAsync(http, caller, endpoint, next);
    }

    private async Task HoldAsync(HttpContext http, Caller caller, Endpoint endpoint, RequestDelegate next)
    {
        // noted before it is asked whether the tenant may: one that is suspended in between is seen by one or the other
        _open[http] = caller.Asker.Tenant;
        try
        {
            await JudgeAsync(http, caller, endpoint, next);
        }
        finally
        {
            _open.TryRemove(http, out _);
        }
    }

    private static Task JudgeAsync(HttpContext http, Caller caller, Endpoint endpoint, RequestDelegate next)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (silo.Tenants.Find(caller.Asker.Tenant).IsSuspended)
        {
            return Problems.WriteAsync(http, 403, TenantRefusals.Suspended);
        }

        var right = endpoint.Metadata.GetMetadata<RouteRight>();
        var parts = endpoint.Metadata.GetOrderedMetadata<PartOfModule>();
        return right is null && parts.Count == 0 ? next(http)
            : silo.Access.TryFind(caller.Asker, out var access) ? Pass(access)
            : LoadAsync();

        async Task LoadAsync() => await Pass(await silo.Access.FindAsync(caller.Asker, http.RequestAborted));

        Task Pass(Access known) => IsOff(silo, known, right, parts) ? Problems.WriteAsync(http, 404, NothingHere) : next(http);
    }

    private static bool IsOff(CrmSilo silo, Access access, RouteRight? right, IReadOnlyList<PartOfModule> parts)
    {
        if (right is not null && !access.IsOn(silo.Slices.OfKind(right.Kind).Slice))
        {
            return true;
        }

        foreach (var part in parts)
        {
            if (!access.IsOn(part.Module))
            {
                return true;
            }
        }

        return false;
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
