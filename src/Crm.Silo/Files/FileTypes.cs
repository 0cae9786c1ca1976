using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Crm.Grains.Kernel;

namespace Crm.Silo.Files;

/// <summary>Which sorts of files may be attached, and whether one is what it says it is. What a browser or a system would run is not among them.</summary>
public static class FileTypes
{
    public static readonly Refusal Unknown = Refusal.Invalid("file-type-unknown", "Files of this sort are not taken.", "file");
    public static readonly Refusal Mismatch = Refusal.Invalid("file-type-mismatch", "What is in the file is not what its name or its type says.", "file");

    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(one => one is not ('\t' or '\n' or '\r' or '\f' or 27)).Select(one => (byte)one)]);

    private static readonly FileType[] All =
    [
        new("application/pdf", ["pdf"], Begin("%PDF-")),
        new("image/png", ["png"], Begin("\x89PNG\r\n\x1a\n")),
        new("image/jpeg", ["jpg", "jpeg"], Begin("\xff\xd8\xff")),
        new("image/gif", ["gif"], head => Begins(head, "GIF87a") || Begins(head, "GIF89a")),
        new("image/webp", ["webp"], head => Begins(head, "RIFF") && head.Length >= 12 && head[8..12].SequenceEqual("WEBP"u8)),
        new("image/heic", ["heic", "heif"], head => IsBox(head, "hei", "mif", "hev")),
        new("image/bmp", ["bmp"], Begin("BM")),
        new("image/tiff", ["tif", "tiff"], head => Begins(head, "II*\0") || Begins(head, "MM\0*")),
        new("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["docx"], IsZip),
        new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["xlsx"], IsZip),
        new("application/vnd.openxmlformats-officedocument.presentationml.presentation", ["pptx"], IsZip),
        new("application/vnd.oasis.opendocument.text", ["odt"], IsZip),
        new("application/vnd.oasis.opendocument.spreadsheet", ["ods"], IsZip),
        new("application/zip", ["zip"], IsZip) { Also = ["application/x-zip-compressed"] },
        new("application/x-7z-compressed", ["7z"], Begin("7z\xbc\xaf\x27\x1c")),
        new("application/vnd.rar", ["rar"], Begin("Rar!\x1a\x07")) { Also = ["application/x-rar-compressed"] },
        new("application/msword", ["doc", "wps"], IsOldOffice),
        new("application/vnd.ms-excel", ["xls", "et"], IsOldOffice),
        new("application/vnd.ms-powerpoint", ["ppt", "dps"], IsOldOffice),
        new("application/vnd.ms-outlook", ["msg"], IsOldOffice),
        new("message/rfc822", ["eml"], IsText),
        new("text/csv", ["csv"], IsText),
        new("text/plain", ["txt", "log", "md"], IsText) { Also = ["text/markdown"] },
        new("application/json", ["json"], IsText),
        new("audio/mpeg", ["mp3"], head => Begins(head, "ID3") || (head.Length > 1 && head[0] == 0xff && (head[1] & 0xe0) == 0xe0)),
        new("audio/wav", ["wav"], head => Begins(head, "RIFF") && head.Length >= 12 && head[8..12].SequenceEqual("WAVE"u8)),
        new("audio/mp4", ["m4a"], head => IsBox(head)),
        new("video/mp4", ["mp4"], head => IsBox(head)),
        new("video/quicktime", ["mov"], head => IsBox(head)),
    ];

    /// <summary>What a file is: by its name, which decides what opens it, and by its first bytes.</summary>
    /// <param name="declared">The media type that its sender says; null or <c>application/octet-stream</c> when it says none.</param>
    /// <param name="head">The first bytes, up to 4 KiB.</param>
    /// <param name="isWhole">Whether they are all.</param>
    public static (string MediaType, Refusal? Refusal) Judge(string name, string? declared, ReadOnlySpan<byte> head, bool isWhole)
    {
        var extension = Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
        if (All.FirstOrDefault(type => type.Extensions.Contains(extension)) is not { } type)
        {
            return ("", Unknown);
        }

        // a character may be cut in two where the first bytes end
        var looked = isWhole ? head : head[..^Math.Min(3, head.Length)];
        var said = declared?.Split(';')[0].Trim().ToLowerInvariant();
        var isSaid = said is null or "" or "application/octet-stream" || said == type.MediaType || type.Also.Contains(said);
        return isSaid && type.Fits(looked) ? (type.MediaType, null) : ("", Mismatch);
    }

    private static Fit Begin(string bytes) => head => Begins(head, bytes);

    /// <param name="bytes">A character a byte.</param>
    private static bool Begins(ReadOnlySpan<byte> head, string bytes) => head.StartsWith(Encoding.Latin1.GetBytes(bytes));

    private static bool IsZip(ReadOnlySpan<byte> head) => Begins(head, "PK\x03\x04") || Begins(head, "PK\x05\x06");

    private static bool IsOldOffice(ReadOnlySpan<byte> head) => Begins(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");

    private static bool IsBox(ReadOnlySpan<byte> head, params ReadOnlySpan<string> brands)
    {
        if (head.Length < 12 || !head[4..8].SequenceEqual("ftyp"u8))
        {
            return false;
        }

        foreach (var brand in brands)
        {
            if (head[8..].StartsWith(Encoding.ASCII.GetBytes(brand)))
            {
                return true;
            }
        }

        return brands.Length == 0;
    }

    /// <summary>UTF-8, UTF-16 with its mark, or a Chinese encoding: no control characters, and no page for a browser.</summary>
    private static bool IsText(ReadOnlySpan<byte> head) =>
        Begins(head, "\xff\xfe") || Begins(head, "\xfe\xff")
        || (!head.ContainsAny(Controls) && !IsProgram(head) && (Utf8.IsValid(head) || head.IndexOfAnyInRange((byte)0x81, (byte)0xfe) >= 0));

    private static bool IsProgram(ReadOnlySpan<byte> head) => Begins(head, "#!") || Begins(head, "MZ") || Begins(head, "%PDF-") || Begins(head, "PK\x03\x04");

    private delegate bool Fit(ReadOnlySpan<byte> head);

    private sealed record FileType(string MediaType, string[] Extensions, Fit Fits)
    {
        public string[] Also { get; init; } = [];
    }
}
