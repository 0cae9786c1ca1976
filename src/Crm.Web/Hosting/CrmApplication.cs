using Crm.Silo.Hosting;
using Crm.Web.Audit;
using Crm.Web.Contacts;
using Crm.Web.Customers;
using Crm.Web.Exports;
using Crm.Web.Fields;
using Crm.Web.Files;
using Crm.Web.Funnel;
using Crm.Web.Handovers;
using Crm.Web.Http;
using Crm.Web.Imports;
using Crm.Web.Leads;
using Crm.Web.Live;
using Crm.Web.Mail;
using Crm.Web.OpenApi;
using Crm.Web.Opportunities;
using Crm.Web.People;
using Crm.Web.Pipelines;
using Crm.Web.Rights;
using Crm.Web.Telemetry;
using Crm.Web.Tenants;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crm.Web.Hosting;

/// <summary>Puts the server together: services, middleware, routes.</summary>
public static class CrmApplication
{
    /// <summary>How the process ends when another one has the data.</summary>
    public const int DataInUseExitCode = 3;

    /// <summary>How the process ends when the settings or the data cannot be used.</summary>
    public const int CannotStartExitCode = 2;

    /// <summary>Published, the UI lies beside the program; while developing, in the folder the program is run from.</summary>
    public static WebApplicationOptions OptionsOf(string[] args) => new()
    {
        Args = args,
        ContentRootPath = Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot")) ? AppContext.BaseDirectory : Directory.GetCurrentDirectory(),
    };

    extension(WebApplicationBuilder builder)
    {
        /// <summary>Reads the settings and registers everything that needs no open store.</summary>
        public CrmSettings AddCrm()
        {
            var settings = CrmSettings.Read(builder.Configuration);
            // a line ends with CR LF and nothing else: where two servers differ on that, requests are smuggled
            AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestLineSize = 8 * 1024;
                kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
                kestrel.Limits.MaxRequestHeaderCount = 100;
                kestrel.Limits.MaxRequestBodySize = 60 * 1024 * 1024;
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            });
            builder.Services.AddSingleton(settings);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton<SiloHolder>();
            builder.Services.AddSingleton(services => services.GetRequiredService<SiloHolder>().Silo);
            builder.Services.AddSingleton(services => services.GetRequiredService<CrmSilo>().Store);
            builder.Services.AddSignIn(settings);
            builder.Services.AddSingleton<OperatorDoor>();
            builder.Services.AddTelemetry(settings);
            builder.Services.AddSingleton<HubGuard>();
            builder.Services.AddSignalR(hub =>
            {
                hub.MaximumReceiveMessageSize = 32 * 1024;
                hub.HandshakeTimeout = TimeSpan.FromSeconds(15);
                hub.KeepAliveInterval = TimeSpan.FromSeconds(15);
                hub.MaximumParallelInvocationsPerClient = 1;
                hub.AddFilter<HubGuard>();
            });
            // the hub's own patience with the silent begins with their first ping: a connection that is gone before is noticed by this alone
            builder.Services.Configure<WebSocketOptions>(socket => (socket.KeepAliveInterval, socket.KeepAliveTimeout) = (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15)));
            builder.Services.RemoveAll<IHubProtocol>();
            builder.Services.AddSingleton<JsonHubProtocol>();
            builder.Services.AddSingleton<IHubProtocol, HubWords>();
            builder.Services.AddCrmOpenApi();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
            // HubGuard tells what is worth telling
            builder.Logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None);
            // these write whole addresses, and some of ours open something by themselves; so not even for who wants to see everything of the framework
            builder.Logging.AddFilter("Microsoft.AspNetCore.Routing", LogLevel.Warning);
            builder.Logging.AddFilter("Microsoft.AspNetCore.StaticFiles", LogLevel.Warning);
            // while it may log anything at all, each request has a span and a log scope made that nobody looks at
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
            builder.Logging.AddFilter("Crm", LogLevel.Information);
            return settings;
        }
    }

    extension(WebApplication app)
    {
        /// <summary>Opens the data, serves until told to stop, and closes it.</summary>
        /// <param name="map">Opens the doors; null for <c>MapCrm</c>.</param>
        /// <returns>The exit code. What keeps it from serving is for <see cref="CannotStart"/> to tell.</returns>
        public async Task<int> RunCrmAsync(CrmSettings settings, Action? map = null)
        {
            try
            {
                var holder = app.Services.GetRequiredService<SiloHolder>();
                // a stand-by answers for its health while it waits
                await using var doors = holder.MayStandBy ? await StandBy.OpenAsync(app, holder) : null;
                DemoWelcome? welcome = null;
                await using var silo = await holder.OpenAsync(
                    app.Lifetime,
                    // before anybody is let in, so that "ready" means that the demo key is known
                    async opened => welcome = await DemoData.SeedAsync(opened, app.Services.GetRequiredService<Credentials>(), settings.Demo, CancellationToken.None));
                app.Services.GetRequiredService<Throttle>().Share(silo.Notices);
                (map ?? app.MapCrm)();
                holder.Admit();
                await (doors?.StopAsync() ?? Task.CompletedTask);
                await app.StartAsync();
                Welcome.Print(app.Urls, welcome);
                await app.WaitForShutdownAsync();
                return silo.Store.IsHealthy ? 0 : 1;
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // told to stop while it stood by
                return 0;
            }
        }

        /// <summary>The doors of a process that works for others and is asked for nothing but how it is.</summary>
        public void MapWatch()
        {
            app.UseTelemetry();
            app.UseFailureAnswers();
            app.UseRouting();
            app.UseRoutingAnswers();
            app.MapHealth();
            app.MapMetrics();
        }

        /// <summary>The server's table of contents.</summary>
        public void MapCrm()
        {
            app.UseTrustedProxies();
            app.UseTelemetry();
            app.UseFailureAnswers();
            app.UseRequestGuards();
            app.UseHostGuard();
            app.UseUiFiles();
            app.UseRouting();
            app.UseRoutingAnswers();
            app.UseUiPages();
            app.UseCallers();
            app.UseCsrfGuard();
            app.UseSignInWall();
            app.UseTenantGate();
            app.UseAccessNoting();
            app.UseRouteRights();
            app.UseKeyScopes();
            app.UseKeyLimits();

            app.MapHealth();
            app.MapMetrics();
            app.MapSession();
            app.MapAccess();
            app.MapSecurity();
            app.MapCompanySettings();
            app.MapTenant();
            app.MapOperator();
            app.MapPeople();
            app.MapHandovers();
            app.MapApiKeys();
            app.MapMails();
            app.MapDepartments();
            app.MapRoles();
            app.MapLeads();
            app.MapCustomers();
            app.MapContacts();
            app.MapOpportunities();
            app.MapPipelines();
            app.MapFields();
            app.MapFunnels();
            app.MapImports();
            app.MapExports();
            app.MapDownloads();
            app.MapAudit();
            app.MapCrmOpenApi();
            app.MapHub<LiveHub>("/live").OpenToMembers("each topic is judged when it is followed");
            app.RequireRouteRights();
        }
    }
}
