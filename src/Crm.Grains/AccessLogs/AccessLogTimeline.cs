namespace Crm.Grains.AccessLogs;

public static class AccessLogTimeline
{
    /// <summary>What the timeline shows of one event: nothing changed, so only its data.</summary>
    public static TimelineFacts Describe(AccessLogEvent happened) => TimelineFacts.None;
}
