using System.Globalization;
using Crm.Silo.Imports.Files;

namespace Crm.Silo.Tests.Imports.Files;

public sealed class XlsxFileTests
{
    /// <summary>Formats by index: 0 General, 1 a built-in date, 2 date and time, 3 a Chinese date, 4 elapsed time, 5 red text format, 6 time.</summary>
    private const string Styles = """
        <numFmts count="3">
          <numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>
          <numFmt numFmtId="165" formatCode="[hh]:mm"/>
          <numFmt numFmtId="166" formatCode="[Magenta]&quot;days&quot;\d0.00"/>
        </numFmts>
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="20"/></cellXfs>
        <dxfs><dxf><numFmt numFmtId="0" formatCode="yyyy"/></dxf></dxfs>
        """;

    [Fact]
    public async Task A_sheet_of_texts_is_read_with_the_numbers_of_its_rows()
    {
        var reading = await new XlsxBuilder()
            .WithShared("<si><t>姓名</t></si><si><r><rPr/><t>张</t></r><r><t>三 &amp; Co</t></r><rPh><t>ちょう</t></rPh></si><si/><si><t>a_x000D_b_x005F_c_xZZZZ_</t></si>")
            .WithRows("""
                <row r="1"/>
                <row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="inlineStr"><is><t>company</t></is></c><c r="D3" s="1"/></row>
                <row r="4"><c r="A4" s="1"/><c r="C4"/></row>
                <row r="6"><c r="A6" t="s"><v>1</v></c><c r="B6" t="s"><v>2</v></c></row>
                <row r="9" spans="1:2"><c r="B9" t="s"><v>3</v></c></row>
                """)
            .ReadAsync();

        reading.Problem.Should().BeNull();
        reading.Columns.Should().Equal("姓名", "company");
        reading.Rows.Should().BeEquivalentTo(
            new[] { new TableRow(6, ["张三 & Co", ""], null), new TableRow(9, ["", "a\rb_c_xZZZZ_"], null) });
    }

    [Fact]
    public async Task References_may_be_left_out() =>
        (await new XlsxBuilder().WithTexts(["a", "b"], ["1", " 2 "], ["3", "4"]).ReadAsync())
            .Cells.Should().BeEquivalentTo(new string[][] { ["1", " 2 "], ["3", "4"] }, strict => strict.WithStrictOrdering());

    [Theory]
    [InlineData("<c r=\"A2\"><v>13800138000</v></c>", "13800138000")]
    [InlineData("<c r=\"A2\"><v>1.38001380001E11</v></c>", "138001380001")]
    [InlineData("<c r=\"A2\"><v>0.30000000000000004</v></c>", "0.3")]
    [InlineData("<c r=\"A2\"><v>-1234.5</v></c>", "-1234.5")]
    [InlineData("<c r=\"A2\"><v>1E-7</v></c>", "0.0000001")]
    [InlineData("<c r=\"A2\"><v>1E+300</v></c>", "1E+300")]
    [InlineData("<c r=\"A2\"><v>007</v></c>", "007")]
    [InlineData("<c r=\"A2\"><v>abc</v></c>", "abc")]
    [InlineData("<c r=\"A2\" t=\"str\"><v>007</v></c>", "007")]
    [InlineData("<c r=\"A2\" t=\"b\"><v>1</v></c>", "true")]
    [InlineData("<c r=\"A2\" t=\"b\"><v>0</v></c>", "false")]
    [InlineData("<c r=\"A2\" t=\"d\"><v>2026-11-21T08:30:00</v></c>", "2026-11-21T08:30:00")]
    [InlineData("<c r=\"A2\" s=\"4\"><v>1.5</v></c>", "1.5")]
    [InlineData("<c r=\"A2\" s=\"5\"><v>5</v></c>", "5")]
    [InlineData("<c r=\"A2\" s=\"99\"><v>5</v></c>", "5")]
    public async Task Row_64_a_value_comes_as_a_person_would_type_it(string cell, string expected)
    {
        var reading = await Table(cell).WithStyles(Styles).ReadAsync();

        reading.Problem.Should().BeNull();
        reading.Rows.Should().ContainSingle().Which.Should().BeEquivalentTo(new TableRow(2, [expected], null));
    }

