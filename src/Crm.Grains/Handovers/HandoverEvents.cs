using System.Text.Json.Serialization;

namespace Crm.Grains.Handovers;

/// <summary>What has happened to one hand-over. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Requested), "handover-requested-v1")]
[JsonDerivedType(typeof(Progressed), "handover-progressed-v1")]
[JsonDerivedType(typeof(Finished), "handover-finished-v1")]
[JsonDerivedType(typeof(UndoRequested), "handover-undo-requested-v1")]
[JsonDerivedType(typeof(UndoProgressed), "handover-undo-progressed-v1")]
[JsonDerivedType(typeof(UndoFinished), "handover-undo-finished-v1")]
public abstract record HandoverEvent
{
    private HandoverEvent() { }

    /// <summary>Carries all that doing it needs, so that it can be taken up again after a crash.</summary>
    public sealed record Requested(Guid FromId, IReadOnlyList<Guid> To, IReadOnlyList<HandoverShare> Shares, IReadOnlyList<HandoverCount> Planned, bool WasActive) : HandoverEvent;

    public sealed record Progressed(IReadOnlyList<HandoverCount> Given, int Refused) : HandoverEvent;

    public sealed record Finished(DateTimeOffset UndoUntil) : HandoverEvent;

    public sealed record UndoRequested : HandoverEvent;

    public sealed record UndoProgressed(int Undone, int Kept) : HandoverEvent;

    public sealed record UndoFinished : HandoverEvent;
}
