using static Crm.Grains.Handovers.HandoverEvent;

namespace Crm.Grains.Handovers;

public static class HandoverTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(HandoverEvent happened) => happened switch
    {
        Requested e => TimelineFacts.Changed("fromId", null, e.FromId.ToString()),
        Finished => TimelineFacts.Changed("status", "running", "done"),
        UndoRequested => TimelineFacts.Changed("status", "done", "undoing"),
        UndoFinished => TimelineFacts.Changed("status", "undoing", "undone"),
        _ => TimelineFacts.None,
    };
}
