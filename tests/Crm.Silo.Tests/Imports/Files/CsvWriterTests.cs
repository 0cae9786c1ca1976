using System.Text;
using Crm.Silo.Imports.Files;

namespace Crm.Silo.Tests.Imports.Files;

public sealed class CsvWriterTests
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.test\")", "\"'=HYPERLINK(\"\"http://evil.test\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM", "'@SUM")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("\0x", "'\0x")]
    [InlineData("'=x", "''=x")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("it's", "it's")]
    [InlineData("张三", "张三")]
    [InlineData(null, "")]
    public async Task Row_59_a_cell_is_quoted_and_never_a_formula(string? cell, string written)
    {
        using var file = new MemoryStream();
        await using (var writer = new CsvWriter(file))
        {
            await writer.WriteRowAsync([cell, "x"], CancellationToken.None);
        }

        file.ToArray().Should().StartWith(new byte[] { 0xEF, 0xBB, 0xBF });
        Encoding.UTF8.GetString(file.ToArray().AsSpan(3)).Should().Be(written + ",x\r\n");
    }
}
