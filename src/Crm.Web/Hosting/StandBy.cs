using System.Text;
using Crm.Grains.Kernel;
using Crm.Web.Http;

namespace Crm.Web.Hosting;

/// <summary>What a process answers that does not have the data: that it lives, that it is not ready, and to everything else to come back later.</summary>
internal static class StandBy
{
    extension(WebApplication app)
    {
        public void UseStandBy(SiloHolder holder) => app.Use(next => http => holder.IsOpen || http.Request.Path == "/health/live" ? next(http) : AnswerAsync(http, holder.State));
    }

    private static Task AnswerAsync(HttpContext http, string state)
    {
        if (http.Request.Path != "/health/ready")
        {
            return Problems.WriteAsync(http, 503, Refusal.Conflict("not-ready", "This server is not the one that answers; another one does, or will in a moment."));
        }

        http.Response.StatusCode = 503;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{{\"status\":\"{state}\"}}")).AsTask();
    }
}
