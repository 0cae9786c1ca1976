using static Crm.Grains.Targets.TargetEvent;

namespace Crm.Grains.Targets;

public static class TargetTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(TargetEvent happened) => happened switch
    {
        Agreed e => TimelineFacts.Changed("amount", null, e.Amount.ToString()),
        Changed e => TimelineFacts.Changed("amount", e.From.ToString(), e.To.ToString()),
        _ => TimelineFacts.None,
    };
}
