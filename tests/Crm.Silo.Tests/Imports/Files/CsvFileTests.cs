using System.Text;
using Crm.Silo.Imports.Files;
using FsCheck.Fluent;

namespace Crm.Silo.Tests.Imports.Files;

public sealed class CsvFileTests
{
    private static readonly string[] Columns = ["name", "mobile"];

    [Fact]
    public async Task A_plain_file_is_read_with_the_numbers_of_its_rows()
    {
        var reading = await Reading.OfCsvAsync("name,mobile\r\nAda,1\r\n张三,2\r\n");

        reading.Problem.Should().BeNull();
        reading.Columns.Should().Equal(Columns);
        reading.Rows.Should().BeEquivalentTo(
            new[] { new TableRow(2, ["Ada", "1"], null), new TableRow(3, ["张三", "2"], null) });
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("\r\n\r\n", null)]
    [InlineData(",,\n", null)]
    [InlineData("name,mobile", null)]
    [InlineData("name,mobile\r\n", null)]
    [InlineData("name,mobile\n\n,\n", null)]
    [InlineData("name,,mobile\nAda,,1", 2)]
    [InlineData("name,mobile,Name \nAda,1,2", 3)]
    public async Task Row_56_a_header_that_is_missing_alone_unnamed_or_twice_is_refused(string text, int? column)
    {
        var reading = await Reading.OfCsvAsync(text);

        reading.Problem!.Code.Should().Be("csv-header-invalid");
        reading.Problem.Column.Should().Be(column);
    }

    [Fact]
    public async Task Row_56_a_header_of_500_columns_is_read_and_one_more_is_refused()
    {
        static string Table(int columns) =>
            string.Join(',', Enumerable.Range(1, columns).Select(i => $"c{i}")) + "\n" + new string(',', columns - 1) + "x";

        (await Reading.OfCsvAsync(Table(501))).Problem!.Code.Should().Be("csv-header-invalid");
        var widest = await Reading.OfCsvAsync(Table(500).Replace(",x", "x,", StringComparison.Ordinal));
        widest.Problem.Should().BeNull();
        widest.Columns.Should().HaveCount(500);
    }

    [Fact]
    public async Task Row_56_a_column_name_of_201_characters_is_refused() =>
        (await Reading.OfCsvAsync(new string('n', 201) + "\nx")).Problem.Should().BeEquivalentTo(new { Code = "csv-header-invalid", Column = 1 });

    [Fact]
    public async Task Empty_columns_at_the_end_of_the_header_are_no_columns()
    {
        var reading = await Reading.OfCsvAsync("name,mobile,,\nAda,1,,\n");

        reading.Columns.Should().Equal(Columns);
        reading.Rows.Should().ContainSingle().Which.Problem.Should().BeNull();
    }

    [Theory]
    [InlineData("name,mobile\nAda,1\n\"Bob,2\nCid,3\n", 3, 1)]
    [InlineData("name,mobile\nAda,\"1", 2, 2)]
    [InlineData("name,mobile\nAda,\"", 2, 2)]
    [InlineData("\"name,mobile\nAda,1", 1, 1)]
    public async Task Row_57_a_quote_never_closed_names_its_row_and_column(string text, int row, int column) =>
        (await Reading.OfCsvAsync(text)).Problem.Should().BeEquivalentTo(new { Code = "csv-malformed", Row = row, Column = column });

    [Theory]
    [InlineData("name,mobile\nAda,\0\n", 2, 2)]
    [InlineData("name,mobile\n\"A\0da\",1\n", 2, 1)]
    [InlineData("na\0me\nAda", 1, 1)]
    public async Task Row_57_a_NUL_names_its_row_and_column(string text, int row, int column) =>
        (await Reading.OfCsvAsync(text)).Problem.Should().BeEquivalentTo(new { Code = "csv-malformed", Row = row, Column = column });

