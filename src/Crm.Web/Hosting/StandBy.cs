using System.Text;
using Crm.Grains.Kernel;
using Crm.Web.Http;

namespace Crm.Web.Hosting;

/// <summary>
/// The doors of a process that does not have the data: they say that it lives, that it is not ready, and to everything else to come back later.
/// They close when the real ones open.
/// </summary>
internal static class StandBy
{
    /// <param name="app">The server that is to take over, on the same addresses.</param>
    public static async Task<WebApplication> OpenAsync(WebApplication app, SiloHolder holder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (app.Configuration["urls"] is { Length: > 0 } addresses)
        {
            builder.WebHost.UseUrls(addresses);
        }

        var doors = builder.Build();
        doors.Run(http => AnswerAsync(http, holder.State));
        // told to stop while it waits, the process ends; closing these doors to open the others is not that
        doors.Lifetime.ApplicationStopping.Register(() => EndUnlessOpen(app, holder));
        await doors.StartAsync();
        return doors;
    }

    private static void EndUnlessOpen(WebApplication app, SiloHolder holder)
    {
        if (!holder.IsOpen)
        {
            app.Lifetime.StopApplication();
        }
    }

    private static Task AnswerAsync(HttpContext http, string state)
    {
        var isLive = http.Request.Path == "/health/live";
        if (!isLive && http.Request.Path != "/health/ready")
        {
            return Problems.WriteAsync(http, 503, Refusal.Conflict("not-ready", "This server is not the one that answers; another one does, or will in a moment."));
        }

        http.Response.StatusCode = isLive ? 200 : 503;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{{\"status\":\"{(isLive ? "ok" : state)}\"}}")).AsTask();
    }
}
