using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crm.Benchmarks;

/// <summary>The bare minimum a JSON endpoint costs: a body in, the same out, nothing done.</summary>
internal static class EchoServer
{
    public static async Task RunAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        var app = builder.Build();
        app.MapPost("/echo", (EchoBody body) => body);
        app.MapGet("/health/ready", () => Results.Ok());
        await app.RunAsync();
    }
}

internal sealed record EchoBody(string Name, string Pipeline, string Stage, EchoMoney Amount);

internal sealed record EchoMoney(string Amount, string Currency);
