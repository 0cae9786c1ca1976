using System.Buffers;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// Records of a CSV text (RFC 4180, read generously): comma, semicolon or tab, whichever the first record has most of; CRLF, LF and CR,
/// mixed too; a quote inside an unquoted cell is just a quote.
/// </summary>
internal sealed class CsvRecords : IRecordSource
{
    private static readonly SearchValues<char> QuotedEnds = SearchValues.Create("\"\0");
    private readonly TextReader _text;
    private readonly char[] _buffer = new char[32 * 1_024];
    private readonly char _delimiter;
    private readonly SearchValues<char> _bareEnds;
    private int _next;
    private int _filled;
    private int _row;

    public CsvRecords(TextReader text)
    {
        _text = text;
        HasMore();
        _delimiter = Delimiter(_buffer.AsSpan(0, _filled));
        _bareEnds = SearchValues.Create([_delimiter, '\r', '\n', '\0']);
    }

    private enum CellEnd
    {
        Delimiter,
        Record,
        Defect,
    }

    public TableProblem? Problem { get; private set; }

    public bool Next(RecordBuffer record)
    {
        if (Problem is not null || !HasMore())
        {
            return false;
        }

        record.Begin(++_row);
        while (true)
        {
            switch (ReadCell(record))
            {
                case CellEnd.Defect:
                    return false;
                case CellEnd.Record:
                    record.EndCell();
                    return true;
                default:
                    record.EndCell();
                    break;
            }
        }
    }

    public void Dispose() => _text.Dispose();

    private CellEnd ReadCell(RecordBuffer record)
    {
        if (!HasMore() || _buffer[_next] != '"')
        {
            return ReadBare(record, isBehindQuote: false);
        }

        _next++;
        return ReadQuoted(record) ? ReadBare(record, isBehindQuote: true) : CellEnd.Defect;
    }

    private CellEnd ReadBare(RecordBuffer record, bool isBehindQuote)
    {
        while (HasMore())
        {
            var rest = _buffer.AsSpan(_next, _filled - _next);
            var length = rest.IndexOfAny(_bareEnds);
            var piece = length < 0 ? rest : rest[..length];
            _next += piece.Length;
            AppendBare(record, piece, isBehindQuote);
            if (length < 0)
            {
                continue;
            }

            var end = _buffer[_next++];
            if (end == '\0')
            {
                return FindNul(record);
            }

            if (end == '\r' && HasMore() && _buffer[_next] == '\n')
            {
                _next++;
            }

            return end == _delimiter ? CellEnd.Delimiter : CellEnd.Record;
        }

        return CellEnd.Record;
    }

    private static void AppendBare(RecordBuffer record, ReadOnlySpan<char> piece, bool isBehindQuote)
    {
        if (isBehindQuote)
        {
            if (piece.IsWhiteSpace())
            {
                return;
            }

            record.Report(new RowProblem(
                RowProblem.RowInvalid, "There is text behind the quote that closes the cell; a quote inside is written twice.", record.CellCount + 1));
        }

        record.Append(piece);
    }

    /// <summary>Reads up to and over the closing quote.</summary>
    private bool ReadQuoted(RecordBuffer record)
    {
        while (HasMore())
        {
            var rest = _buffer.AsSpan(_next, _filled - _next);
            var length = rest.IndexOfAny(QuotedEnds);
            if (length < 0)
            {
                record.Append(rest);
                _next = _filled;
                continue;
            }

            record.Append(rest[..length]);
            _next += length + 1;
            if (rest[length] == '\0')
            {
                FindNul(record);
                return false;
            }

            if (!HasMore() || _buffer[_next] != '"')
            {
                return true;
            }

            record.Append("\"");
            _next++;
        }

        Problem = new TableProblem(TableProblem.CsvMalformed, "A cell begins with a quote that is never closed.", _row, record.CellCount + 1);
        return false;
    }

    private CellEnd FindNul(RecordBuffer record)
    {
        Problem = new TableProblem(
            TableProblem.CsvMalformed, "There is a NUL character; save the file as UTF-8 CSV.", _row, record.CellCount + 1);
        return CellEnd.Defect;
    }

    private bool HasMore()
    {
        if (_next < _filled)
        {
            return true;
        }

        _next = 0;
        _filled = _text.Read(_buffer);
        return _filled > 0;
    }

    /// <summary>The delimiter the first record has most of outside quotes; a comma when it has none.</summary>
    private static char Delimiter(ReadOnlySpan<char> start)
    {
        var (commas, semicolons, tabs) = (0, 0, 0);
        var isQuoted = false;
        foreach (var c in start.TrimStart("\r\n"))
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (isQuoted)
            {
                continue;
            }
            else if (c is '\r' or '\n')
            {
                break;
            }

            commas += c == ',' ? 1 : 0;
            semicolons += c == ';' ? 1 : 0;
            tabs += c == '\t' ? 1 : 0;
        }

        return commas >= semicolons && commas >= tabs ? ',' : semicolons >= tabs ? ';' : '\t';
    }
}
