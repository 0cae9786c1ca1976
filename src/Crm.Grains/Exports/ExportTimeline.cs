using static Crm.Grains.Exports.ExportEvent;

namespace Crm.Grains.Exports;

public static class ExportTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(ExportEvent happened) => happened switch
    {
        Requested e => new([new("status", null, e.NeedsApproval ? "waiting" : "queued"), new("slice", null, e.Order.Slice)]),
        Denied e => new([new("status", null, "denied"), new("slice", null, e.Order.Slice)]),
        Approved => TimelineFacts.Changed("status", "waiting", "queued"),
        Refused => TimelineFacts.Changed("status", "waiting", "refused"),
        Started => TimelineFacts.Changed("status", "queued", "running"),
        Finished => TimelineFacts.Changed("status", "running", "done"),
        Failed => TimelineFacts.Changed("status", "running", "failed"),
        Expired => TimelineFacts.Changed("status", "done", "expired"),
        _ => TimelineFacts.None,
    };
}
