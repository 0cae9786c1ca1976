using Crm.Grains.Imports;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Silo.Imports.Files;

namespace Crm.Silo.Imports;

/// <summary>Makes captures of rows, and problems of refusals. Made once for an import, used for each of its rows.</summary>
internal sealed class RowMapping
{
    private const int LongestValue = 200;
    private const string DefaultSource = "import";

    private readonly Guid _import;
    private readonly ImportEvent.Requested _request;
    private readonly string _source;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly (int Column, string Name)[] _custom;
    private readonly int _name;
    private readonly int _company;
    private readonly int _mobile;
    private readonly int _email;
    private readonly int _sourceColumn;
    private readonly int _region;
    private readonly int _product;
    private readonly int _note;

    public RowMapping(Guid import, ImportEvent.Requested request)
    {
        (_import, _request, _source) = (import, request, request.Source ?? DefaultSource);
        for (var column = 0; column < request.Columns.Count; column++)
        {
            if (request.Mapping.GetValueOrDefault(request.Columns[column]) is { } field)
            {
                _columns[field] = column;
            }
        }

        // a list of companies without people: the company is who we call
        _columns.TryAdd("name", Find("company"));
        _custom = [.. _columns.Select(pair => (pair.Value, Name: ImportMapping.CustomNameOf(pair.Key))).Where(pair => pair.Name is not null).Select(pair => (pair.Value, pair.Name!))]; // not null by the filter
        (_name, _company, _mobile, _email) = (Find("name"), Find("company"), Find("mobile"), Find("email"));
        (_sourceColumn, _region, _product, _note) = (Find("source"), Find("region"), Find("product"), Find("note"));
    }

    public LeadCommand.Capture CaptureOf(string[] cells) => new(
        Cell(cells, _name) ?? "",
        Cell(cells, _company),
        Cell(cells, _mobile),
        Cell(cells, _email),
        Cell(cells, _sourceColumn) is { } source ? ImportSources.CodeOf(source) : _source,
        Cell(cells, _region),
        Cell(cells, _product),
        Cell(cells, _note),
        CustomOf(cells),
        _request.OwnerId,
        _import);

    /// <summary>Why a row was refused, in the file's own terms.</summary>
    public ImportProblem ProblemOf(TableRow row, Refusal refusal)
    {
        var column = refusal.Field is { } field ? Find(field) : -1;
        return new(row.Number, column < 0 ? null : _request.Columns[column], refusal.Code, refusal.Sentence, column < 0 ? null : Clip(row.Cells[column]));
    }

    /// <inheritdoc cref="ProblemOf(TableRow, Refusal)"/>
    public ImportProblem ProblemOf(TableRow row, RowProblem problem)
    {
        var column = problem.Column is { } number && number <= _request.Columns.Count ? number - 1 : -1;
        return new(row.Number, column < 0 ? null : _request.Columns[column], problem.Code, problem.Message, column < 0 ? null : Clip(row.Cells[column]));
    }

    private int Find(string field) => _columns.GetValueOrDefault(field, -1);

    private static string? Cell(string[] cells, int column) => column >= 0 && cells[column].Length > 0 ? cells[column] : null;

    private Dictionary<string, CustomValue>? CustomOf(string[] cells)
    {
        Dictionary<string, CustomValue>? custom = null;
        foreach (var (column, name) in _custom)
        {
            if (cells[column].Length > 0)
            {
                (custom ??= new(StringComparer.Ordinal))[name] = cells[column];
            }
        }

        return custom;
    }

    private static string? Clip(string value) =>
        value.Length == 0 ? null
        : value.Length <= LongestValue ? value
        : value[..(char.IsHighSurrogate(value[LongestValue - 1]) ? LongestValue - 1 : LongestValue)];
}
