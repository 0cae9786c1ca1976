using static Crm.Grains.Users.UserEvent;

namespace Crm.Grains.Users;

public static class UserTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(UserEvent happened) => happened switch
    {
        Amended e => new(e.Changes),
        Activated => TimelineFacts.Changed("active", "false", "true"),
        Deactivated => TimelineFacts.Changed("active", "true", "false"),
        LocaleSet e => TimelineFacts.Changed("locale", e.From, e.To),
        _ => TimelineFacts.None,
    };
}
