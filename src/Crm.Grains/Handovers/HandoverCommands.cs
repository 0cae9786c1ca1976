namespace Crm.Grains.Handovers;

/// <summary>What may be asked of one hand-over. A command states intent and may be refused.</summary>
public abstract record HandoverCommand
{
    private HandoverCommand() { }

    /// <param name="FromId">Who leaves.</param>
    /// <param name="To">Who gets what no share names; they take turns.</param>
    /// <param name="Shares">Slices that go to others.</param>
    /// <param name="Planned">What there was to give when it was asked for.</param>
    /// <param name="WasActive">Whether the person could sign in until then, and so can again after an undo.</param>
    /// <param name="SeesAll">Whether who asks sees all of it.</param>
    public sealed record Request(
        Guid FromId, IReadOnlyList<Guid> To, IReadOnlyList<HandoverShare> Shares, IReadOnlyList<HandoverCount> Planned, bool WasActive, bool SeesAll = true) : HandoverCommand;

    /// <summary>All counts are totals since the start.</summary>
    public sealed record Progress(IReadOnlyList<HandoverCount> Given, int Refused) : HandoverCommand;

    public sealed record Finish : HandoverCommand;

    public sealed record RequestUndo : HandoverCommand;

    /// <summary>All counts are totals since the undo began.</summary>
    /// <param name="Undone">Records given back.</param>
    /// <param name="Kept">Records that people have changed since.</param>
    public sealed record UndoProgress(int Undone, int Kept) : HandoverCommand;

    public sealed record FinishUndo : HandoverCommand;
}
