namespace Crm.Silo.Imports.Files;

/// <summary>
/// One raw record, used again for the next. Holds at most <see cref="TableFileLimits.MaxColumns"/> cells of at most
/// <see cref="TableFileLimits.MaxCellLength"/> characters; what is beyond is counted but not kept, so that a hostile file costs no memory.
/// </summary>
internal sealed class RecordBuffer(TableFileLimits limits)
{
    private readonly int[] _ends = new int[limits.MaxColumns];
    private char[] _text = new char[1_024];
    private int _length;
    private int _cellLength;

    /// <summary>Records before this row are only counted.</summary>
    public int KeepFromRow { get; set; }

    /// <summary>The row as a spreadsheet program numbers it, from 1.</summary>
    public int Row { get; private set; }

    /// <summary>Cells so far, those not kept included.</summary>
    public int CellCount { get; private set; }

    /// <summary>The format leaves empty cells out, so few cells are no mistake.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>The last cell that holds anything, from 0; -1 when all are empty.</summary>
    public int LastFilled { get; private set; }

    /// <summary>Nothing in it, and nothing to say about it.</summary>
    public bool IsBlank => LastFilled < 0 && Problem is null;

    /// <summary>The first thing that is wrong with the record; an error replaces a warning.</summary>
    public RowProblem? Problem { get; private set; }

    public void Begin(int row, bool isSparse = false)
    {
        Row = row;
        IsSparse = isSparse;
        CellCount = 0;
        LastFilled = -1;
        Problem = null;
        _length = 0;
        _cellLength = 0;
    }

    /// <summary>Adds text to the cell that is open.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        LastFilled = CellCount;
        var room = limits.MaxCellLength - _cellLength;
        if (text.Length > room)
        {
            Report(new RowProblem(RowProblem.RowInvalid, $"The cell has more than {limits.MaxCellLength} characters.", CellCount + 1));
            text = text[..room];
        }

        _cellLength += text.Length;
        if (Row < KeepFromRow || CellCount >= _ends.Length)
        {
            return;
        }

        if (_length + text.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + text.Length));
        }

        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    public void EndCell()
    {
        if (CellCount < _ends.Length)
        {
            _ends[CellCount] = _length;
        }

        CellCount++;
        _cellLength = 0;
    }

    /// <summary>Ends cells until <paramref name="column"/> (from 0) is the one that is open.</summary>
    public void EndCellsBefore(int column)
    {
        while (CellCount < column)
        {
            EndCell();
        }
    }

    public void Report(RowProblem problem)
    {
        if (Problem is null || (Problem.IsWarning && !problem.IsWarning))
        {
            Problem = problem;
        }
    }

    /// <summary>A cell's text without our export's apostrophe; "" for a cell the record does not have.</summary>
    public string Cell(int column)
    {
        if (column >= Math.Min(CellCount, _ends.Length))
        {
            return "";
        }

        var start = column == 0 ? 0 : _ends[column - 1];
        return FormulaGuard.Undo(_text.AsSpan(start, _ends[column] - start));
    }
}
