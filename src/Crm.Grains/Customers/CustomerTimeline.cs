using static Crm.Grains.Customers.CustomerEvent;

namespace Crm.Grains.Customers;

public static class CustomerTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(CustomerEvent happened) => happened switch
    {
        Amended e => new(e.Changes),
        Computed e => new(e.Changes),
        Assigned e => TimelineFacts.Changed("ownerId", e.From?.ToString(), e.To?.ToString()),
        ActivityLogged e => TimelineFacts.Of(e.Activity),
        MadeFormal => TimelineFacts.Changed("status", "potential", "formal"),
        _ => TimelineFacts.None,
    };
}
