using static Crm.Grains.Opportunities.OpportunityEvent;

namespace Crm.Grains.Opportunities;

public static class OpportunityTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(OpportunityEvent happened) => happened switch
    {
        Amended e => new(e.Changes),
        Computed e => new(e.Changes),
        Moved e => TimelineFacts.Changed("stage", e.From, e.To),
        Won { From: null } => TimelineFacts.Changed("status", "open", "won"),
        Won e => new([new("stage", e.From, e.To), new("status", "open", "won")]),
        Lost e => new([new("status", "open", "lost"), new("lossReason", null, e.Reason), .. e.Changes]),
        Reopened e when e.FromStage == e.Stage => TimelineFacts.Changed("status", e.From, "open"),
        Reopened e => new([new("stage", e.FromStage, e.Stage), new("status", e.From, "open")]),
        Assigned e => TimelineFacts.Changed("ownerId", e.From?.ToString(), e.To?.ToString()),
        ActivityLogged e => TimelineFacts.Of(e.Activity),
        CustomerNamed e => TimelineFacts.Changed("customerName", e.From, e.To),
        _ => TimelineFacts.None,
    };
}
