using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// Rows of the first visible sheet of a workbook, read as a stream. Numbers come as a person would type them, dates as ISO 8601,
/// true and false as such, formulas as the last result the file holds; a merged area holds its value in its first cell only.
/// </summary>
internal sealed class XlsxRows : IRecordSource
{
    /// <summary>No sheet of any Excel is larger; from 1.</summary>
    private const int LastSheetRow = 1_048_576;

    /// <summary>XFD, from 0.</summary>
    private const int LastSheetColumn = 16_383;
    private readonly XlsxArchive _archive;
    private readonly TableFileLimits _limits;
    private readonly XlsxStyles _styles;
    private readonly SharedTexts _shared;
    private readonly bool _is1904;
    private readonly GuardedXml _sheet;
    private readonly ArrayBufferWriter<char> _value = new(1_024);
    private readonly Action<ReadOnlySpan<char>> _takeValue;
    private int _row;
    private bool _isInside;

    /// <exception cref="XlsxDefect">See <see cref="TryOpen"/>.</exception>
    private XlsxRows(XlsxArchive archive, TableFileLimits limits)
    {
        _archive = archive;
        _limits = limits;
        _takeValue = TakeValue;
        var workbook = XlsxWorkbook.Read(archive);
        _is1904 = workbook.Is1904;
        using (var styles = workbook.StylesPath is { } path ? archive.Open(path) : null)
        {
            _styles = styles is null ? XlsxStyles.None : XlsxStyles.Read(styles);
        }

        using (var shared = workbook.SharedTextsPath is { } path ? archive.Open(path) : null)
        {
            _shared = SharedTexts.Read(shared, limits.MaxCellLength);
        }

        _sheet = archive.Open(workbook.SheetPath) ?? throw XlsxDefect.Unsupported("The workbook's first sheet is missing.");
    }

    public TableProblem? Problem { get; private set; }

    /// <summary>Opens a workbook, or says why not: <c>archive-unsafe</c>, <c>xlsx-unsupported</c> or <c>import-too-large</c>.</summary>
    public static bool TryOpen(
        Stream file, TableFileLimits limits, [NotNullWhen(true)] out XlsxRows? rows, [NotNullWhen(false)] out TableProblem? problem)
    {
        (rows, problem) = (null, null);
        XlsxArchive? archive = null;
        try
        {
            archive = new XlsxArchive(file, limits);
            rows = new XlsxRows(archive, limits);
            return true;
        }
        catch (Exception failure) when (XlsxDefect.ProblemOf(failure) is { } found)
        {
            archive?.Dispose();
            problem = found;
            return false;
        }
    }

    public bool Next(RecordBuffer record)
    {
        if (Problem is not null)
        {
            return false;
        }

        try
        {
            return NextRow(record);
        }
        catch (Exception failure) when (XlsxDefect.ProblemOf(failure) is { } found)
        {
            Problem = found;
            return false;
        }
    }

    public void Dispose()
    {
        _sheet.Dispose();
        _archive.Dispose();
    }

    private bool NextRow(RecordBuffer record)
    {
        while (_sheet.Read())
        {
            if (_sheet.Name == "sheetData")
            {
                if (_sheet.IsEnd || (_sheet.IsStart && _sheet.IsEmpty))
                {
                    return false;
                }

                _isInside = true;
            }
            else if (_isInside && _sheet.IsStart && _sheet.Name == "row")
            {
                ReadRow(record);
                return true;
            }
        }

        return false;
    }

    private void ReadRow(RecordBuffer record)
    {
        var number = _sheet.Attribute("r") is { } written ? Number(written) : _row + 1;
        ThrowIfOutside(number, column: 0);
        if (number <= _row)
        {
            throw Damaged();
        }

        _row = number;
        record.Begin(number, isSparse: true);
        if (!_sheet.IsEmpty)
        {
            var depth = _sheet.Depth;
            var column = -1;
            while (_sheet.ReadChild(depth))
            {
                if (_sheet.Name == "c")
                {
                    column = ReadCell(record, column);
                }
            }
        }
    }

