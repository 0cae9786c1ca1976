using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Web.Tests.Telemetry;

/// <summary>A span as it was received.</summary>
public sealed record ReceivedSpan(string Name, string Trace, string Id, string Parent);

/// <summary>A data point of a counter as it was received.</summary>
public sealed record ReceivedCount(string Name, IReadOnlyDictionary<string, string> Labels);

/// <summary>A collector as small as one can be: takes OTLP over HTTP as protobuf, and keeps the names.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()); // it has started

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = [];

    public ConcurrentQueue<ReceivedCount> Counts { get; } = [];

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var collector = new Collector(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        // both are: resources, what was told of each, and by which source
        var told = Parts(body.ToArray(), 1).SelectMany(resource => Parts(resource, 2)).SelectMany(scope => Parts(scope, 2)).ToList();
        if (http.Request.Path == "/v1/traces")
        {
            foreach (var span in told)
            {
                Spans.Enqueue(new(Text(span, 5), Hex(span, 1), Hex(span, 2), Hex(span, 4)));
            }
        }
        else if (http.Request.Path == "/v1/metrics")
        {
            foreach (var metric in told)
            {
                foreach (var point in Parts(metric, 7).SelectMany(sum => Parts(sum, 1)))
                {
                    Counts.Enqueue(new(Text(metric, 1), Parts(point, 7).ToDictionary(label => Text(label, 1), label => Text(Parts(label, 2).First(), 1))));
                }
            }
        }
        else
        {
            http.Response.StatusCode = 404;
        }
    }

    private static string Text(ReadOnlyMemory<byte> message, int field) => Encoding.UTF8.GetString(Parts(message, field).FirstOrDefault().Span);

    private static string Hex(ReadOnlyMemory<byte> message, int field) => Convert.ToHexStringLower(Parts(message, field).FirstOrDefault().Span);

    /// <summary>The values of a field that have a length of their own: texts, bytes, messages within the message.</summary>
    private static List<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> message, int field)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        while (message.Length > 0)
        {
            var tag = Number(ref message);
            var length = (tag & 7) switch { 0 => 0, 1 => 8, 2 => (int)Number(ref message), 5 => 4, _ => throw new FormatException("This is no protobuf.") };
            if ((tag & 7) == 0)
            {
                Number(ref message);
            }
            else if ((tag & 7) == 2 && tag >> 3 == (ulong)field)
            {
                found.Add(message[..length]);
            }

            message = message[length..];
        }

        return found;
    }

    private static ulong Number(ref ReadOnlyMemory<byte> message)
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message.Span[0];
            message = message[1..];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }
    }
}
