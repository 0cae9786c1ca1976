using Crm.Silo.Hosting;
using Crm.Web.Http;

namespace Crm.Web.Hosting;

public static class HealthEndpoints
{
    extension(IEndpointRouteBuilder routes)
    {
        public void MapHealth()
        {
            var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
            health.MapRead("/live", http => Records.WriteJsonAsync(http, "{\"status\":\"ok\"}"u8.ToArray()));
            health.MapRead("/ready", ReadyAsync);
        }
    }

    private static async Task ReadyAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        http.Response.StatusCode = silo.Store.IsHealthy ? 200 : 503;
        await using var writer = JsonAnswer.Begin(http);
        var (active, waiting) = silo.Load;
        writer.WriteStartObject();
        writer.WriteString("status"u8, silo.Store.IsHealthy ? "ready" : "broken");
        foreach (var (name, value) in silo.Store.Describe())
        {
            writer.WriteString(name, value);
        }

        writer.WriteNumber("activeGrains"u8, active);
        writer.WriteNumber("waitingCommands"u8, waiting);
        writer.WriteNumber("liveTopics"u8, silo.Exchange.TopicCount);
        writer.WriteEndObject();
    }
}
