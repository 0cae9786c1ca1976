using System.Diagnostics.Metrics;
using Crm.Silo.Hosting;

namespace Crm.Web.Telemetry;

/// <summary>What a silo is at the moment somebody asks: queues, grains, live topics, reactions.</summary>
public sealed class SiloMeters : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Crm.Silo";

    private readonly Meter _meter = new(Name);

    /// <param name="silo">The silo, or null while there is none.</param>
    public SiloMeters(Func<CrmSilo?> silo)
    {
        Gauge("crm.commands.waiting", "Commands that wait in all grains: the queue's depth.", open => open.Load.Waiting);
        Gauge("crm.grains.active", "Grains in memory.", open => open.Load.Active);
        Gauge("crm.live.topics", "Topics that somebody follows.", open => open.Exchange.TopicCount);
        Gauge("crm.live.subscribers", "Subscriptions to live topics.", open => open.Exchange.FollowerCount);
        Gauge("crm.store.healthy", "1 while the store takes writes.", open => open.Store.IsHealthy ? 1 : 0);
        Gauge("crm.tenants", "Tenants in the store.", open => open.Store.Tenants.Count);
        _meter.CreateObservableGauge(
            "crm.reactions.lag", () => silo()?.Reactions.Select(reaction => new Measurement<long>(reaction.Lag, new KeyValuePair<string, object?>("reaction", reaction.Name))) ?? [],
            "{event}", "Events that a reaction has heard of and not handled.");

        void Gauge(string name, string description, Func<CrmSilo, long> read) =>
            _meter.CreateObservableGauge(name, () => silo() is { } open ? [new Measurement<long>(read(open))] : Array.Empty<Measurement<long>>(), null, description);
    }

    public void Dispose() => _meter.Dispose();
}
