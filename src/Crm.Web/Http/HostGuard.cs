using System.Net;
using Crm.Grains.Kernel;
using Crm.Web.Hosting;
using Microsoft.AspNetCore.HttpOverrides;

namespace Crm.Web.Http;

/// <summary>To which names requests may be sent, and whose word about the sender is taken.</summary>
public static class HostGuard
{
    private static readonly Refusal HostInvalid = Refusal.Invalid("host-invalid", "This server does not answer to this name; see the setting Crm:AllowedHosts.");

    extension(WebApplication app)
    {
        /// <summary>Believes proxies that the operator named, and nobody else, about where a request comes from.</summary>
        public void UseTrustedProxies()
        {
            var settings = app.Services.GetRequiredService<CrmSettings>();
            if (settings.TrustedProxies.Count == 0)
            {
                return;
            }

            var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = settings.TrustedProxies.Count };
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in settings.TrustedProxies)
            {
                options.KnownProxies.Add(proxy);
            }

            app.UseForwardedHeaders(options);
        }

        /// <summary>
        /// Refuses names that are not ours: a page elsewhere could make its own name point here and then read answers as its own. A plain
        /// address cannot be pointed elsewhere, so those pass.
        /// </summary>
        public void UseHostGuard()
        {
            var settings = app.Services.GetRequiredService<CrmSettings>();
            var names = new HashSet<string>(settings.AllowedHosts, StringComparer.OrdinalIgnoreCase) { "localhost", Environment.MachineName };
            if (settings.PublicUrl is { } address)
            {
                names.Add(address.Host);
            }

            app.Use(next => http => IsOurs(http.Request.Host.Host, names) ? next(http) : Problems.WriteAsync(http, 400, HostInvalid));
        }
    }

    private static bool IsOurs(string host, HashSet<string> names) => names.Contains(host) || names.Contains("*") || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
