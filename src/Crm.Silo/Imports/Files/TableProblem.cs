using System.Diagnostics.CodeAnalysis;

namespace Crm.Silo.Imports.Files;

/// <summary>Why a file cannot be read, or cannot be read on. A value, never an exception: bad files are daily life.</summary>
/// <param name="Code">One of the constants here; stable, kebab-case.</param>
/// <param name="Message">One English sentence for the person who chose the file.</param>
/// <param name="Row">The row as a spreadsheet program numbers it, from 1, when one is to blame.</param>
/// <param name="Column">The column, from 1, when one is to blame.</param>
public sealed record TableProblem(string Code, string Message, int? Row = null, int? Column = null)
{
    /// <summary>422: the first row does not name the columns (empty file, no data, no name, a name twice, too many). XLSX too.</summary>
    public const string HeaderInvalid = "csv-header-invalid";

    /// <summary>422: a quote that is never closed, or a NUL.</summary>
    public const string CsvMalformed = "csv-malformed";

    /// <summary>422: neither UTF-8, UTF-16 with a byte order mark, nor GB18030.</summary>
    public const string EncodingUnknown = "encoding-unknown";

    /// <summary>413: too many bytes, rows or texts.</summary>
    public const string TooLarge = "import-too-large";

    /// <summary>422: the archive attacks the reader (bomb, path, far cell), on purpose or not.</summary>
    public const string ArchiveUnsafe = "archive-unsafe";

    /// <summary>422: not an .xlsx workbook without macros, passwords and links, or a damaged one.</summary>
    public const string XlsxUnsupported = "xlsx-unsupported";
}

/// <summary>What is wrong with one row; the rest of the file is still good.</summary>
/// <param name="Code"><see cref="RowInvalid"/> or <see cref="FormulaIgnored"/>.</param>
/// <param name="Column">The column, from 1, when one is to blame.</param>
/// <param name="IsWarning">The row's cells are what they should be and may be imported all the same.</param>
public sealed record RowProblem(string Code, string Message, int? Column = null, bool IsWarning = false)
{
    /// <summary>More or fewer cells than columns, a cell that is too long, text behind a closing quote. XLSX too.</summary>
    public const string RowInvalid = "csv-row-invalid";

    /// <summary>A formula: a warning when the file holds its last result (which is used), an error when not.</summary>
    public const string FormulaIgnored = "cell-formula-ignored";
}

/// <summary>One row below the header.</summary>
/// <param name="Number">The row as a spreadsheet program numbers it, from 1; the header is usually row 1.</param>
/// <param name="Cells">As many as there are columns, "" where there is nothing; also in a row with a problem.</param>
/// <param name="Problem">What is wrong with it, or null.</param>
public sealed record TableRow(int Number, string[] Cells, RowProblem? Problem);

/// <summary>A reader, to be disposed of by the caller, or why there is none.</summary>
public readonly record struct TableFileResult
{
    private TableFileResult(ITableReader? reader, TableProblem? problem)
    {
        Reader = reader;
        Problem = problem;
    }

    public ITableReader? Reader { get; }

    public TableProblem? Problem { get; }

    [MemberNotNullWhen(true, nameof(Reader))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsReadable => Reader is not null;

    internal static TableFileResult Of(ITableReader reader) => new(reader, null);

    internal static TableFileResult Of(TableProblem problem) => new(null, problem);
}
