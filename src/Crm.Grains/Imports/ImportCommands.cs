namespace Crm.Grains.Imports;

/// <summary>What may be asked of one import. A command states intent and may be refused.</summary>
public abstract record ImportCommand
{
    private ImportCommand() { }

    /// <param name="ContentHash">Of the file's bytes, 32 to 128 hexadecimal digits.</param>
    /// <param name="RowsTotal">Null when it is not known before reading.</param>
    /// <param name="Source">Of the leads whose row names none; a channel code.</param>
    /// <param name="OwnerId">Of the leads it creates; null is nobody.</param>
    /// <param name="Mapping">From a column to a field of a lead, or to null to leave the column out.</param>
    /// <param name="Columns">As the file names them, in order.</param>
    public sealed record Request(
        string FileName,
        string ContentHash,
        int? RowsTotal,
        string? Source,
        Guid? OwnerId,
        IReadOnlyDictionary<string, string?> Mapping,
        IReadOnlyList<string> Columns) : ImportCommand;

    public sealed record Start : ImportCommand;

    /// <summary>All counts are totals since the start.</summary>
    /// <param name="Problems">Those found since the last progress.</param>
    public sealed record Progress(int Read, int Created, int Merged, int Refused, IReadOnlyList<ImportProblem> Problems) : ImportCommand;

    public sealed record Finish : ImportCommand;

    /// <param name="Reason">For people; 1 to 200 characters.</param>
    public sealed record Fail(string Reason) : ImportCommand;

    public sealed record RequestUndo : ImportCommand;

    /// <summary>All counts are totals since the undo began.</summary>
    /// <param name="Undone">Leads taken back.</param>
    /// <param name="Kept">Leads that people have worked on since.</param>
    public sealed record UndoProgress(int Undone, int Kept) : ImportCommand;

    public sealed record FinishUndo : ImportCommand;
}
