using System.IO.Compression;
using System.Text;
using Crm.Silo.Imports.Files;

namespace Crm.Silo.Tests.Imports.Files;

public sealed class XlsxAttackTests
{
    private static readonly byte[] Spaces = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));

    [Theory]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>", " ")]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", " ")]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>", "x")]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"", "x")]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"", ">")]
    [InlineData("<row r=\"1\"><c ", "x")]
    [InlineData("", " ")]
    [InlineData("<!--", "x")]
    [InlineData("<!--", "<")]
    [InlineData("<?x ", "<")]
    [InlineData("<row r=\"1\"><c r=\"A1\" t=\"str\"><v><![CDATA[", "<")]
    [InlineData("", "<row/>")]
    [InlineData("<row r=\"1\">", "<c/>")]
    [InlineData("", "<row><c/></row>")]
    [InlineData("", "<a>")]
    public async Task Row_62_a_bomb_of_any_shape_is_unsafe(string before, string repeated)
    {
        var file = await new XlsxBuilder().With("xl/worksheets/sheet1.xml", part => WriteAsync(part, "<worksheet><sheetData>" + before, repeated, megabytes: 30)).BuildAsync(CompressionLevel.Optimal);

        var reading = await Reading.OfXlsxAsync(file);

        file.Length.Should().BeLessThan(1 << 20);
        reading.Problem!.Code.Should().Be("archive-unsafe");
    }

    [Fact]
    public async Task Row_62_a_bomb_of_different_names_is_unsafe()
    {
        var names = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
        {
            names.Append("<n").Append(i).Append("/>");
        }

        (await new XlsxBuilder().WithRows(names.ToString()).ReadAsync()).Problem!.Code.Should().Be("archive-unsafe");
    }

    [Fact]
    public async Task Row_62_a_ratio_within_the_limit_still_ends_at_the_limit_of_bytes()
    {
        var random = new Random(9);
        var file = await new XlsxBuilder()
            .WithShared(string.Concat(Enumerable.Range(0, 20_000).Select(_ => $"<si><t>{random.NextInt64():x}{random.NextInt64():x}</t></si>")))
            .BuildAsync();

        var reading = await Reading.OfXlsxAsync(file, new TableFileLimits { MaxInflatedBytes = 500_000 });

        reading.Problem.Should().BeEquivalentTo(new { Code = "archive-unsafe", Message = "The archive unpacks to too many bytes." });
    }

    [Theory]
    [InlineData("xl/sharedStrings.xml")]
    [InlineData("xl/styles.xml")]
    [InlineData("xl/workbook.xml")]
    [InlineData("xl/_rels/workbook.xml.rels")]
    [InlineData("_rels/.rels")]
    [InlineData("[Content_Types].xml")]
    public async Task Row_62_a_bomb_in_any_part_is_unsafe(string path)
    {
        var file = await new XlsxBuilder().With(path, part => WriteAsync(part, "<x>", "<si/>", megabytes: 12)).BuildAsync(CompressionLevel.Optimal);
        (await Reading.OfXlsxAsync(file)).Problem!.Code.Should().Be("archive-unsafe");
    }

    [Fact]
    public async Task Row_62_a_bomb_in_a_part_nobody_reads_is_not_even_unpacked()
    {
        var file = await new XlsxBuilder().With("xl/media/image1.png", part => WriteAsync(part, "", " ", megabytes: 30)).BuildAsync();
        (await Reading.OfXlsxAsync(file)).Cells[0].Should().Equal("Ada");
    }

    [Fact]
    public async Task Row_62_a_thousand_entries_are_read_and_one_more_is_unsafe()
    {
        var builder = new XlsxBuilder();
        for (var i = 0; i < 995; i++)
        {
            builder.With($"xl/media/{i}", "");
        }

        (await builder.ReadAsync()).Problem.Should().BeNull();
        var file = await builder.With("xl/media/last", "").BuildAsync();
        (await Reading.OfXlsxAsync(file)).Problem!.Code.Should().Be("archive-unsafe");

        // The same archive, saying of itself that it has three entries.
        (file[^14], file[^13], file[^12], file[^11]) = (3, 0, 3, 0);
        (await Reading.OfXlsxAsync(file)).Problem!.Code.Should().Be("archive-unsafe");
    }

    [Fact]
    public async Task Row_62_sizes_that_lie_are_not_believed()
    {
        var file = await new XlsxBuilder()
            .Without("xl/worksheets/sheet1.xml")
            .With("xl/worksheets/sheet1.xml", part => WriteAsync(part, "<worksheet><sheetData>", "<row/>", megabytes: 30))
            .BuildAsync(CompressionLevel.SmallestSize);
        Overwrite(file, 30 << 20, claimed: 1_000);

        (await Reading.OfXlsxAsync(file)).Problem!.Code.Should().BeOneOf("archive-unsafe", "xlsx-unsupported");
    }

    [Theory]
    [InlineData("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>")]
    [InlineData("<row r=\"3\"><c r=\"XFD3\"><v>1</v></c></row>")]
    [InlineData("<row r=\"3\"><c r=\"XFE3\"/></row>")]
    [InlineData("<row r=\"3\"><c r=\"AAAAAAAAAAAAAAAAAAAAAAAA3\"/></row>")]
    [InlineData("<row r=\"1048577\"/>")]
    [InlineData("<row r=\"3\"><c r=\"SG3\"><v>1</v></c></row>")]
    [InlineData("<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>")]
    public async Task Row_62_a_far_cell_is_unsafe(string row)
    {
        var reading = await new XlsxBuilder().WithRows("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>" + row).ReadAsync();

        reading.Rows.Should().ContainSingle();
        reading.Problem!.Code.Should().Be("archive-unsafe");
    }

    [Fact]
    public async Task A_far_cell_that_only_has_a_format_harms_nobody() =>
        (await new XlsxBuilder().WithRows("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\" s=\"0\"/></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\" s=\"0\"/></row>").ReadAsync())
            .Problem.Should().BeNull();

    [Fact]
    public async Task Row_62_ten_thousand_cell_formats_are_unsafe() =>
        (await new XlsxBuilder().WithStyles($"<cellXfs>{string.Concat(Enumerable.Repeat("<xf numFmtId=\"0\"/>", 10_000))}</cellXfs>").ReadAsync())
            .Problem!.Code.Should().Be("archive-unsafe");

    [Fact]
    public async Task Row_62_millions_of_shared_texts_are_too_large()
    {
        var limits = new TableFileLimits { MaxInflationRatio = 10_000 };
        var file = await new XlsxBuilder().With("xl/sharedStrings.xml", part => WriteAsync(part, "<sst>", "<si/>", megabytes: 13)).BuildAsync();
        (await Reading.OfXlsxAsync(file, limits)).Problem!.Code.Should().Be("import-too-large");
    }

    [Theory]
    [InlineData("../evil.xml")]
    [InlineData("xl/../../evil.xml")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\evil.xml")]
    [InlineData("\\evil.xml")]
    [InlineData("C:\\evil.xml")]
    public async Task An_entry_whose_path_leads_out_is_unsafe(string path) =>
        (await new XlsxBuilder().With(path, "x").ReadAsync()).Problem!.Code.Should().Be("archive-unsafe");

    [Fact]
    public async Task Two_entries_of_one_name_are_unsafe() =>
        (await new XlsxBuilder().With("xl/Worksheets/Sheet1.xml", "<x/>").ReadAsync()).Problem!.Code.Should().Be("archive-unsafe");

    [Fact]
    public async Task Row_63_a_DTD_is_refused_and_nothing_is_fetched()
    {
        const string Xxe = "<!DOCTYPE worksheet [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData><row><c t=\"str\"><v>&x;</v></c></row></sheetData></worksheet>";
        foreach (var path in (string[])["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels", "[Content_Types].xml"])
        {
            (await new XlsxBuilder().With(path, Xxe).ReadAsync()).Problem!.Code.Should().Be("xlsx-unsupported", "the DTD is in {0}", path);
        }
    }

    [Fact]
    public async Task Row_63_an_entity_nobody_defined_is_refused() =>
        (await new XlsxBuilder().WithRows("<row><c t=\"str\"><v>&lol;</v></c></row>").ReadAsync()).Problem!.Code.Should().Be("xlsx-unsupported");

    [Fact]
    public async Task Row_63_links_to_other_files_are_refused()
    {
        (await new XlsxBuilder().With("xl/externalLinks/externalLink1.xml", "<x/>").ReadAsync()).Problem!.Code.Should().Be("xlsx-unsupported");
        (await new XlsxBuilder().With("xl/_rels/workbook.xml.rels", """
            <Relationships><Relationship Id="rId1" Type="x/worksheet" TargetMode="External" Target="http://evil.test/sheet.xml"/></Relationships>
            """).ReadAsync()).Problem!.Code.Should().Be("xlsx-unsupported");
    }

    [Fact]
    public async Task Row_63_macros_are_refused()
    {
        var plain = await new XlsxBuilder().BuildAsync();

        (await Reading.OfAsync(plain, "leads.XLSM")).Problem!.Code.Should().Be("xlsx-unsupported");
        (await new XlsxBuilder().With("xl/vbaProject.bin", "x").ReadAsync()).Problem!.Code.Should().Be("xlsx-unsupported");
        (await new XlsxBuilder().With("[Content_Types].xml", """<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>""").ReadAsync())
            .Problem!.Code.Should().Be("xlsx-unsupported");
    }

    [Fact]
    public async Task Row_63_old_and_encrypted_workbooks_are_refused_under_any_name()
    {
        byte[] ole = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]];
        foreach (var name in (string[])["leads.xlsx", "leads.xls", "leads.csv", "leads"])
        {
            (await Reading.OfAsync(ole, name)).Problem!.Code.Should().Be("xlsx-unsupported");
        }
    }

    [Fact]
    public async Task Row_63_an_entry_with_a_password_is_refused()
    {
        var file = await new XlsxBuilder().BuildAsync();
        for (var i = 0; i < file.Length - 46; i++)
        {
            if (file.AsSpan(i, 4).SequenceEqual(new byte[] { 0x50, 0x4B, 0x01, 0x02 }))
            {
                file[i + 8] |= 1;
            }
        }

        (await Reading.OfXlsxAsync(file)).Problem!.Code.Should().Be("xlsx-unsupported");
    }

    [Theory]
    [InlineData("[Content_Types].xml")]
    [InlineData("_rels/.rels")]
    [InlineData("xl/workbook.xml")]
    [InlineData("xl/_rels/workbook.xml.rels")]
    [InlineData("xl/worksheets/sheet1.xml")]
    public async Task Row_63_a_workbook_without_a_part_it_needs_is_refused(string path) =>
        (await new XlsxBuilder().Without(path).ReadAsync()).Problem!.Code.Should().Be("xlsx-unsupported");

    [Fact]
    public async Task Row_63_a_workbook_without_a_visible_sheet_is_refused() =>
        (await new XlsxBuilder().WithWorkbook("""<sheets><sheet name="1" state="hidden" r:id="rId1"/></sheets>""").ReadAsync())
            .Problem!.Code.Should().Be("xlsx-unsupported");

    [Fact]
    public async Task Row_63_what_is_only_named_xlsx_is_refused()
    {
        (await Reading.OfXlsxAsync("a,b\n1,2"u8.ToArray())).Problem!.Code.Should().Be("xlsx-unsupported");
        (await Reading.OfXlsxAsync([])).Problem!.Code.Should().Be("xlsx-unsupported");
        (await Reading.OfXlsxAsync([0x50, 0x4B, 3, 4])).Problem!.Code.Should().Be("xlsx-unsupported");
        (await Reading.OfXlsxAsync([0x50, 0x4B, 5, 6, .. new byte[18]])).Problem!.Code.Should().Be("xlsx-unsupported");
    }

    [Fact]
    public async Task A_part_in_UTF_16_is_refused() =>
        (await new XlsxBuilder()
            .With("xl/worksheets/sheet1.xml", async part => await part.WriteAsync(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(XlsxBuilder.Sheet("<row/>"))).ToArray()))
            .ReadAsync())
            .Problem!.Code.Should().Be("xlsx-unsupported");

    [Fact]
    public async Task A_workbook_of_20_MiB_and_one_byte_is_too_large()
    {
        var file = await new XlsxBuilder().BuildAsync();
        Array.Resize(ref file, (20 << 20) + 1);
        (await Reading.OfXlsxAsync(file)).Problem!.Code.Should().Be("import-too-large");
    }

    private static async Task WriteAsync(Stream part, string before, string repeated, int megabytes)
    {
        await part.WriteAsync(Encoding.ASCII.GetBytes(before));
        var block = repeated == " " ? Spaces : Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(repeated, (1 << 20) / repeated.Length)));
        for (var written = 0; written < megabytes; written++)
        {
            await part.WriteAsync(block);
        }
    }

    /// <summary>Writes another uncompressed size over every place that states <paramref name="size"/>.</summary>
    private static void Overwrite(byte[] file, int size, int claimed)
    {
        var (from, to) = (BitConverter.GetBytes(size), BitConverter.GetBytes(claimed));
        for (var i = 0; i <= file.Length - 4; i++)
        {
            if (file.AsSpan(i, 4).SequenceEqual(from))
            {
                to.CopyTo(file, i);
            }
        }
    }
}
