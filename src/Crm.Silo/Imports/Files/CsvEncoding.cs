using System.Text;
using System.Text.Unicode;

namespace Crm.Silo.Imports.Files;

/// <summary>Finds out how a CSV file's bytes are meant. Looks at all of them: the first Chinese name may be in the last row.</summary>
internal static class CsvEncoding
{
    private const int ChunkBytes = 64 * 1_024;
    private const int Gb18030CodePage = 54936;

    private static readonly byte[] Utf8Mark = [0xEF, 0xBB, 0xBF];
    private static readonly byte[] Utf16LittleMark = [0xFF, 0xFE];
    private static readonly byte[] Utf16BigMark = [0xFE, 0xFF];

    /// <summary>
    /// Opens <paramref name="file"/> (seekable, from its start) as text, or answers null when its encoding is not one we can be sure of:
    /// UTF-8 with or without a mark, UTF-16 with one, or GB18030. The reader leaves the stream open.
    /// </summary>
    public static async Task<StreamReader?> OpenAsync(Stream file, CancellationToken cancel)
    {
        var start = new byte[3];
        file.Position = 0;
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        var hasUtf8Mark = Begins(start, length, Utf8Mark);
        var found =
            Begins(start, length, Utf16LittleMark) ? (Encoding.Unicode, Utf16LittleMark.Length)
            : Begins(start, length, Utf16BigMark) ? (Encoding.BigEndianUnicode, Utf16BigMark.Length)
            : await IsUtf8Async(file, cancel) ? (Encoding.UTF8, hasUtf8Mark ? Utf8Mark.Length : 0)
            : !hasUtf8Mark && await IsGb18030Async(file, cancel) ? (Gb18030(), 0)
            : default((Encoding, int)?);
        if (found is not (var encoding, var markLength))
        {
            return null;
        }

        file.Position = markLength;
        return new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: false, ChunkBytes, leaveOpen: true);
    }

    private static bool Begins(byte[] start, int length, byte[] mark) => start.AsSpan(0, length).StartsWith(mark);

    /// <summary>Asked of the provider itself: registering it would change Encoding.GetEncoding for the whole process.</summary>
    private static Encoding Gb18030() =>
        CodePagesEncodingProvider.Instance.GetEncoding(Gb18030CodePage)
        ?? throw new PlatformNotSupportedException("This .NET has no GB18030.");

    private static async Task<bool> IsUtf8Async(Stream file, CancellationToken cancel)
    {
        var chunk = new byte[ChunkBytes];
        file.Position = 0;
        var kept = 0;
        while (true)
        {
            var read = await file.ReadAsync(chunk.AsMemory(kept), cancel);
            if (read == 0)
            {
                return kept == 0;
            }

            var filled = kept + read;
            kept = CutOffBytes(chunk.AsSpan(0, filled));
            if (!Utf8.IsValid(chunk.AsSpan(0, filled - kept)))
            {
                return false;
            }

            chunk.AsSpan(filled - kept, kept).CopyTo(chunk);
        }
    }

    /// <summary>How many bytes at the end are the beginning of a character that goes on in the next chunk.</summary>
    private static int CutOffBytes(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) != 0x80)
            {
                var whole = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
                return whole > back ? back : 0;
            }
        }

        return 0;
    }

    private static async Task<bool> IsGb18030Async(Stream file, CancellationToken cancel)
    {
        var chunk = new byte[ChunkBytes];
        var scan = new Gb18030Scan();
        file.Position = 0;
        int read;
        while ((read = await file.ReadAsync(chunk, cancel)) > 0)
        {
            if (!scan.Take(chunk.AsSpan(0, read)))
            {
                return false;
            }
        }

        return scan.IsLikely;
    }

    /// <summary>
    /// Checks the form of GB18030 and how plausible it is. Western text (Windows-1252) often has the form too: "Müller" is M, one rare
    /// character, "ler". But nearly all Chinese in use lies in the old GB2312 square (both bytes from A1), which "ü" + letter never does.
    /// </summary>
    private sealed class Gb18030Scan
    {
        private int _state;
        private byte _lead;
        private long _common;
        private long _rare;

        public bool IsLikely => _state == 0 && _common >= 2 * _rare;

        public bool Take(ReadOnlySpan<byte> bytes)
        {
            foreach (var b in bytes)
            {
                if (!Take(b))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>_state is how many bytes of the current character have been seen.</summary>
        private bool Take(byte b)
        {
            switch (_state)
            {
                case 0:
                    _lead = b;
                    _state = b < 0x80 ? 0 : 1;
                    return b is not (0x80 or 0xFF);
                case 1 when b is >= 0x30 and <= 0x39:
                    _state = 2;
                    return true;
                case 1:
                    _state = 0;
                    var isCommon = _lead is >= 0xA1 and <= 0xF7 && b >= 0xA1;
                    _common += isCommon ? 1 : 0;
                    _rare += isCommon ? 0 : 1;
                    return b is >= 0x40 and not (0x7F or 0xFF);
                case 2:
                    _state = 3;
                    return b is >= 0x81 and <= 0xFE;
                default:
                    _state = 0;
                    return b is >= 0x30 and <= 0x39;
            }
        }
    }
}