    [Theory]
    [InlineData("46347", 1, false, "2026-11-21")]
    [InlineData("44885", 1, true, "2026-11-21")]
    [InlineData("46347", 3, false, "2026-11-21")]
    [InlineData("46347.354166666664", 2, false, "2026-11-21T08:30:00")]
    [InlineData("46347.99999999", 2, false, "2026-11-22")]
    [InlineData("0.354166666666667", 6, false, "08:30:00")]
    [InlineData("1", 1, false, "1900-01-01")]
    [InlineData("59", 1, false, "1900-02-28")]
    [InlineData("61", 1, false, "1900-03-01")]
    [InlineData("1", 1, true, "1904-01-02")]
    [InlineData("2958465", 1, false, "9999-12-31")]
    [InlineData("2958466", 1, false, "2958466")]
    [InlineData("2957003", 1, true, "9999-12-31")]
    [InlineData("2957004", 1, true, "2957004")]
    [InlineData("-1", 1, false, "-1")]
    [InlineData("1E300", 1, false, "1E+300")]
    [InlineData("NaN", 1, false, "NaN")]
    public async Task Row_64_dates_are_right_in_both_systems(string number, int style, bool is1904, string expected)
    {
        var reading = await Table($"<c r=\"A2\" s=\"{style}\"><v>{number}</v></c>")
            .WithStyles(Styles)
            .WithWorkbook($"""<workbookPr date1904="{(is1904 ? 1 : 0)}"/><sheets><sheet name="Leads" sheetId="1" r:id="rId1"/></sheets>""")
            .ReadAsync();

        reading.Cells.Should().ContainSingle().Which.Should().Equal(expected);
    }

    [Fact]
    public async Task Row_64_a_formula_gives_its_last_result_with_a_warning_or_a_problem_of_the_row()
    {
        var reading = await new XlsxBuilder().WithRows("""
            <row r="1"><c r="A1" t="str"><v>a</v></c></row>
            <row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>
            <row r="3"><c r="A3" t="str"><f>A1</f><v>x</v></c></row>
            <row r="4"><c r="A4" t="s"><f>NOW()</f><v></v></c></row>
            <row r="5"><c r="A5" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
            <row r="6"><c r="A6"><v>2</v></c></row>
            """).ReadAsync();

        reading.Cells.Select(cells => cells[0]).Should().Equal("2", "x", "", "#DIV/0!", "2");
        reading.Rows.Select(row => row.Problem?.Code).Should().Equal(
            "cell-formula-ignored", "cell-formula-ignored", "cell-formula-ignored", "cell-formula-ignored", null);
        reading.Rows.Select(row => row.Problem?.IsWarning).Should().Equal(true, true, false, false, null);
    }

    [Fact]
    public async Task Row_64_the_first_visible_sheet_is_read()
    {
        var reading = await new XlsxBuilder()
            .WithTexts(["hidden"], ["x"])
            .WithRows("<row><c t=\"str\"><v>visible</v></c></row><row><c t=\"str\"><v>y</v></c></row>", "sheet2")
            .WithWorkbook("""<sheets><sheet name="1" state="veryHidden" r:id="rId1"/><sheet name="2" r:id="rId2"/></sheets>""")
            .ReadAsync();

        reading.Columns.Should().Equal("visible");
    }

    [Fact]
    public async Task Row_64_a_merged_area_has_its_value_in_its_first_cell()
    {
        var reading = await new XlsxBuilder()
            .With("xl/worksheets/sheet1.xml", XlsxBuilder.Sheet("""
                <row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>
                <row r="2"><c r="A2" t="str"><v>both</v></c><c r="B2" s="1"/></row>
                """).Replace("</worksheet>", "<mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells></worksheet>", StringComparison.Ordinal))
            .ReadAsync();

        reading.Cells.Should().ContainSingle().Which.Should().Equal("both", "");
    }

    [Fact]
    public async Task Row_58_the_limits_of_rows_and_cells_hold_for_workbooks_too()
    {
        var limits = new TableFileLimits { MaxRows = 3, MaxCellLength = 10 };
        var reading = await new XlsxBuilder()
            .WithTexts(["a"], ["1"], ["2"], ["12345678901"], ["4"])
            .ReadAsync(limits);

        reading.Problem.Should().BeEquivalentTo(new { Code = "import-too-large", Row = 5 });
        reading.Rows.Select(row => row.Problem?.Code).Should().Equal(null, null, "csv-row-invalid");
        reading.Cells[2].Should().Equal("1234567890");
    }

    [Fact]
    public async Task Row_58_a_long_shared_text_is_a_problem_of_its_row()
    {
        var reading = await new XlsxBuilder()
            .WithShared($"<si><t>{new string('张', 32_001)}</t></si><si><t>{new string('x', 32_000)}</t></si>")
            .WithRows("<row><c t=\"str\"><v>a</v></c></row><row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>1</v></c></row>")
            .ReadAsync();

        reading.Rows.Select(row => row.Problem?.Code).Should().Equal("csv-row-invalid", null);
        reading.Cells.Should().OnlyContain(cells => cells[0].Length == 32_000);
    }

    [Fact]
    public async Task A_cell_behind_the_named_columns_is_a_problem_of_its_row()
    {
        var reading = await new XlsxBuilder().WithTexts(["a", "b"], ["1", "2", "3"], ["1"]).ReadAsync();

        reading.Rows.Select(row => row.Problem?.Column).Should().Equal(3, null);
    }

