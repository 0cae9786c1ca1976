using static Crm.Grains.Shares.ShareEvent;

namespace Crm.Grains.Shares;

public static class ShareTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(ShareEvent happened) => happened switch
    {
        Gave e => TimelineFacts.Changed("right", null, e.Right),
        RightChanged e => TimelineFacts.Changed("right", e.From, e.To),
        _ => TimelineFacts.None,
    };
}
