using System.Collections.Concurrent;
using System.Diagnostics;
using Crm.Runtime.Telemetry;

namespace Crm.Cluster.Tests.Support;

/// <summary>The runtime's spans that have ended since somebody listens.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _all = new();
    private readonly ActivityListener _listener;

    public Spans()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == RuntimeTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _all.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _all.Where(span => span.TraceId == trace)];

    public void Dispose() => _listener.Dispose();
}
