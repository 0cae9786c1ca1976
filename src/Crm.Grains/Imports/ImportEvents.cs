using System.Text.Json.Serialization;

namespace Crm.Grains.Imports;

/// <summary>What has happened to one import. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Requested), "import-requested-v1")]
[JsonDerivedType(typeof(Started), "import-started-v1")]
[JsonDerivedType(typeof(Progressed), "import-progressed-v1")]
[JsonDerivedType(typeof(Finished), "import-finished-v1")]
[JsonDerivedType(typeof(Failed), "import-failed-v1")]
[JsonDerivedType(typeof(UndoRequested), "import-undo-requested-v1")]
[JsonDerivedType(typeof(UndoProgressed), "import-undo-progressed-v1")]
[JsonDerivedType(typeof(UndoFinished), "import-undo-finished-v1")]
public abstract record ImportEvent
{
    private ImportEvent() { }

    /// <summary>Carries all that running it needs, so that a run can be taken up again after a crash.</summary>
    public sealed record Requested(
        string FileName, string ContentHash, int? RowsTotal, string? Source, Guid? OwnerId,
        IReadOnlyDictionary<string, string?> Mapping, IReadOnlyList<string> Columns) : ImportEvent;

    public sealed record Started : ImportEvent;

    /// <summary>All counts are totals since the start; the problems are those since the last progress.</summary>
    public sealed record Progressed(int Read, int Created, int Merged, int Refused, IReadOnlyList<ImportProblem> Problems) : ImportEvent;

    public sealed record Finished : ImportEvent;

    public sealed record Failed(string Reason, string From) : ImportEvent;

    public sealed record UndoRequested(string From) : ImportEvent;

    /// <summary>All counts are totals since the undo began.</summary>
    public sealed record UndoProgressed(int Undone, int Kept) : ImportEvent;

    public sealed record UndoFinished : ImportEvent;
}
