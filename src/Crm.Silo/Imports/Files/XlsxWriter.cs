using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// Writes an XLSX file whose cells are all texts, so that no program calculates what is in them. The first row is repeated on every further
/// sheet, of which there is one for each 1,048,576 rows. <see cref="TableFile"/> reads every text without NUL back unchanged.
/// </summary>
public sealed class XlsxWriter : ITableWriter
{
    /// <summary>Most rows of a sheet, as spreadsheet programs have it.</summary>
    public const int MostSheetRows = 1_048_576;

    /// <summary>Most characters of a cell, as spreadsheet programs have it; longer texts are cut.</summary>
    public const int MostCellLength = 32_767;

    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Packages = "http://schemas.openxmlformats.org/package/2006";

    private readonly ZipArchive _zip;
    private readonly string _creator;
    private readonly string _description;
    private readonly int _mostRows;
    private readonly StringBuilder _line = new();
    private IReadOnlyList<string?>? _header;
    private StreamWriter? _sheet;
    private int _sheets;
    private int _rows;

    /// <param name="creator">Who has it made, for the file's properties.</param>
    /// <param name="description">What the file's properties say of it.</param>
    /// <param name="mostRows">Rows of a sheet.</param>
    public XlsxWriter(Stream file, string creator, string description, int mostRows = MostSheetRows)
    {
        (_zip, _creator, _description, _mostRows) = (new(file, ZipArchiveMode.Create, leaveOpen: true), creator, description, mostRows);
    }

    /// <inheritdoc/>
    public async Task WriteRowAsync(IReadOnlyList<string?> cells, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var isFirst = _header is null;
        _header ??= cells;
        if (_sheet is null || _rows == _mostRows)
        {
            await OpenSheetAsync();
            if (!isFirst)
            {
                await WriteAsync(_header, cancel);
            }
        }

        await WriteAsync(cells, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sheet is null)
        {
            await OpenSheetAsync();
        }

        await CloseSheetAsync();
        var sheets = Enumerable.Range(1, _sheets).ToArray();
        await WritePartAsync("xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relations}\"><sheets>{Each(sheets, n => $"<sheet name=\"Sheet{n}\" sheetId=\"{n}\" r:id=\"r{n}\"/>")}</sheets></workbook>");
        await WritePartAsync("xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"{Packages}/relationships\">{Each(sheets, n => $"<Relationship Id=\"r{n}\" Type=\"{Relations}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>")}</Relationships>");
        await WritePartAsync("_rels/.rels", $"<Relationships xmlns=\"{Packages}/relationships\"><Relationship Id=\"r1\" Type=\"{Relations}/officeDocument\" Target=\"xl/workbook.xml\"/><Relationship Id=\"r2\" Type=\"{Packages}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>");
        await WritePartAsync("docProps/core.xml", $"<cp:coreProperties xmlns:cp=\"{Packages}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:creator>{Escaped(_creator)}</dc:creator><dc:description>{Escaped(_description)}</dc:description></cp:coreProperties>");
        await WritePartAsync("[Content_Types].xml", $"<Types xmlns=\"{Packages}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>{Each(sheets, n => $"<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>")}</Types>");
        _zip.Dispose();
    }

    private static string Each(int[] sheets, Func<int, string> write) => string.Concat(sheets.Select(write));

    private async Task OpenSheetAsync()
    {
        await CloseSheetAsync();
        _rows = 0;
        var entry = _zip.CreateEntry(string.Create(CultureInfo.InvariantCulture, $"xl/worksheets/sheet{++_sheets}.xml"), CompressionLevel.Fastest);
        _sheet = new(entry.Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1_024);
        await _sheet.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><worksheet xmlns=\"{Main}\"><sheetData>");
    }

    private async Task CloseSheetAsync()
    {
        if (_sheet is not null)
        {
            await _sheet.WriteAsync("</sheetData></worksheet>");
            await _sheet.DisposeAsync();
        }
    }

    private async Task WriteAsync(IReadOnlyList<string?> cells, CancellationToken cancel)
    {
        _rows++;
        _line.Clear().Append("<row>");
        foreach (var cell in cells)
        {
            if (string.IsNullOrEmpty(cell))
            {
                _line.Append("<c/>");
            }
            else
            {
                // a text is no formula here, but would be one once somebody saves the sheet as CSV
                _line.Append("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">").Append(Escaped(FormulaGuard.Do(cell))).Append("</t></is></c>");
            }
        }

        await _sheet!.WriteAsync(_line.Append("</row>"), cancel); // open: every caller has seen to it
    }

    private async Task WritePartAsync(string name, string xml)
    {
        await using var part = new StreamWriter(_zip.CreateEntry(name, CompressionLevel.Fastest).Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await part.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>{xml}");
    }

    /// <summary>A text as XML, with what XML cannot hold in OOXML's own way of writing.</summary>
    private static string Escaped(string text)
    {
        if (text.Length > MostCellLength)
        {
            text = text[..(char.IsHighSurrogate(text[MostCellLength - 1]) ? MostCellLength - 1 : MostCellLength)];
        }

        var xml = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                xml.Append(c).Append(text[++i]);
                continue;
            }

            _ = c switch
            {
                '&' => xml.Append("&amp;"),
                '<' => xml.Append("&lt;"),
                '>' => xml.Append("&gt;"),
                '"' => xml.Append("&quot;"),
                // what reads like an escape must be escaped itself
                '_' when i + 1 < text.Length && text[i + 1] == 'x' => xml.Append("_x005F_"),
                '\n' or '\t' => xml.Append(c),
                < ' ' or '\uFFFE' or '\uFFFF' => xml.Append(CultureInfo.InvariantCulture, $"_x{(int)c:X4}_"),
                _ when char.IsSurrogate(c) => xml.Append('\uFFFD'),
                _ => xml.Append(c),
            };
        }

        return xml.ToString();
    }
}
