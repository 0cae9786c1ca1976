using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Crm.Silo.Tests.Imports.Files;

namespace Crm.Web.Tests.Imports;

/// <summary>Rows 53 to 64 of the bad-input matrix, sent as a client would send them. The readers' own tests go deeper.</summary>
public sealed class BadFileTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task Row_53_a_file_beyond_every_limit_is_too_large()
    {
        var file = new byte[(100 << 20) + 1];
        "姓名\n"u8.CopyTo(file);
        file.AsSpan(7).Fill((byte)'x');

        (await Admin.UploadAsync(file)).ExpectProblem(413, "file-too-large", "file");
    }

    [Fact]
    public async Task Row_53_a_file_without_a_byte_is_refused() => (await Admin.UploadAsync("")).ExpectProblem(422, "file-empty", "file");

    [Fact]
    public async Task Row_53_a_form_without_a_boundary_is_refused()
    {
        var body = new ByteArrayContent("--x\r\n"u8.ToArray()) { Headers = { ContentType = MediaTypeHeaderValue.Parse("multipart/form-data") } };

        (await Admin.PostAsync("/api/imports", body)).ExpectProblem(400, "multipart-invalid");
    }

    [Fact]
    public async Task Row_53_a_form_that_ends_in_the_middle_is_refused()
    {
        var body = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nname\n"u8.ToArray())
        {
            Headers = { ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x") },
        };

        (await Admin.PostAsync("/api/imports", body)).ExpectProblem(400, "multipart-invalid");
    }

    [Fact]
    public async Task Row_53_a_form_of_a_thousand_parts_is_too_large()
    {
        var form = new MultipartFormDataContent();
        for (var part = 0; part < 1_001; part++)
        {
            form.Add(new StringContent("x"), "source");
        }

        (await Admin.PostAsync("/api/imports", form)).ExpectProblem(413, "file-too-large");
    }

    [Theory]
    [InlineData("../../x.csv", "x.csv")]
    [InlineData("..\\\\x.csv", "x.csv")]
    [InlineData("CON", "CON")]
    public async Task Row_54_a_name_is_only_shown(string sent, string shown) =>
        (await Admin.EndOfAsync((await Admin.UploadAsync($"姓名\n{sent.Length}\n", sent)).Expect(202).Id)).Text("fileName").Should().Be(shown);

    [Fact]
    public async Task Row_54_a_long_name_is_cut() =>
        (await Admin.EndOfAsync((await Admin.UploadAsync("姓名\n王小明\n", new string('a', 300) + ".csv")).Expect(202).Id)).Text("fileName").Should().HaveLength(200).And.EndWith(".csv");

    [Theory]
    [InlineData("MZ\u0090\0\u0003\0\0\0", "leads.csv")]
    [InlineData("\u007fELF\u0002\u0001\u0001\0", "leads.csv")]
    [InlineData("%PDF-1.7\nMZ\0", "leads.xlsx")]
    public async Task Row_55_a_program_is_no_table(string content, string name) => (await Admin.UploadAsync(content, name)).Expect(422);

    [Theory]
    [InlineData("\n\n")]
    [InlineData("姓名,公司\n")]
    [InlineData("姓名,姓名\na,b\n")]
    [InlineData("foo,bar\na,b\n")]
    public async Task Row_56_a_file_without_a_header_or_rows_is_refused(string text) => (await Admin.UploadAsync(text)).ExpectProblem(422, "csv-header-invalid", "file");

    [Fact]
    public async Task Row_56_three_hundred_unknown_columns_are_refused() =>
        (await Admin.UploadAsync($"name,{string.Join(',', Enumerable.Range(0, 300).Select(column => $"c{column}"))}\nAda{new string(',', 300)}\n")).ExpectProblem(422, "csv-header-invalid", "file");

    [Theory]
    [InlineData("姓名,公司\n王小明,\"海河\n", "csv-malformed")]
    [InlineData("姓名,公司\n王\0小明,海河\n", "csv-malformed")]
    public async Task Row_57_a_broken_csv_is_refused_with_the_place(string text, string code) =>
        (await Admin.UploadAsync(text)).ExpectProblem(422, code, "file").Json.Text("detail").Should().MatchRegex(@"row 2");

    [Theory]
    [InlineData("姓名;公司\r\n王小明;海河软件\n李四;长江机械\r")]
    [InlineData("姓名\t公司\n王小明\t海河软件\n李四\t长江机械\n")]
    public async Task Row_57_delimiters_and_line_ends_are_found_out(string text) => (await Admin.ImportAsync(text)).Counts().Should().Be((2, 2, 0, 0));

    [Fact]
    public async Task Row_57_encodings_are_found_out_or_refused()
    {
        var utf16 = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("姓名,公司\n王小明,海河软件\n")).ToArray();
        (await Admin.EndOfAsync((await Admin.UploadAsync(utf16)).Expect(202).Id)).Counts().Should().Be((1, 1, 0, 0));
        (await Admin.UploadAsync([.. "name,company\nJos"u8, 0xE9, .. ",x\n"u8, 0xFF, 0xFF, 0x0A])).ExpectProblem(422, "encoding-unknown", "file");
    }

    [Fact]
    public async Task Row_58_a_row_that_does_not_fit_is_refused_alone()
    {
        var import = await Admin.ImportAsync($"姓名,公司\n王小明,海河,软件\n李四\n赵六,{new string('x', 33_000)}\n孙七,泰山水泥\n");

        import.Counts().Should().Be((4, 1, 0, 3));
        import.Items("problems").Select(problem => (problem.GetProperty("row").GetInt32(), problem.Text("code"))).Should()
            .Equal((2, "csv-row-invalid"), (3, "csv-row-invalid"), (4, "csv-row-invalid"));
    }

    [Fact]
    public async Task Row_58_a_file_of_too_many_rows_or_bytes_is_too_large()
    {
        var rows = new StringBuilder("姓名\n");
        for (var row = 0; row <= 200_000; row++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"n{row}\n");
        }

        (await Admin.UploadAsync(rows.ToString())).ExpectProblem(413, "import-too-large", "file");
        var bytes = new byte[(50 << 20) + 1];
        "name\n"u8.CopyTo(bytes);
        bytes.AsSpan(5).Fill((byte)'x');
        (await Admin.UploadAsync(bytes)).ExpectProblem(413, "import-too-large", "file");
    }

    [Fact]
    public async Task Row_59_a_formula_is_a_text()
    {
        var import = await Admin.ImportAsync("姓名,公司,手机\n=HYPERLINK(1),@SUM(A1),+49 170 1234567\n+1,-1,\n");

        import.Counts().Should().Be((2, 2, 0, 0));
        (await Admin.LeadsAsync()).Select(lead => (lead.Text("name"), lead.Text("company"), lead.Text("mobile"))).Should()
            .BeEquivalentTo([("=HYPERLINK(1)", "@SUM(A1)", "+49 170 1234567"), ("+1", "-1", (string?)null)]);
    }

    [Fact]
    public async Task Row_62_an_unsafe_archive_is_refused()
    {
        var many = new XlsxBuilder();
        for (var part = 0; part < 1_001; part++)
        {
            many.With($"x/{part}.xml", "<x/>");
        }

        var bomb = new XlsxBuilder().With("xl/worksheets/sheet1.xml", async part =>
        {
            var blanks = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            for (var block = 0; block < 250; block++)
            {
                await part.WriteAsync(blanks);
            }
        });
        foreach (var workbook in (XlsxBuilder[])[many, bomb, new XlsxBuilder().WithRows("""<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>""")])
        {
            (await Admin.UploadAsync(await workbook.BuildAsync(), "leads.xlsx")).ExpectProblem(422, "archive-unsafe", "file");
        }
    }

    [Fact]
    public async Task Row_63_a_workbook_that_is_none_or_reaches_out_is_refused()
    {
        const string Xxe = "<!DOCTYPE worksheet [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData><row><c t=\"str\"><v>&x;</v></c></row></sheetData></worksheet>";
        XlsxBuilder[] workbooks =
        [
            new XlsxBuilder().With("xl/worksheets/sheet1.xml", Xxe), new XlsxBuilder().With("xl/externalLinks/externalLink1.xml", "<x/>"), new XlsxBuilder().With("xl/vbaProject.bin", "x"),
            new XlsxBuilder().Without("[Content_Types].xml"),
        ];
        foreach (var workbook in workbooks)
        {
            (await Admin.UploadAsync(await workbook.BuildAsync(), "leads.xlsx")).ExpectProblem(422, "xlsx-unsupported", "file");
        }

        byte[] old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]];
        (await Admin.UploadAsync(old, "leads.xlsx")).ExpectProblem(422, "xlsx-unsupported", "file");
        (await Admin.UploadAsync(await new XlsxBuilder().BuildAsync(), "leads.xlsm")).ExpectProblem(422, "xlsx-unsupported", "file");
    }

    [Fact]
    public async Task Row_64_a_formula_cell_gives_its_last_result_or_its_row_is_refused()
    {
        var file = await new XlsxBuilder().WithRows("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>
            <row r="2"><c r="A2" t="str"><f>1+1</f><v>Ada</v></c></row>
            <row r="3"><c r="A3" t="str"><f>1+1</f></c></row>
            """).BuildAsync();

        var import = await Admin.EndOfAsync((await Admin.UploadAsync(file, "leads.xlsx")).Expect(202).Id);

        import.Counts().Should().Be((2, 1, 0, 1));
        import.Items("problems").Should().Contain(problem => problem.Text("code") == "cell-formula-ignored" && problem.GetProperty("row").GetInt32() == 3);
        (await Admin.LeadsAsync()).Single().Text("name").Should().Be("Ada");
    }

    [Fact]
    public async Task A_part_that_no_form_of_ours_has_is_refused() =>
        (await Admin.UploadAsync("姓名\n王小明\n", "leads.csv", ("tenant", "other"))).ExpectProblem(400, "unknown-field", "tenant");
}
