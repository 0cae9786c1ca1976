using System.Buffers;
using System.Text;

namespace Crm.Silo.Imports.Files;

/// <summary>
/// The texts that cells of a workbook refer to by number. Kept as UTF-8 in pages: as strings, the largest files would take four times
/// the memory, most of it for texts used once.
/// </summary>
internal sealed class SharedTexts
{
    /// <summary>Most bytes of text kept.</summary>
    private const int MaxBytes = 48 << 20;

    /// <summary>Most texts; each costs 12 bytes even when empty.</summary>
    private const int MaxTexts = 2_500_000;
    private const int PageBytes = 1 << 20;
    private readonly int _maxTextLength;
    private readonly List<byte[]> _pages = [];
    private readonly List<Place> _places = [];
    private int _free;
    private char[] _decoded = new char[1_024];

    private SharedTexts(int maxTextLength) => _maxTextLength = maxTextLength;

    /// <param name="maxTextLength">Characters beyond this many, and one more to notice, are dropped from each text.</param>
    /// <exception cref="XlsxDefect">There are too many texts to keep.</exception>
    public static SharedTexts Read(GuardedXml? xml, int maxTextLength)
    {
        var texts = new SharedTexts(maxTextLength);
        if (xml is null)
        {
            return texts;
        }

        var text = new ArrayBufferWriter<char>(1_024);
        Action<ReadOnlySpan<char>> take = piece =>
        {
            if (text.WrittenCount <= maxTextLength)
            {
                text.Write(piece);
            }
        };

        while (xml.Read())
        {
            if (xml.IsStart && xml.Name == "si")
            {
                text.ResetWrittenCount();
                xml.ReadText(take, skipped: "rPh"); // the reading aid over Japanese names is not part of the name
                texts.Add(text.WrittenSpan);
            }
        }

        return texts;
    }

    /// <summary>The text of that number, valid until the next call; false when there is none.</summary>
    public bool TryGet(int index, out ReadOnlySpan<char> text)
    {
        text = default;
        if (index < 0 || index >= _places.Count)
        {
            return false;
        }

        var place = _places[index];
        if (_decoded.Length < place.Length)
        {
            _decoded = new char[place.Length];
        }

        var length = Encoding.UTF8.GetChars(_pages[place.Page].AsSpan(place.Start, place.Length), _decoded);
        text = _decoded.AsSpan(0, length);
        return true;
    }

    private void Add(ReadOnlySpan<char> text)
    {
        text = text.Length > _maxTextLength ? text[..(_maxTextLength + 1)] : text;
        var length = Encoding.UTF8.GetByteCount(text);
        if (_pages.Count == 0 || _free + length > PageBytes)
        {
            _pages.Add(new byte[PageBytes]);
            _free = 0;
        }

        if (_places.Count == MaxTexts || _pages.Count > MaxBytes / PageBytes)
        {
            throw XlsxDefect.TooLarge("The workbook has too many texts; split it or save it as CSV.");
        }

        Encoding.UTF8.GetBytes(text, _pages[^1].AsSpan(_free));
        _places.Add(new Place(_pages.Count - 1, _free, length));
        _free += length;
    }

    private readonly record struct Place(int Page, int Start, int Length);
}
