using System.Collections.Concurrent;
using System.Net;

namespace Crm.Runtime.Tests.Files;

/// <summary>What happens to one request on its way.</summary>
public delegate Task<HttpResponseMessage> Fault(Func<Task<HttpResponseMessage>> send);

/// <summary>Does something to the next requests; then all is well again.</summary>
public sealed class FaultyWire(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ConcurrentQueue<Fault> _faults = new();

    /// <summary>Which requests faults are for; all.</summary>
    public Func<HttpRequestMessage, bool> When { get; set; } = _ => true;

    public void Next(params Fault[] faults)
    {
        foreach (var fault in faults)
        {
            _faults.Enqueue(fault);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        When(request) && _faults.TryDequeue(out var fault) ? fault(() => base.SendAsync(request, cancellationToken)) : base.SendAsync(request, cancellationToken);
}

public static class Faults
{
    extension(Fault)
    {
        /// <summary>The request does not arrive.</summary>
        public static Fault LoseRequest => _ => throw new HttpRequestException("The wire is cut.");

        /// <summary>The request arrives, and the answer does not.</summary>
        public static Fault LoseAnswer => async send =>
        {
            (await send()).Dispose();
            throw new HttpRequestException("The wire is cut.");
        };

        /// <summary>The service answers so instead of doing it.</summary>
        public static Fault Answer(HttpStatusCode status) => _ => Task.FromResult(new HttpResponseMessage(status));

        /// <summary>The answer breaks off in its body.</summary>
        public static Fault BreakBodyAt(int at) => async send =>
        {
            var answer = await send();
            var whole = await answer.Content.ReadAsByteArrayAsync();
            var broken = new StreamContent(new Trickle(whole, breakAt: at));
            foreach (var (name, values) in answer.Content.Headers)
            {
                broken.Headers.TryAddWithoutValidation(name, values);
            }

            answer.Content = broken;
            return answer;
        };
    }
}