    /// <summary>Reads one cell and answers its column, from 0.</summary>
    private int ReadCell(RecordBuffer record, int previous)
    {
        var column = _sheet.Attribute("r") is { } reference ? Column(reference) : previous + 1;
        ThrowIfOutside(_row, column);
        if (column <= previous)
        {
            throw Damaged();
        }

        if (_sheet.IsEmpty)
        {
            return column;
        }

        var type = _sheet.Attribute("t");
        var format = _sheet.Attribute("s") is { } style ? Number(style) : 0;
        var hasFormula = ReadContent();
        if (_value.WrittenCount == 0 && !hasFormula)
        {
            return column;
        }

        ThrowIfFar(column);
        record.EndCellsBefore(column);
        if (_value.WrittenCount > 0)
        {
            Append(record, type, format);
        }

        record.EndCell();
        if (hasFormula || type == "e")
        {
            ReportFormula(record, type, column);
        }

        return column;
    }

    /// <summary>Reads the cell's value into _value; true when it is the result of a formula.</summary>
    private bool ReadContent()
    {
        _value.ResetWrittenCount();
        var hasFormula = false;
        var depth = _sheet.Depth;
        while (_sheet.ReadChild(depth))
        {
            if (_sheet.Name == "f")
            {
                hasFormula = true;
            }
            else if (_sheet.Name is "v" or "is")
            {
                _sheet.ReadText(_takeValue, skipped: "rPh");
            }
        }

        return hasFormula;
    }

    private void Append(RecordBuffer record, string? type, int format)
    {
        var value = _value.WrittenSpan;
        switch (type)
        {
            case "s":
                if (!_shared.TryGet(Number(value), out var text))
                {
                    throw Damaged();
                }

                record.Append(OoxmlText.Unescape(text));
                break;
            case "inlineStr" or "str":
                record.Append(OoxmlText.Unescape(value));
                break;
            case "b":
                record.Append(value is "1" ? "true" : value is "0" ? "false" : value);
                break;
            case "e" or "d":
                record.Append(value);
                break;
            default:
                record.Append(_styles.IsDate(format) ? XlsxNumber.Moment(value, _is1904) : XlsxNumber.Plain(value));
                break;
        }
    }

    private void ReportFormula(RecordBuffer record, string? type, int column) =>
        record.Report(
            type == "e" ? new RowProblem(RowProblem.FormulaIgnored, "The formula's result is an error.", column + 1)
            : _value.WrittenCount == 0 ? new RowProblem(RowProblem.FormulaIgnored, "The file does not hold the formula's result.", column + 1)
            : new RowProblem(RowProblem.FormulaIgnored, "The formula's last result was taken.", column + 1, IsWarning: true));

    private void TakeValue(ReadOnlySpan<char> piece)
    {
        if (_value.WrittenCount <= _limits.MaxCellLength)
        {
            _value.Write(piece);
        }
    }

    /// <summary>
    /// A full table runs into the limit of rows long before. Who has a cell this far out has a stray one at the end of the sheet, or means
    /// harm to readers that make room for everything before it.
    /// </summary>
    private void ThrowIfFar(int column)
    {
        var lastRow = 2L * _limits.MaxRows;
        if (column >= _limits.MaxColumns || _row > lastRow)
        {
            throw XlsxDefect.Unsafe(
                $"There is a cell outside the first {_limits.MaxColumns} columns and {lastRow} rows.", _row, column + 1);
        }
    }

    /// <summary>The column, from 0, of a reference such as <c>AB12</c>.</summary>
    private static int Column(ReadOnlySpan<char> reference)
    {
        var column = 0;
        foreach (var c in reference)
        {
            if (!char.IsAsciiLetter(c) || column > LastSheetColumn)
            {
                break;
            }

            column = (column * 26) + ((c | 0x20) - 'a' + 1);
        }

        return column > 0 ? column - 1 : throw Damaged();
    }

    /// <summary>Even empty cells must lie on the sheet: counting them is the only cost that a bomb of them could still have.</summary>
    private static void ThrowIfOutside(int row, int column)
    {
        if (row > LastSheetRow || column > LastSheetColumn)
        {
            throw XlsxDefect.Unsafe("There is a cell outside of any possible sheet.", row, column + 1);
        }
    }

    private static int Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Damaged();

    private static XlsxDefect Damaged() => XlsxDefect.Unsupported("The .xlsx file is damaged or not a workbook we can read.");
}
