using static Crm.Grains.Sessions.SessionEvent;

namespace Crm.Grains.Sessions;

public static class SessionTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(SessionEvent happened) => happened switch
    {
        Closed => TimelineFacts.Changed("status", "open", "ended"),
        _ => TimelineFacts.None,
    };
}
