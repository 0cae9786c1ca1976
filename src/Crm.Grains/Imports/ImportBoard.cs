using static Crm.Grains.Imports.ImportEvent;

namespace Crm.Grains.Imports;

/// <summary>One import with its progress.</summary>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>done</c>, <c>failed</c>, <c>undoing</c> or <c>undone</c>.</param>
/// <param name="Total">Rows of the file; null until known.</param>
/// <param name="Problems">The first <see cref="ImportBoard.ProblemsKept"/>; <paramref name="Refused"/> counts all.</param>
/// <param name="Kept">Leads that an undo left because people had worked on them.</param>
public sealed record ImportCard(
    Guid Id, long Version, string FileName, string Status, int? Total, int Read, int Created, int Merged, int Refused,
    DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<ImportProblem> Problems, int Kept) : ICard;

public static class ImportBoard
{
    /// <summary>How many problems a card keeps; the journal has them all.</summary>
    public const int ProblemsKept = 100;

    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static ImportCard? Project(ImportCard? card, Recorded<ImportEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Requested e) => new(r.Id, r.Version, e.FileName, "queued", e.RowsTotal, Read: 0, Created: 0, Merged: 0, Refused: 0, StartedAt: null, EndedAt: null, Problems: [], Kept: 0),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version },
        _ => card,
    };

    private static ImportCard Changed(ImportCard card, ImportEvent happened, DateTimeOffset at) => happened switch
    {
        Started => card with { Status = "running", StartedAt = at },
        Progressed e => card with
        {
            Read = e.Read,
            Created = e.Created,
            Merged = e.Merged,
            Refused = e.Refused,
            Problems = Kept([.. card.Problems, .. e.Problems]),
        },
        Finished => card with { Status = "done", Total = card.Total ?? card.Read, EndedAt = at },
        Failed e => card with { Status = "failed", EndedAt = at, Problems = Kept([new(Row: 0, Column: null, "import-failed", e.Reason, Value: null), .. card.Problems]) },
        UndoRequested => card with { Status = "undoing" },
        UndoProgressed e => card with { Kept = e.Kept },
        UndoFinished => card with { Status = "undone", EndedAt = at },
        _ => card,
    };

    private static IReadOnlyList<ImportProblem> Kept(IReadOnlyList<ImportProblem> problems) =>
        problems.Count <= ProblemsKept ? problems : [.. problems.Take(ProblemsKept)];
}
