using System.IO.Compression;
using System.Text;

namespace Crm.Silo.Tests.Imports.Files;

/// <summary>Makes workbooks part by part, good ones and hostile ones.</summary>
internal sealed class XlsxBuilder
{
    public const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private readonly Dictionary<string, Func<Stream, Task>> _parts = [];

    public XlsxBuilder()
    {
        With("[Content_Types].xml", """<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>""");
        With("_rels/.rels", $"""<Relationships><Relationship Id="rId1" Type="{Links}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
        With("xl/_rels/workbook.xml.rels", $"""
            <Relationships>
              <Relationship Id="rId1" Type="{Links}/worksheet" Target="worksheets/sheet1.xml"/>
              <Relationship Id="rId2" Type="{Links}/worksheet" Target="/xl/worksheets/sheet2.xml"/>
              <Relationship Id="rId3" Type="{Links}/styles" Target="styles.xml"/>
              <Relationship Id="rId4" Type="{Links}/sharedStrings" Target="../xl/sharedStrings.xml"/>
            </Relationships>
            """);
        WithWorkbook("""<sheets><sheet name="Leads" sheetId="1" r:id="rId1"/></sheets>""");
        WithRows("""<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>Ada</t></is></c></row>""");
    }

    public XlsxBuilder With(string path, string xml) => With(path, async part => await part.WriteAsync(Encoding.UTF8.GetBytes(xml)));

    public XlsxBuilder With(string path, Func<Stream, Task> write)
    {
        _parts[path] = write;
        return this;
    }

    public XlsxBuilder Without(string path)
    {
        _parts.Remove(path);
        return this;
    }

    public XlsxBuilder WithWorkbook(string inner) =>
        With("xl/workbook.xml", $"""<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{Main}" xmlns:r="{Links}">{inner}</workbook>""");

    public XlsxBuilder WithRows(string rows, string sheet = "sheet1") => With($"xl/worksheets/{sheet}.xml", Sheet(rows));

    public XlsxBuilder WithShared(string items) => With("xl/sharedStrings.xml", $"""<sst xmlns="{Main}">{items}</sst>""");

    public XlsxBuilder WithStyles(string inner) => With("xl/styles.xml", $"""<styleSheet xmlns="{Main}">{inner}</styleSheet>""");

    /// <summary>A sheet of texts; the first row names the columns.</summary>
    public XlsxBuilder WithTexts(params string[][] rows)
    {
        var xml = new StringBuilder();
        foreach (var row in rows)
        {
            xml.Append("<row>");
            foreach (var cell in row)
            {
                xml.Append("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">").Append(System.Security.SecurityElement.Escape(cell)).Append("</t></is></c>");
            }

            xml.Append("</row>");
        }

        return WithRows(xml.ToString());
    }

    public async Task<byte[]> BuildAsync(CompressionLevel level = CompressionLevel.Fastest)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, write) in _parts)
            {
                await using var part = zip.CreateEntry(path, level).Open();
                await write(part);
            }
        }

        return file.ToArray();
    }

    public async Task<Reading> ReadAsync(Crm.Silo.Imports.Files.TableFileLimits? limits = null) => await Reading.OfXlsxAsync(await BuildAsync(), limits);

    public static string Sheet(string rows) => $"""<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{Main}"><sheetData>{rows}</sheetData></worksheet>""";
}
