using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Crm.Runtime.Journal;

namespace Crm.Runtime.Telemetry;

/// <summary>
/// What the runtime tells whoever listens: spans of commands, of what the store does with them and of what live topics make of it, and how
/// many and how fast. When nobody listens, a command costs two comparisons more.
/// </summary>
public static class RuntimeTelemetry
{
    /// <summary>The name of the spans' source and of the meter.</summary>
    public const string Name = "Crm.Runtime";

    /// <summary>So many tenants have a label of their own in metrics; those that come later are <c>other</c> together.</summary>
    public const int MostTenants = 100;

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Commands = Meter.CreateCounter<long>("crm.commands", "{command}", "Commands by kind, result and tenant.");
    private static readonly Histogram<double> CommandTime = Meter.CreateHistogram<double>("crm.command.duration", "s", "From taking a command to its answer, which is on disk.");
    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>("crm.store.batch.size", "{write}", "Writes that were committed together.");
    private static readonly ConcurrentDictionary<string, string> Tenants = new(StringComparer.Ordinal);

    internal static bool IsHeard => CommandTime.Enabled || Commands.Enabled || Source.HasListeners();

    /// <summary>The span that a command is given in, to go on from in another process; null when nobody listens.</summary>
    public static string? Here => Source.HasListeners() ? Activity.Current?.Id : null;

    /// <summary>Goes on in this process with what began in another, or elsewhere in this one.</summary>
    /// <param name="there">As <see cref="Here"/> said there.</param>
    public static Activity? GoOn(string? there) => there is null ? null : Source.StartActivity("grain", ActivityKind.Server, there);

    /// <summary>The label that metrics have for a tenant.</summary>
    public static string LabelOf(string tenant) =>
        Tenants.TryGetValue(tenant, out var known) ? known : Tenants.Count >= MostTenants ? "other" : Tenants.GetOrAdd(tenant, tenant);

    /// <summary>Begins the span of a command; null when nobody wants it.</summary>
    internal static Activity? BeginCommand(CommandEnvelope envelope)
    {
        var span = Source.StartActivity("command", ActivityKind.Internal);
        span?.SetTag("crm.kind", envelope.Grain.Kind).SetTag("crm.command", envelope.Command.GetType().Name).SetTag("crm.tenant", envelope.Grain.Tenant);
        return span;
    }

    internal static void EndCommand(Activity? span, CommandEnvelope envelope, OutcomeKind result, TimeSpan took)
    {
        span?.SetTag("crm.result", result.ToString());
        var tags = new TagList { { "kind", envelope.Grain.Kind }, { "result", result.ToString() }, { "tenant", LabelOf(envelope.Grain.Tenant) } };
        Commands.Add(1, tags);
        CommandTime.Record(took.TotalSeconds, new TagList { { "kind", envelope.Grain.Kind } });
    }

    /// <summary>Tells of writes that were committed together: a span for each, beneath its command's.</summary>
    internal static void Committed(IReadOnlyList<GrainWrite> writes)
    {
        BatchSize.Record(writes.Count);
        if (Source.HasListeners())
        {
            Tell("store commit", writes, span => span.SetTag("crm.batch", writes.Count));
        }
    }

    /// <summary>Tells that live topics have heard of writes.</summary>
    internal static void Shown(IReadOnlyList<GrainWrite> writes, int topics)
    {
        if (Source.HasListeners())
        {
            Tell("live publish", writes, span => span.SetTag("crm.topics", topics));
        }
    }

    private static void Tell(string name, IReadOnlyList<GrainWrite> writes, Action<Activity> describe)
    {
        foreach (var write in writes)
        {
            if (write.Trace == default)
            {
                continue;
            }

            using var span = Source.StartActivity(name, ActivityKind.Internal, write.Trace, startTime: write.SubmittedAt);
            if (span is not null)
            {
                span.SetTag("crm.kind", write.Grain.Kind).SetTag("crm.tenant", write.Grain.Tenant).SetTag("crm.position", write.LastPosition);
                describe(span);
            }
        }
    }
}
