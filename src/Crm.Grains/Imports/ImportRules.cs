using System.Diagnostics;
using static Crm.Grains.Imports.ImportCommand;
using static Crm.Grains.Imports.ImportEvent;

namespace Crm.Grains.Imports;

/// <summary>An import's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class ImportRules
{
    /// <summary>What a column can be mapped to, besides <c>custom.x</c> for the custom field x.</summary>
    public static readonly IReadOnlyList<string> Fields = ["name", "company", "mobile", "email", "source", "region", "product", "note"];

    /// <summary>Says what <paramref name="command"/> does to <paramref name="import"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="ImportRefusals"/> entry.</returns>
    public static Decision<ImportEvent> Decide(Import import, ImportCommand command, DateTimeOffset now) => (import, command) switch
    {
        (_, Request r) when Wrong(r) is { } wrong => wrong,                                                     // IM1
        (Import.Unknown, Request r) => [RequestedBy(r)],
        (Import.Unknown, _) => ImportRefusals.NotFound,
        (_, Request) => [],                                                                                     // IM1

        (_, Progress p) when !AreCounts(p.Read, p.Created, p.Merged, p.Refused) => ImportRefusals.CountsInvalid,  // IM4
        (_, UndoProgress { Undone: < 0 } or UndoProgress { Kept: < 0 }) => ImportRefusals.CountsInvalid,
        (_, Fail f) when Check.Required("reason", f.Reason) is { } wrong => wrong,                              // IM7

        (Import.Queued, Start) => [new Started()],                                                              // IM3
        (Import.Queued, Fail f) => [new ImportEvent.Failed(f.Reason.Trim(), "queued")],                         // IM7

        (Import.Running, Start) => [],
        (Import.Running running, Progress p) => p.Read > running.Read ? [new Progressed(p.Read, p.Created, p.Merged, p.Refused, Shown(p.Problems))] : [],  // IM4, IM5
        (Import.Running, Finish) => [new Finished()],                                                           // IM3
        (Import.Running, Fail f) => [new ImportEvent.Failed(f.Reason.Trim(), "running")],                       // IM7

        (Import.Done done, Progress p) when p.Read <= done.Read => [],                                          // IM4
        (Import.Done, Finish) => [],
        (Import.Done, RequestUndo) => [new UndoRequested("done")],                                              // IM6

        (Import.Failed, Fail) => [],
        (Import.Failed, RequestUndo) => [new UndoRequested("failed")],                                          // IM6

        (Import.Undoing, RequestUndo) => [],
        (Import.Undoing undoing, UndoProgress u) => (long)u.Undone + u.Kept > undoing.Handled ? [new UndoProgressed(u.Undone, u.Kept)] : [],  // IM6
        (Import.Undoing, FinishUndo) => [new UndoFinished()],                                                   // IM6

        (Import.Undone, RequestUndo or UndoProgress or FinishUndo) => [],
        (_, Start or Progress or Finish or Fail or RequestUndo or UndoProgress or FinishUndo) => ImportRefusals.OutOfOrder,  // IM3
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {import.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Import Evolve(Import import, ImportEvent happened) => (import, happened) switch
    {
        (_, Requested e) => new Import.Queued(e.ContentHash, e.OwnerId),
        (Import.Queued queued, Started) => new Import.Running(queued.ContentHash, queued.OwnerId, Read: 0),
        (Import.Running running, Progressed e) => running with { Read = e.Read },
        (Import.Running running, Finished) => new Import.Done(running.ContentHash, running.OwnerId, running.Read),
        (_, ImportEvent.Failed) => new Import.Failed(OwnerOf(import)),
        (Import.Done done, UndoRequested) => new Import.Undoing(done.ContentHash, done.OwnerId, Handled: 0),
        (Import.Failed failed, UndoRequested) => new Import.Undoing(ContentHash: null, failed.OwnerId, Handled: 0),
        (Import.Undoing undoing, UndoProgressed e) => undoing with { Handled = (long)e.Undone + e.Kept },
        (Import.Undoing undoing, UndoFinished) => new Import.Undone(undoing.OwnerId),
        _ => import,
    };

    /// <summary>The content, for as long as what it created may be there (IM2).</summary>
    public static IReadOnlyList<string> Claims(Import import) =>
        import switch
        {
            Import.Queued queued => queued.ContentHash,
            Import.Running running => running.ContentHash,
            Import.Done done => done.ContentHash,
            Import.Undoing undoing => undoing.ContentHash,
            _ => null,
        } is { } hash ? [$"import-file:{hash}"] : [];

    public static Holder Holder(Import import) => import is Import.Unknown ? default : new(OwnerOf(import), Exists: true);

    private static Guid? OwnerOf(Import import) => import switch
    {
        Import.Queued queued => queued.OwnerId,
        Import.Running running => running.OwnerId,
        Import.Done done => done.OwnerId,
        Import.Failed failed => failed.OwnerId,
        Import.Undoing undoing => undoing.OwnerId,
        Import.Undone undone => undone.OwnerId,
        _ => null,
    };

    private static Refusal? Wrong(Request r) =>
        Check.Required("fileName", r.FileName, longest: 255)
        ?? (r.ContentHash is { Length: >= 32 and <= 128 } hash && hash.All(char.IsAsciiHexDigit) ? null : ImportRefusals.HashInvalid)
        ?? (r.RowsTotal is < 0 ? ImportRefusals.CountsInvalid with { Field = "rowsTotal" } : null)
        ?? (r.Source is null || Check.Slug("source", r.Source) is null ? null : ImportRefusals.SourceInvalid)
        ?? (r.Mapping.All(pair => r.Columns.Contains(pair.Key) && IsField(pair.Value)) ? null : ImportRefusals.MappingInvalid);

    private static bool IsField(string? field) =>
        field is null || Fields.Contains(field) || (field.StartsWith("custom.", StringComparison.Ordinal) && field.Length > "custom.".Length);

    private static bool AreCounts(int read, int created, int merged, int refused) =>
        created >= 0 && merged >= 0 && refused >= 0 && (long)created + merged + refused <= read;

    // a cell may hold anything, and up to 32,767 characters of it
    private static IReadOnlyList<ImportProblem> Shown(IReadOnlyList<ImportProblem> problems) =>
    [
        .. problems.Select(problem => problem with
        {
            Column = Normal.Excerpt(problem.Column),
            Code = Normal.Excerpt(problem.Code)!, // null only when given null
            Message = Normal.Excerpt(problem.Message)!, // null only when given null
            Value = Normal.Excerpt(problem.Value),
        }),
    ];

    private static Requested RequestedBy(Request r) =>
        new(r.FileName.Trim(), r.ContentHash.ToLowerInvariant(), r.RowsTotal, r.Source, r.OwnerId, r.Mapping, r.Columns);
}
