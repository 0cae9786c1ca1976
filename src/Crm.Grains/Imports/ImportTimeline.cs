using static Crm.Grains.Imports.ImportEvent;

namespace Crm.Grains.Imports;

public static class ImportTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(ImportEvent happened) => happened switch
    {
        Started => TimelineFacts.Changed("status", "queued", "running"),
        Finished => TimelineFacts.Changed("status", "running", "done"),
        Failed e => TimelineFacts.Changed("status", e.From, "failed"),
        UndoRequested e => TimelineFacts.Changed("status", e.From, "undoing"),
        UndoFinished => TimelineFacts.Changed("status", "undoing", "undone"),
        _ => TimelineFacts.None,
    };
}