    [Theory]
    [InlineData("name,mobile\r\nAda,1\nBob,2\rCid,3")]
    [InlineData("name;mobile\nAda;1\nBob;2\nCid;3\n")]
    [InlineData("name\tmobile\nAda\t1\nBob\t2\nCid\t3\n")]
    [InlineData("\n\r\nname,mobile\n\nAda,1\n,\nBob,2\n\n\nCid,3\n\n")]
    [InlineData("\ufeffname,mobile\nAda,1\nBob,2\nCid,3")]
    [InlineData("\"name\",\"mobile\"\n\"Ada\",\"1\"\n\"Bob\" ,2\nCid,\"3\"")]
    public async Task Row_57_line_ends_delimiters_marks_and_quotes_are_read_as_they_come(string text)
    {
        var reading = await Reading.OfCsvAsync(text);

        reading.Problem.Should().BeNull();
        reading.Columns.Should().Equal(Columns);
        reading.Cells.Should().BeEquivalentTo(new string[][] { ["Ada", "1"], ["Bob", "2"], ["Cid", "3"] }, strict => strict.WithStrictOrdering());
    }

    [Fact]
    public async Task A_delimiter_in_quotes_in_the_header_does_not_count()
    {
        var reading = await Reading.OfCsvAsync("\"a,b,c,d\";e;f\n1;2;3");
        reading.Columns.Should().Equal("a,b,c,d", "e", "f");
    }

