using System.Text;
using Crm.Silo.Files;

namespace Crm.Silo.Tests.Files;

public sealed class FileTypesTests
{
    [Theory]
    [InlineData("报价.pdf", null, "%PDF-1.7 ...", "application/pdf")]
    [InlineData("a.PDF", "application/pdf", "%PDF-1.7", "application/pdf")]
    [InlineData("a.png", "image/png", "\u0089PNG\r\n\u001a\n....", "image/png")]
    [InlineData("a.jpeg", "application/octet-stream", "\u00ff\u00d8\u00ff\u00e0", "image/jpeg")]
    [InlineData("a.webp", "", "RIFF....WEBPVP8 ", "image/webp")]
    [InlineData("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\u0003\u0004....", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("a.doc", null, "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", "application/msword")]
    [InlineData("a.txt", "text/plain; charset=utf-8", "hello", "text/plain")]
    [InlineData("a.md", "text/markdown", "# hello", "text/plain")]
    [InlineData("a.mp4", "video/mp4", "\0\0\0 ftypisom", "video/mp4")]
    [InlineData("a.heic", null, "\0\0\0 ftypheic", "image/heic")]
    public void A_file_that_is_what_it_says_is_taken(string name, string? declared, string latin1, string type) =>
        FileTypes.Judge(name, declared, Encoding.Latin1.GetBytes(latin1), isWhole: true).Should().Be((type, (Crm.Grains.Kernel.Refusal?)null));

    [Theory]
    [InlineData("a.exe")]
    [InlineData("a.html")]
    [InlineData("a.svg")]
    [InlineData("a.pdf.js")]
    [InlineData("noextension")]
    [InlineData(".pdf.")]
    public void What_would_be_run_is_not_taken(string name) => FileTypes.Judge(name, null, "x"u8, isWhole: true).Refusal.Should().Be(FileTypes.Unknown);

    [Theory]
    [InlineData("a.pdf", null, "MZ this runs")]
    [InlineData("a.pdf", "image/png", "%PDF-1.7")]
    [InlineData("a.png", null, "%PDF-1.7")]
    [InlineData("a.txt", null, "MZ\u0090\0")]
    [InlineData("a.txt", "text/html", "hello")]
    [InlineData("a.csv", null, "PK\u0003\u0004")]
    [InlineData("a.txt", null, "#!/bin/sh")]
    [InlineData("a.jpg", null, "<html>")]
    [InlineData("a.mp4", null, "ftyp")]
    public void What_is_not_what_it_says_is_not_taken(string name, string? declared, string latin1) =>
        FileTypes.Judge(name, declared, Encoding.Latin1.GetBytes(latin1), isWhole: true).Refusal.Should().Be(FileTypes.Mismatch);

    [Fact]
    public void Chinese_texts_are_texts_in_each_encoding_and_wherever_they_are_cut()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        foreach (var encoding in (Encoding[])[new UTF8Encoding(true), Encoding.GetEncoding("GB18030"), new UnicodeEncoding(false, true)])
        {
            byte[] whole = [.. encoding.GetPreamble(), .. encoding.GetBytes(string.Concat(Enumerable.Repeat("客户名称，报价", 20)))];
            for (var cut = 20; cut < 40; cut++)
            {
                FileTypes.Judge("a.txt", null, whole.AsSpan(0, cut), isWhole: false).Refusal.Should().BeNull();
            }
        }
    }
}
