using System.Diagnostics.CodeAnalysis;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// The rows of an opened table file, forwards, one at a time; never more than one row in memory. Not thread safe.
/// </summary>
/// <remarks>
/// Some defects show only while reading (a quote never closed, row 200,001, a bomb). To know of them before the first row is used,
/// open the file, <see cref="SkipTo"/> <see cref="int.MaxValue"/>, look at <see cref="Problem"/> and <see cref="RowCount"/>, and open it again.
/// </remarks>
public interface ITableReader : IDisposable
{
    /// <summary>The names of the columns, trimmed; each is given and there once (without regard to case).</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>Rows passed so far, read or skipped, empty ones not counted.</summary>
    int RowCount { get; }

    /// <summary>Why reading ended before the end of the file; null while it has not.</summary>
    TableProblem? Problem { get; }

    /// <summary>The next row that is not empty; false at the end of the file, or where <see cref="Problem"/> says it cannot be read on.</summary>
    bool Read([NotNullWhen(true)] out TableRow? row);

    /// <summary>
    /// Passes over all rows before row number <paramref name="rowNumber"/> (as in <see cref="TableRow.Number"/>) without making texts of
    /// their cells. Never goes back.
    /// </summary>
    void SkipTo(int rowNumber, CancellationToken cancel = default);
}
