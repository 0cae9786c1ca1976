using static Crm.Grains.Leads.LeadEvent;

namespace Crm.Grains.Leads;

public static class LeadTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(LeadEvent happened) => happened switch
    {
        CapturedAgain e => new(e.Reopens ? [.. e.Filled, new("status", "ruled-out", "open")] : e.Filled),
        Amended e => new(e.Changes),
        Computed e => new(e.Changes),
        Assigned e => TimelineFacts.Changed("ownerId", e.From?.ToString(), e.To?.ToString()),
        ActivityLogged e => TimelineFacts.Of(e.Activity),
        Qualified => TimelineFacts.Changed("status", "open", "qualified"),
        RuledOut e => TimelineFacts.Changed("status", e.From, "ruled-out"),
        Reopened e => TimelineFacts.Changed("status", e.From, "open"),
        Converted e => TimelineFacts.Changed("status", e.From, "converted"),
        CustomerNamed e => new(new Changes().Id("customerId", e.From, e.CustomerId).ToList()),
        _ => TimelineFacts.None,
    };
}
