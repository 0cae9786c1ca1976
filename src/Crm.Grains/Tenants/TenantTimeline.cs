using System.Globalization;
using static Crm.Grains.Tenants.TenantEvent;

namespace Crm.Grains.Tenants;

public static class TenantTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(TenantEvent happened) => happened switch
    {
        Amended e => new(e.Changes),
        ModuleSwitched e => TimelineFacts.Changed($"module.{e.Module}", e.On ? "off" : "on", e.On ? "on" : "off"),
        FilesLimited e => new([new("fileMegabytes", null, e.Megabytes?.ToString(CultureInfo.InvariantCulture))]),
        WasSuspended => TimelineFacts.Changed("status", "active", "suspended"),
        WasResumed => TimelineFacts.Changed("status", "suspended", "active"),
        _ => TimelineFacts.None,
    };
}
