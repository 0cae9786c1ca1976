using static Crm.Grains.RoleBooks.RoleBookEvent;

namespace Crm.Grains.RoleBooks;

public static class RoleBookTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(RoleBookEvent happened) => happened switch
    {
        RoleDefined e => TimelineFacts.Changed("role", null, e.Role.Key),
        RoleRemoved e => TimelineFacts.Changed("role", e.Key, null),
        TemplateSwitched e => TimelineFacts.Changed("template", e.From, e.To),
        _ => TimelineFacts.None,
    };
}
