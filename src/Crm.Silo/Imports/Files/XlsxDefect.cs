using System.Text;
using System.Xml;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// Ends the reading of a workbook from deep inside the XML and ZIP readers, which offer no other way out. Never leaves
/// <see cref="XlsxRows"/>: there it becomes a <see cref="TableProblem"/>.
/// </summary>
internal sealed class XlsxDefect(TableProblem problem) : Exception(problem.Message)
{
    public TableProblem Problem { get; } = problem;

    public static XlsxDefect Unsafe(string message, int? row = null, int? column = null) =>
        new(new TableProblem(TableProblem.ArchiveUnsafe, message, row, column));

    public static XlsxDefect Unsupported(string message) => new(new TableProblem(TableProblem.XlsxUnsupported, message));

    public static XlsxDefect TooLarge(string message) => new(new TableProblem(TableProblem.TooLarge, message));

    /// <summary>What is wrong with the file, when that is what <paramref name="failure"/> is about; null when it is a failure of ours or the disk's.</summary>
    public static TableProblem? ProblemOf(Exception failure) => failure switch
    {
        XlsxDefect defect => defect.Problem,
        InvalidDataException or XmlException or DecoderFallbackException or EndOfStreamException or NotSupportedException
            => new TableProblem(TableProblem.XlsxUnsupported, "The .xlsx file is damaged or not a workbook we can read."),
        _ => null,
    };
}