    [Fact]
    public async Task A_cell_may_hold_line_ends_delimiters_and_doubled_quotes_and_rows_keep_their_numbers()
    {
        var reading = await Reading.OfCsvAsync("a,b\n\"line 1\r\nline 2\",\"say \"\"hi\"\", Ada\"\nx,12\" screen\n");

        reading.Cells[0].Should().Equal("line 1\r\nline 2", "say \"hi\", Ada");
        reading.Rows[1].Should().BeEquivalentTo(new TableRow(3, ["x", "12\" screen"], null));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Row_57_the_encoding_is_found(string name, byte[] bytes)
    {
        var reading = await Reading.OfAsync(bytes, "leads.csv");

        reading.Problem.Should().BeNull("the file is {0}", name);
        reading.Columns.Should().Equal("姓名", "公司");
        reading.Cells[0].Should().Equal("张三", "深圳市腾讯计算机系统有限公司");
    }

    public static TheoryData<string, byte[]> Encodings()
    {
        const string Text = "姓名,公司\r\n张三,深圳市腾讯计算机系统有限公司\r\n";
        var gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;
        return new()
        {
            { "UTF-8", Encoding.UTF8.GetBytes(Text) },
            { "UTF-8 with a mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Text)] },
            { "UTF-16 LE", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Text)] },
            { "UTF-16 BE", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Text)] },
            { "GB18030", gb18030.GetBytes(Text) },
        };
    }

    [Fact]
    public async Task GB18030_with_rare_names_and_four_byte_characters_is_found()
    {
        const string Text = "姓名,备注\n朱镕基,㐀李喆𠮷你好世界\n";
        var reading = await Reading.OfAsync(CodePagesEncodingProvider.Instance.GetEncoding(54936)!.GetBytes(Text), "leads.csv");
        reading.Cells[0].Should().Equal("朱镕基", "㐀李喆𠮷你好世界");
    }

    [Fact]
    public async Task The_encoding_is_found_when_the_first_Chinese_name_is_far_down()
    {
        var text = new StringBuilder("name\n");
        for (var i = 0; i < 20_000; i++)
        {
            text.Append("Ada ").Append(i % 7).Append('\n');
        }

        text.Append("张三\n");
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(54936)!.GetBytes(text.ToString());
        (await Reading.OfAsync(bytes, "leads.csv")).Cells[^1].Should().Equal("张三");
        (await Reading.OfCsvAsync(text.ToString())).Cells[^1].Should().Equal("张三");
    }

    [Fact]
    public async Task A_character_cut_by_the_end_of_a_chunk_is_still_UTF_8()
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var text = new string('n', shift + 1) + "\n" + string.Concat(Enumerable.Repeat("𠮷\n", 20_000));
            (await Reading.OfCsvAsync(text)).Rows.Should().HaveCount(20_000);
        }
    }

    [Theory]
    [InlineData("4D 75 6D 65 0A 4D FC 6C 6C 65 72 2C 4A FC 72 67 65 6E 0A")]
    [InlineData("6E 61 6D 65 0A 52 65 6E E9 0A")]
    [InlineData("6E 61 6D 65 0A FF 0A")]
    [InlineData("6E 61 6D 65 0A 80 0A")]
    [InlineData("EF BB BF 6E 0A E5 BC")]
    public async Task Row_57_bytes_we_cannot_be_sure_of_are_encoding_unknown(string hex) =>
        (await Reading.OfAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), "leads.csv"))
            .Problem!.Code.Should().Be("encoding-unknown");

    [Fact]
    public async Task Row_58_more_or_fewer_cells_are_a_problem_of_the_row_only()
    {
        var reading = await Reading.OfCsvAsync("a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1,2,3\n");

        reading.Problem.Should().BeNull();
        reading.Rows.Select(row => row.Problem?.Code).Should().Equal("csv-row-invalid", "csv-row-invalid", null, null);
        reading.Rows[0].Cells.Should().Equal("1", "2", "");
        reading.Rows[1].Problem!.Column.Should().Be(4);
        reading.Rows[1].Cells.Should().Equal("1", "2", "3");
    }

    [Fact]
    public async Task Row_58_a_row_of_a_million_cells_is_a_problem_of_the_row_only()
    {
        var reading = await Reading.OfCsvAsync("a,b\n" + new string(',', 1_000_000) + "x\n1,2\n");

        reading.Rows.Select(row => row.Problem?.Code).Should().Equal("csv-row-invalid", null);
        reading.Cells[1].Should().Equal("1", "2");
    }

    [Fact]
    public async Task Row_58_a_cell_of_32000_characters_is_read_and_a_longer_one_is_a_problem_of_the_row()
    {
        var reading = await Reading.OfCsvAsync($"a,b\n{new string('x', 32_000)},1\n1,{new string('x', 32_001)}\n1,\"{new string('x', 500_000)}\"\n1,2");

        reading.Rows.Select(row => row.Problem?.Column).Should().Equal(null, 2, 2, null);
        reading.Rows[1].Problem!.Code.Should().Be("csv-row-invalid");
        reading.Cells.Max(row => row[1].Length).Should().Be(32_000);
    }

    [Fact]
    public async Task Text_behind_a_closing_quote_is_a_problem_of_the_row()
    {
        var reading = await Reading.OfCsvAsync("a,b\n\"12\" screen\",1\nx,2\n");

        reading.Rows[0].Problem.Should().BeEquivalentTo(new { Code = "csv-row-invalid", Column = 1, IsWarning = false });
        reading.Rows[1].Problem.Should().BeNull();
    }

    [Fact]
    public async Task Row_58_200_000_rows_are_read_and_one_more_is_too_large()
    {
        var text = new StringBuilder("a\n");
        for (var i = 0; i < 200_000; i++)
        {
            text.Append("x\n\n");
        }

        (await Reading.OfCsvAsync(text.ToString())).Problem.Should().BeNull("empty lines are no rows");
        text.Append("x\n");
        var reading = await Reading.OfCsvAsync(text.ToString());
        reading.Problem!.Code.Should().Be("import-too-large");
        reading.Rows.Should().HaveCount(200_000);
    }

    [Fact]
    public async Task Row_58_a_file_of_50_MiB_and_one_byte_is_too_large()
    {
        using var file = new EndlessStream((50L << 20) + 1);
        var result = await TableFile.OpenAsync(file, "leads.csv", TableFileLimits.Default, CancellationToken.None);
        result.Problem!.Code.Should().Be("import-too-large");
    }

    [Fact]
    public async Task Row_59_formulas_come_in_as_text_and_our_own_guard_is_taken_off()
    {
        var reading = await Reading.OfCsvAsync("a,'+b\n=HYPERLINK(),@SUM\n'+49 170,'-1\n'quoted',''=x\n");

        reading.Columns.Should().Equal("a", "+b");
        reading.Cells.Should().BeEquivalentTo(
            new string[][] { ["=HYPERLINK()", "@SUM"], ["+49 170", "-1"], ["'quoted'", "'=x"] }, strict => strict.WithStrictOrdering());
    }

    [Fact]
    public async Task Row_61_reading_goes_on_at_any_row()
    {
        var bytes = Encoding.UTF8.GetBytes("a,b\n1,1\n\n\"2\n2\",2\n3,3\nbad\n5,5\n");
        var all = await Reading.OfAsync(bytes, "leads.csv");
        for (var from = 0; from < 10; from++)
        {
            using var file = new MemoryStream(bytes);
            var result = await TableFile.OpenAsync(file, "leads.csv", TableFileLimits.Default, CancellationToken.None);
            using var reader = result.Reader!;
            reader.SkipTo(from);
            var rest = new List<TableRow>();
            while (reader.Read(out var row))
            {
                rest.Add(row);
            }

            rest.Should().BeEquivalentTo(all.Rows.Where(row => row.Number >= from), strict => strict.WithStrictOrdering());
            reader.RowCount.Should().Be(all.Rows.Count);
        }
    }

    [Fact]
    public async Task Skipping_to_the_end_counts_the_rows_and_finds_what_is_wrong_with_the_file()
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes("a,b\n1,1\n2,2\n3,\"3\n"));
        using var reader = (await TableFile.OpenAsync(file, "leads.csv", TableFileLimits.Default, CancellationToken.None)).Reader!;

        reader.SkipTo(int.MaxValue);

        reader.RowCount.Should().Be(2);
        reader.Problem.Should().BeEquivalentTo(new { Code = "csv-malformed", Row = 4, Column = 2 });
    }

    [Fact]
    public async Task Skipping_can_be_cancelled()
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes("a\n" + string.Concat(Enumerable.Repeat("1\n", 5_000))));
        using var reader = (await TableFile.OpenAsync(file, "leads.csv", TableFileLimits.Default, CancellationToken.None)).Reader!;
        var skipping = () => reader.SkipTo(int.MaxValue, new CancellationToken(canceled: true));
        skipping.Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public async Task Whatever_is_written_is_read_back()
    {
        var texts = Gen.Elements("", "a", "'", "=", "+1", "-", "@", "\t", "\r", "\n", "\"", ",", ";", " ", "'=", "''", "腾讯", "😀").ListOf().Select(string.Concat);
        var samples = new List<string[]>();
        Laws.Holds(from a in texts from b in texts select new[] { "x", a, b }, samples.Add, count: 500);

        using var file = new MemoryStream();
        await using (var writer = new CsvWriter(file))
        {
            await writer.WriteRowAsync(["=key", "a", "b"], CancellationToken.None);
            foreach (var sample in samples)
            {
                await writer.WriteRowAsync(sample, CancellationToken.None);
            }
        }

        var reading = await Reading.OfAsync(file.ToArray(), "errors.csv");
        reading.Columns.Should().Equal("=key", "a", "b");
        reading.Cells.Should().BeEquivalentTo(samples, strict => strict.WithStrictOrdering());
    }

    [Fact]
    public async Task No_bytes_make_the_reader_throw()
    {
        var random = new Random(9);
        var alphabet = Encoding.UTF8.GetBytes("a,;\t\"\"\"\r\n\0=' ").Concat(new byte[] { 0xE5, 0xBC, 0xA0, 0xFF, 0xFE, 0x81, 0x30, 0xD5, 0xC5 }).ToArray();
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(60)];
            for (var at = 0; at < bytes.Length; at++)
            {
                bytes[at] = alphabet[random.Next(alphabet.Length)];
            }

            await Reading.OfAsync(bytes, "leads.csv");
        }
    }

    /// <summary>A stream of a given length that has nothing in it.</summary>
    private sealed class EndlessStream(long length) : MemoryStream
    {
        public override long Length => length;
    }
}
