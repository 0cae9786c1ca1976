using static Crm.Grains.Departments.DepartmentEvent;

namespace Crm.Grains.Departments;

public static class DepartmentTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(DepartmentEvent happened) => happened switch
    {
        Amended e => new(e.Changes),
        Moved e => TimelineFacts.Changed("parentId", e.From?.ToString(), e.To?.ToString()),
        Closed => TimelineFacts.Changed("open", "true", "false"),
        Reopened => TimelineFacts.Changed("open", "false", "true"),
        _ => TimelineFacts.None,
    };
}
