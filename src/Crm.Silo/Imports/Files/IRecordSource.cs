namespace Crm.Silo.Imports.Files;

/// <summary>A file format: where raw records come from.</summary>
internal interface IRecordSource : IDisposable
{
    /// <summary>Set when <see cref="Next"/> answered false because of a defect.</summary>
    TableProblem? Problem { get; }

    /// <summary>Fills <paramref name="record"/> with the next record; false at the end or at a defect.</summary>
    bool Next(RecordBuffer record);
}
