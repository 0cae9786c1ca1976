using System.Diagnostics.CodeAnalysis;

namespace Crm.Silo.Imports.Files;

/// <summary>What is the same for every format: a header, rows that fit it, limits, empty rows passed over.</summary>
internal sealed class TableReader : ITableReader
{
    private readonly IRecordSource _source;
    private readonly TableFileLimits _limits;
    private readonly RecordBuffer _record;
    private string[] _columns = [];
    private bool _isWaiting;

    private TableReader(IRecordSource source, TableFileLimits limits)
    {
        _source = source;
        _limits = limits;
        _record = new RecordBuffer(limits);
    }

    public IReadOnlyList<string> Columns => _columns;

    public int RowCount { get; private set; }

    public TableProblem? Problem { get; private set; }

    /// <summary>Reads the header and looks whether there is a row below it. Owns <paramref name="source"/>, also when it refuses.</summary>
    public static TableFileResult Open(IRecordSource source, TableFileLimits limits)
    {
        var reader = new TableReader(source, limits);
        var problem = reader.ReadHeader() ?? reader.FindFirstRow();
        if (problem is null)
        {
            return TableFileResult.Of(reader);
        }

        reader.Dispose();
        return TableFileResult.Of(problem);
    }

    public bool Read([NotNullWhen(true)] out TableRow? row)
    {
        row = null;
        if (!_isWaiting && !Advance())
        {
            return false;
        }

        _isWaiting = false;
        RowCount++;
        row = Row();
        return true;
    }

    public void SkipTo(int rowNumber, CancellationToken cancel = default)
    {
        _record.KeepFromRow = rowNumber;
        while (_isWaiting || Advance())
        {
            _isWaiting = _record.Row >= rowNumber;
            if (_isWaiting)
            {
                return;
            }

            RowCount++;
            if (RowCount % 1_024 == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    public void Dispose() => _source.Dispose();

    private TableProblem? ReadHeader()
    {
        if (!NextFilled())
        {
            return _source.Problem ?? new TableProblem(TableProblem.HeaderInvalid, "The file is empty.");
        }

        if (_record.LastFilled >= _limits.MaxColumns)
        {
            return BadHeader($"There are more than {_limits.MaxColumns} columns.", _limits.MaxColumns + 1);
        }

        _columns = new string[_record.LastFilled + 1];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var column = 0; column < _columns.Length; column++)
        {
            var name = _record.Cell(column).Trim();
            if (name.Length == 0)
            {
                return BadHeader("This column has no name.", column + 1);
            }

            if (name.Length > _limits.MaxColumnNameLength)
            {
                return BadHeader($"The name of this column has more than {_limits.MaxColumnNameLength} characters.", column + 1);
            }

            if (!seen.Add(name))
            {
                return BadHeader($"There are two columns named '{name}'.", column + 1);
            }

            _columns[column] = name;
        }

        return null;
    }

    private TableProblem? FindFirstRow()
    {
        _isWaiting = Advance();
        return _isWaiting
            ? null
            : Problem ?? new TableProblem(TableProblem.HeaderInvalid, "There are no rows below the names of the columns.");
    }

    /// <summary>Moves to the next row that is not empty.</summary>
    private bool Advance()
    {
        if (Problem is not null)
        {
            return false;
        }

        if (!NextFilled())
        {
            Problem = _source.Problem;
            return false;
        }

        if (RowCount == _limits.MaxRows)
        {
            Problem = new TableProblem(TableProblem.TooLarge, $"The file has more than {_limits.MaxRows} rows.", _record.Row);
            return false;
        }

        return true;
    }

    private bool NextFilled()
    {
        while (_source.Next(_record))
        {
            if (!_record.IsBlank)
            {
                return true;
            }
        }

        return false;
    }

    private TableRow Row()
    {
        if (_record.LastFilled >= _columns.Length)
        {
            _record.Report(new RowProblem(
                RowProblem.RowInvalid, $"The row has something behind its {_columns.Length} columns.", _columns.Length + 1));
        }
        else if (_record.CellCount < _columns.Length && !_record.IsSparse)
        {
            _record.Report(new RowProblem(
                RowProblem.RowInvalid, $"The row has {_record.CellCount} cells where there are {_columns.Length} columns."));
        }

        var cells = new string[_columns.Length];
        for (var column = 0; column < cells.Length; column++)
        {
            cells[column] = _record.Cell(column);
        }

        return new TableRow(_record.Row, cells, _record.Problem);
    }

    private TableProblem BadHeader(string message, int column) =>
        new(TableProblem.HeaderInvalid, message, _record.Row, column);
}
