using System.Text;
using Crm.Silo.Imports.Files;

namespace Crm.Silo.Tests.Imports.Files;

/// <summary>Everything there is to see of a file.</summary>
/// <param name="Problem">Why it could not be opened, or not be read to its end.</param>
internal sealed record Reading(IReadOnlyList<string> Columns, List<TableRow> Rows, TableProblem? Problem)
{
    public string[][] Cells => [.. Rows.Select(row => row.Cells)];

    public static Task<Reading> OfCsvAsync(string text, TableFileLimits? limits = null) => OfAsync(Encoding.UTF8.GetBytes(text), "leads.csv", limits);

    public static Task<Reading> OfXlsxAsync(byte[] bytes, TableFileLimits? limits = null) => OfAsync(bytes, "leads.xlsx", limits);

    public static async Task<Reading> OfAsync(byte[] bytes, string fileName, TableFileLimits? limits = null)
    {
        using var file = new MemoryStream(bytes);
        var result = await TableFile.OpenAsync(file, fileName, limits ?? TableFileLimits.Default, CancellationToken.None);
        if (!result.IsReadable)
        {
            return new Reading([], [], result.Problem);
        }

        using var reader = result.Reader;
        var rows = new List<TableRow>();
        while (reader.Read(out var row))
        {
            rows.Add(row);
        }

        reader.Read(out _).Should().BeFalse("the end stays the end");
        reader.RowCount.Should().Be(rows.Count);
        return new Reading(reader.Columns, rows, reader.Problem);
    }
}
