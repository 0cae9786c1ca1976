namespace Crm.Silo.Imports.Files;

/// <summary>Opens a table file that somebody sent us: CSV in any usual form, or an .xlsx workbook's first visible sheet.</summary>
public static class TableFile
{
    private static readonly byte[] ZipMark = [0x50, 0x4B, 0x03, 0x04];
    private static readonly byte[] EmptyZipMark = [0x50, 0x4B, 0x05, 0x06];
    private static readonly byte[] OleMark = [0xD0, 0xCF, 0x11, 0xE0];

    /// <summary>
    /// Opens <paramref name="file"/>. What it is, is told by its first bytes; its name only decides when they do not.
    /// </summary>
    /// <param name="file">Can seek; read from its start. Stays the caller's, who closes it after the reader.</param>
    /// <param name="fileName">As the sender named it; only its extension is looked at.</param>
    /// <returns>
    /// A reader standing before the first row, or <c>csv-header-invalid</c>, <c>csv-malformed</c>, <c>encoding-unknown</c>,
    /// <c>import-too-large</c>, <c>archive-unsafe</c>, <c>xlsx-unsupported</c>.
    /// </returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static async Task<TableFileResult> OpenAsync(Stream file, string fileName, TableFileLimits limits, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(fileName);
        ArgumentNullException.ThrowIfNull(limits);
        if (!file.CanSeek)
        {
            throw new ArgumentException("The stream of a table file must be able to seek.", nameof(file));
        }

        var start = new byte[4];
        file.Position = 0;
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        return Kind(start.AsSpan(0, length), Path.GetExtension(fileName)) switch
        {
            FileKind.Csv => await OpenCsvAsync(file, limits, cancel),
            FileKind.Xlsx => OpenXlsx(file, limits),
            FileKind.Xls => Refuse(
                TableProblem.XlsxUnsupported,
                "Only .xlsx workbooks without macros and passwords, and .csv files, are read; save the file as one of these."),
            _ => Refuse(TableProblem.XlsxUnsupported, "This is not an .xlsx file, whatever its name says."),
        };
    }

    private enum FileKind
    {
        Csv,
        Xlsx,
        Xls,
        FalseXlsx,
    }

    private static FileKind Kind(ReadOnlySpan<byte> start, string extension)
    {
        // A workbook with a password is an OLE container too, whatever it is named.
        if (start.StartsWith(OleMark) || Is(extension, ".xls") || Is(extension, ".xlsm") || Is(extension, ".xlsb"))
        {
            return FileKind.Xls;
        }

        var isZip = start.StartsWith(ZipMark) || start.StartsWith(EmptyZipMark);
        return isZip ? FileKind.Xlsx : Is(extension, ".xlsx") ? FileKind.FalseXlsx : FileKind.Csv;
    }

    private static bool Is(string extension, string expected) => extension.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static async Task<TableFileResult> OpenCsvAsync(Stream file, TableFileLimits limits, CancellationToken cancel)
    {
        if (file.Length > limits.MaxCsvBytes)
        {
            return TooLarge(limits.MaxCsvBytes);
        }

        return await CsvEncoding.OpenAsync(file, cancel) is { } text
            ? TableReader.Open(new CsvRecords(text), limits)
            : Refuse(TableProblem.EncodingUnknown, "The file is neither UTF-8, UTF-16 nor GB18030; save it as UTF-8 CSV.");
    }

    private static TableFileResult OpenXlsx(Stream file, TableFileLimits limits)
    {
        if (file.Length > limits.MaxXlsxBytes)
        {
            return TooLarge(limits.MaxXlsxBytes);
        }

        return XlsxRows.TryOpen(file, limits, out var rows, out var problem)
            ? TableReader.Open(rows, limits)
            : TableFileResult.Of(problem);
    }

    private static TableFileResult TooLarge(long most) =>
        Refuse(TableProblem.TooLarge, $"The file has more than {most} bytes.");

    private static TableFileResult Refuse(string code, string message) => TableFileResult.Of(new TableProblem(code, message));
}
