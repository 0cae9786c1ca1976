using static Crm.Grains.Attachments.AttachmentEvent;

namespace Crm.Grains.Attachments;

public static class AttachmentTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(AttachmentEvent happened) => happened switch
    {
        WasAttached e => TimelineFacts.Changed("file", null, e.Name),
        WasRemoved e => TimelineFacts.Changed("file", e.Name, null),
        WasRestored e => TimelineFacts.Changed("file", null, e.Name),
        _ => TimelineFacts.None,
    };
}
