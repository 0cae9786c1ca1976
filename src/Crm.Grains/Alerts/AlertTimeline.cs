using static Crm.Grains.Alerts.AlertEvent;

namespace Crm.Grains.Alerts;

public static class AlertTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(AlertEvent happened) => happened switch
    {
        Raised e => new([new("status", null, "open"), new("step", null, e.Step)]),
        Released => TimelineFacts.Changed("status", "open", "released"),
        _ => TimelineFacts.None,
    };
}
