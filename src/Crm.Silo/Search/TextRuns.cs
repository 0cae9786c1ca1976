using System.Buffers;
using System.Globalization;
using System.Text;

namespace Crm.Silo.Search;

internal enum TextRunKind
{
    /// <summary>Latin letters, folded to a-z.</summary>
    Word,

    /// <summary>Digits, folded to 0-9; those of a phone number stay one run across its spaces, dashes and brackets.</summary>
    Digits,

    /// <summary>Letters of any other script: Han, kana, hangul, Cyrillic, Thai …</summary>
    Script,
}

/// <summary>A stretch of text of one kind, after folding.</summary>
/// <param name="Pieces">For digits: where the pieces written apart end, as digit counts; otherwise empty.</param>
/// <param name="HasPlus">A <c>+</c> stood before the digits.</param>
internal sealed record TextRun(TextRunKind Kind, Rune[] Runes, int[] Pieces, bool HasPlus);

/// <summary>
/// Cuts text into runs: NFKC first (full-width forms, half-width kana, ligatures), then Latin letters without their marks and in lower
/// case. Everything that is neither letter nor digit only separates.
/// </summary>
internal static class TextRuns
{
    /// <summary>Most separators (spaces, dashes, brackets …) between two digits of one phone number: ") - " is the longest seen.</summary>
    private const int MaxPhoneGap = 3;

    /// <summary>What NFKC leaves as it is, wherever it stands: ASCII and the Chinese characters in use.</summary>
    private static readonly SearchValues<char> Unchanging = SearchValues.Create([.. Enumerable.Range(0, 0x80).Concat(Enumerable.Range(0x4E00, 0x5200)).Select(code => (char)code)]);

    public static List<TextRun> Cut(string text)
    {
        var runs = new List<TextRun>();
        var open = new OpenRun(runs);
        foreach (var rune in Normalized(text).EnumerateRunes())
        {
            Take(rune, open);
        }

        open.Close();
        return runs;
    }

    private static void Take(Rune rune, OpenRun open)
    {
        if (rune.IsAscii)
        {
            TakeAscii(rune, open);
            return;
        }

        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.DecimalDigitNumber:
                open.Add(TextRunKind.Digits, new Rune((char)('0' + (int)Rune.GetNumericValue(rune))));
                break;
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format:
                // A mark that has no composed form, a joiner or a direction sign: people leave them out when they search.
                break;
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber or UnicodeCategory.SpacingCombiningMark:
                TakeLetter(rune, open);
                break;
            default:
                open.Separate(rune);
                break;
        }
    }

    private static void TakeAscii(Rune rune, OpenRun open)
    {
        var c = (char)rune.Value;
        if (char.IsAsciiDigit(c))
        {
            open.Add(TextRunKind.Digits, rune);
        }
        else if (char.IsAsciiLetter(c))
        {
            open.Add(TextRunKind.Word, new Rune((char)(c | 0x20)));
        }
        else
        {
            open.Separate(rune);
        }
    }

    private static void TakeLetter(Rune rune, OpenRun open)
    {
        if (LatinFold(rune) is not { } latin)
        {
            open.Add(TextRunKind.Script, Rune.ToLowerInvariant(rune));
            return;
        }

        foreach (var letter in latin)
        {
            open.Add(TextRunKind.Word, new Rune(letter));
        }
    }

    /// <summary>The a-z letters people type for a marked Latin letter, or null when it is of another script.</summary>
    private static string? LatinFold(Rune rune)
    {
        switch (rune.Value)
        {
            case 0xDF or 0x1E9E:
                return "ss";
            case 0xC6 or 0xE6:
                return "ae";
            case 0x152 or 0x153:
                return "oe";
            case 0xD8 or 0xF8:
                return "o";
            case 0x110 or 0x111 or 0xD0 or 0xF0:
                return "d";
            case 0x141 or 0x142:
                return "l";
            case 0xDE or 0xFE:
                return "th";
            case 0x131:
                return "i";
            case (< 0xC0 or > 0x24F) and (< 0x1E00 or > 0x1EFF):
                return null;
        }

        var first = rune.ToString().Normalize(NormalizationForm.FormD)[0];
        return char.IsAsciiLetter(first) ? ((char)(first | 0x20)).ToString() : null;
    }

    private static string Normalized(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unchanging))
        {
            return text;
        }

        // Normalize throws on half a surrogate pair, which enumerating replaces, and on U+FFFE, which is no character
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune.Value == 0xFFFE ? Rune.ReplacementChar : rune);
        }

        return whole.ToString().Normalize(NormalizationForm.FormKC);
    }

    /// <summary>The run being gathered.</summary>
    private sealed class OpenRun(List<TextRun> runs)
    {
        private readonly List<Rune> _runes = [];
        private readonly List<int> _pieces = [];
        private TextRunKind _kind;
        private bool _hasPlus;
        private bool _plusIsNext;
        private int _gap;

        public void Add(TextRunKind kind, Rune rune)
        {
            if (kind != _kind || (_gap > 0 && kind != TextRunKind.Digits))
            {
                Close();
            }

            if (_gap > 0)
            {
                _pieces.Add(_runes.Count);
                _gap = 0;
            }

            if (_runes.Count == 0)
            {
                (_kind, _hasPlus) = (kind, _plusIsNext);
            }

            _plusIsNext = false;
            _runes.Add(rune);
        }

        public void Separate(Rune separator)
        {
            // A + begins a number; it never joins two.
            var joins = _kind == TextRunKind.Digits && _runes.Count > 0 && _gap < MaxPhoneGap && IsPhoneSeparator(separator);
            if (joins)
            {
                _gap++;
                return;
            }

            Close();
            _plusIsNext = separator.Value == '+';
        }

        public void Close()
        {
            if (_runes.Count > 0)
            {
                int[] pieces = _kind == TextRunKind.Digits ? [.. _pieces, _runes.Count] : [];
                runs.Add(new TextRun(_kind, [.. _runes], pieces, _hasPlus));
            }

            _runes.Clear();
            _pieces.Clear();
            _gap = 0;
        }

        private static bool IsPhoneSeparator(Rune rune) =>
            rune.Value is ' ' or '-' or '(' or ')' or '.' or '/' or 0xA0 or (>= 0x2010 and <= 0x2015) or 0x2212;
    }
}
