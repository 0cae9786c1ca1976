using static Crm.Grains.Mails.MailEvent;

namespace Crm.Grains.Mails;

public static class MailTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(MailEvent happened) => happened switch
    {
        Delivered => TimelineFacts.Changed("status", "waiting", "sent"),
        PutAside => TimelineFacts.Changed("status", "waiting", "held"),
        Resent => TimelineFacts.Changed("status", "held", "waiting"),
        _ => TimelineFacts.None,
    };
}
