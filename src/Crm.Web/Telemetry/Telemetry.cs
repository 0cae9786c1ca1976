using Crm.Grains.Kernel;
using Crm.Runtime.Telemetry;
using Crm.Web.Hosting;
using Crm.Web.Http;
using Crm.Web.Tenants;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Activity = System.Diagnostics.Activity;

namespace Crm.Web.Telemetry;

/// <summary>Spans and metrics: to a collector by OTLP, and as text at <c>/metrics</c>. Without a setting for either, nobody listens.</summary>
public static class Telemetry
{
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", RuntimeTelemetry.Name];
    private static readonly IReadOnlySet<string> Meters = new HashSet<string> { RuntimeTelemetry.Name, SiloMeters.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql" };
    private static readonly Refusal NothingHere = Refusal.NotFound("There is nothing here.");

    extension(IServiceCollection services)
    {
        public void AddTelemetry(CrmSettings settings)
        {
            if (settings.Metrics == MetricsDoor.Off && !settings.IsOtlpWanted)
            {
                return;
            }

            services.AddSingleton(provider => new SiloMeters(() => provider.GetRequiredService<SiloHolder>() is { IsOpen: true } holder ? holder.Silo : null));
            if (settings.Metrics != MetricsDoor.Off)
            {
                services.AddSingleton(_ => new MetricsText(Meters));
            }

            if (settings.IsOtlpWanted)
            {
                // what is not said here the exporter reads from the standard's variables: where to, how, with which headers
                void Say(OtlpExporterOptions otlp)
                {
                    if (settings.Otlp is { } collector)
                    {
                        (otlp.Endpoint, otlp.Protocol) = (collector, OtlpExportProtocol.Grpc);
                    }
                }

                services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
                    .ConfigureResource(resource => resource.AddService("crm")).AddSource(Sources).AddOtlpExporter(Say).Build());
                services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
                    .ConfigureResource(resource => resource.AddService("crm")).AddMeter([.. Meters]).AddOtlpExporter(Say).Build());
            }
        }
    }

    extension(WebApplication app)
    {
        /// <summary>Begins to listen, and names the spans of requests: the framework leaves that to others.</summary>
        public void UseTelemetry()
        {
            if (app.Services.GetService<SiloMeters>() is null)
            {
                return;
            }

            // made now, not when somebody first asks: what happens before counts too
            app.Services.GetService<MetricsText>();
            app.Services.GetService<TracerProvider>();
            app.Services.GetService<MeterProvider>();
            app.Use(static next => async http =>
            {
                await next(http);
                if (Activity.Current is { } span && http.GetEndpoint() is RouteEndpoint endpoint)
                {
                    // a group's own path ends with a slash in its pattern, and never in a request
                    var route = endpoint.RoutePattern.RawText is { Length: > 1 } pattern ? pattern.TrimEnd('/') : "/";
                    span.DisplayName = $"{http.Request.Method} {route}";
                    span.SetTag("http.request.method", http.Request.Method).SetTag("http.route", route).SetTag("http.response.status_code", http.Response.StatusCode)
                        .SetTag("crm.tenant", http.Features.Get<Caller>()?.Asker.Tenant);
                }
            });
        }

        /// <summary>Maps <c>/metrics</c>: nothing unless a setting opens it, and then for the operator's key unless it is open to all.</summary>
        public void MapMetrics() => app.MapGet("/metrics", (RequestDelegate)WriteAsync).Describe().WithTags("Health").AllowAnonymous();
    }

    private static async Task WriteAsync(HttpContext http)
    {
        if (http.RequestServices.GetService<MetricsText>() is not { } metrics)
        {
            await Problems.WriteAsync(http, 404, NothingHere);
            return;
        }

        if (http.RequestServices.GetRequiredService<CrmSettings>().Metrics == MetricsDoor.Open || await http.RequestServices.GetRequiredService<OperatorDoor>().OpensAsync(http))
        {
            http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await http.Response.WriteAsync(metrics.Write(), http.RequestAborted);
        }
    }
}