    [Fact]
    public async Task Row_56_a_sheet_without_names_or_rows_is_refused()
    {
        (await new XlsxBuilder().WithRows("").ReadAsync()).Problem!.Code.Should().Be("csv-header-invalid");
        (await new XlsxBuilder().With("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>").ReadAsync()).Problem!.Code.Should().Be("csv-header-invalid");
        (await new XlsxBuilder().WithTexts(["a", "b"]).ReadAsync()).Problem!.Code.Should().Be("csv-header-invalid");
        (await new XlsxBuilder().WithTexts(["a", "A"], ["1", "2"]).ReadAsync()).Problem!.Code.Should().Be("csv-header-invalid");
        (await new XlsxBuilder().WithTexts(["", "A"], ["1", "2"]).ReadAsync()).Problem!.Code.Should().Be("csv-header-invalid");
    }

    [Fact]
    public async Task Row_61_reading_goes_on_at_any_row()
    {
        var texts = new List<string[]> { new[] { "a", "b" } };
        for (var i = 1; i < 50; i++)
        {
            texts.Add([i.ToString(CultureInfo.InvariantCulture), i % 3 == 0 ? "" : "张三"]);
        }

        var bytes = await new XlsxBuilder().WithTexts([.. texts]).BuildAsync();
        using var file = new MemoryStream(bytes);
        using var reader = (await TableFile.OpenAsync(file, "leads.xlsx", TableFileLimits.Default, CancellationToken.None)).Reader!;

        reader.SkipTo(40);

        reader.Read(out var row).Should().BeTrue();
        row!.Number.Should().Be(40);
        row.Cells.Should().Equal("39", "");
        reader.RowCount.Should().Be(39);
    }

    [Fact]
    public async Task A_workbook_under_another_name_is_a_workbook_all_the_same() =>
        (await Reading.OfAsync(await new XlsxBuilder().BuildAsync(), "leads.csv")).Cells[0].Should().Equal("Ada");

    [Fact]
    public async Task A_strict_workbook_with_prefixes_and_a_mark_is_read()
    {
        const string Strict = "http://purl.oclc.org/ooxml/spreadsheetml/main";
        var reading = await new XlsxBuilder()
            .With("xl/worksheets/sheet1.xml", "\ufeff" + $"""
                <x:worksheet xmlns:x="{Strict}"><x:sheetData>
                <x:row r="1"><x:c r="A1" t="str"><x:v>a</x:v></x:c></x:row><x:row r="2"><x:c r="A2" t="str"><x:v>1</x:v></x:c></x:row>
                </x:sheetData></x:worksheet>
                """)
            .ReadAsync();

        reading.Cells[0].Should().Equal("1");
    }

    [Fact]
    public async Task Damage_in_the_middle_of_a_sheet_ends_the_reading_with_a_problem()
    {
        var bytes = await new XlsxBuilder()
            .With("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c><v>1</v></c></row><row><c><v>2</v></c></row><row><c><v>3</row>")
            .BuildAsync();

        var reading = await Reading.OfXlsxAsync(bytes);

        reading.Rows.Should().ContainSingle();
        reading.Problem!.Code.Should().Be("xlsx-unsupported");
    }

    [Theory]
    [InlineData("<row r=\"2\"/><row r=\"2\"/>")]
    [InlineData("<row r=\"3\"/><row r=\"2\"/>")]
    [InlineData("<row r=\"x\"/>")]
    [InlineData("<row r=\"-1\"/>")]
    [InlineData("<row r=\"99999999999\"/>")]
    [InlineData("<row><c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>1</v></c></row>")]
    [InlineData("<row><c r=\"2\"><v>1</v></c></row>")]
    [InlineData("<row><c t=\"s\"><v>7</v></c></row>")]
    [InlineData("<row><c t=\"s\"><v>-1</v></c></row>")]
    [InlineData("<row><c s=\"x\"><v>7</v></c></row>")]
    public async Task A_sheet_that_contradicts_itself_is_damaged(string rows) =>
        (await new XlsxBuilder().WithRows("<row><c><v>1</v></c></row>" + rows).ReadAsync()).Problem!.Code.Should().Be("xlsx-unsupported");

    [Fact]
    public async Task No_damage_makes_the_reader_throw()
    {
        var whole = await new XlsxBuilder()
            .WithStyles(Styles)
            .WithShared("<si><t>姓名</t></si><si><t>张三</t></si>")
            .WithRows("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c></row>")
            .BuildAsync(System.IO.Compression.CompressionLevel.NoCompression);
        var random = new Random(9);
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = whole.AsSpan(0, i % 10 == 0 ? random.Next(whole.Length) : whole.Length).ToArray();
            for (var change = random.Next(4); change >= 0 && bytes.Length > 0; change--)
            {
                // The directory, at the end, is where most can be broken; 255 makes sizes and places huge.
                var place = random.Next(2) == 0 ? random.Next(bytes.Length) : Math.Max(0, bytes.Length - 1 - random.Next(400));
                bytes[place] = random.Next(3) == 0 ? (byte)255 : (byte)random.Next(256);
            }

            await Reading.OfAsync(bytes, "leads.xlsx");
        }
    }

    private static XlsxBuilder Table(string cell) =>
        new XlsxBuilder().WithRows($"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c></row><row r=\"2\">{cell}</row>");
}
