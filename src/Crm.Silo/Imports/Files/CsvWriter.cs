using System.Buffers;
using System.Text;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// Writes a CSV file that spreadsheet programs open as it is meant: RFC 4180, UTF-8 with a byte order mark, and no cell, names of columns
/// included, that is taken for a formula. <see cref="TableFile"/> reads every text without NUL back unchanged. Leaves the stream open.
/// </summary>
public sealed class CsvWriter(Stream file) : ITableWriter
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",;\t\"\r\n ");

    private readonly StreamWriter _text = new(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 16 * 1_024, leaveOpen: true)
    {
        NewLine = "\r\n",
    };

    /// <inheritdoc/>
    public async Task WriteRowAsync(IReadOnlyList<string?> cells, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var line = new StringBuilder();
        for (var i = 0; i < cells.Count; i++)
        {
            line.Append(i == 0 ? "" : ",").Append(Quoted(FormulaGuard.Do(cells[i] ?? "")));
        }

        await _text.WriteLineAsync(line, cancel);
    }

    public ValueTask DisposeAsync() => _text.DisposeAsync();

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(NeedQuotes) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
