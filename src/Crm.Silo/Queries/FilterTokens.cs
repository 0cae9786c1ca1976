using System.Buffers;
using System.Text;

namespace Crm.Silo.Queries;

internal enum FilterTokenKind
{
    End,
    Word,
    Text,
    Number,
    Open,
    Close,

    /// <summary>Not a token; <see cref="FilterTokens.Fault"/> says why.</summary>
    Invalid,
}

/// <summary>Cuts a filter's text into tokens, one at a time. Holds the current token.</summary>
internal ref struct FilterTokens(ReadOnlySpan<char> source)
{
    private static readonly SearchValues<char> Boundaries = SearchValues.Create(" \t\r\n()\"");
    private readonly ReadOnlySpan<char> _source = source;
    private int _next;

    public FilterTokenKind Kind { get; private set; }

    /// <summary>Where the current token starts, as a 0-based offset.</summary>
    public int Start { get; private set; }

    /// <summary>The current token as written.</summary>
    public readonly ReadOnlySpan<char> Written => _source[Start.._next];

    /// <summary>What a <see cref="FilterTokenKind.Text"/> token says, its escapes undone.</summary>
    public string Text { get; private set; } = "";

    public QueryProblem? Fault { get; private set; }

    public void Advance()
    {
        while (_next < _source.Length && _source[_next] is ' ' or '\t' or '\r' or '\n')
        {
            _next++;
        }

        Start = _next;
        if (_next == _source.Length)
        {
            Kind = FilterTokenKind.End;
            return;
        }

        var first = _source[_next];
        switch (first)
        {
            case '(':
                _next++;
                Kind = FilterTokenKind.Open;
                break;
            case ')':
                _next++;
                Kind = FilterTokenKind.Close;
                break;
            case '"':
                _next++;
                Kind = ReadText() ? FilterTokenKind.Text : FilterTokenKind.Invalid;
                break;
            case '-' or (>= '0' and <= '9'):
                ReadBare();
                Kind = FilterTokenKind.Number;
                break;
            default:
                if (!char.IsAsciiLetter(first))
                {
                    _next++;
                    Fail(QueryProblem.FilterInvalid, $"{QueryProblem.Quote(Written)} is not expected here.");
                    break;
                }

                ReadBare();
                Kind = FilterTokenKind.Word;
                break;
        }
    }

    /// <summary>Runs to the next space, quote or parenthesis, so that <c>1and</c> is one bad number rather than two good tokens.</summary>
    private void ReadBare()
    {
        var length = _source[_next..].IndexOfAny(Boundaries);
        _next = length < 0 ? _source.Length : _next + length;
    }

    private bool ReadText()
    {
        var text = new StringBuilder();
        while (_next < _source.Length)
        {
            var c = _source[_next++];
            if (c == '"')
            {
                return Accept(text);
            }

            if (c < ' ')
            {
                return Fail(QueryProblem.FilterInvalid, "A text may hold no control character; write it as \\n, \\t or \\u00XX.");
            }

            if (c == '\\' && !ReadEscape(out c))
            {
                return Fail(QueryProblem.FilterInvalid, "A \\ in a text must begin one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX.");
            }

            if (text.Length == FilterParser.MaxTextLength)
            {
                return Fail(QueryProblem.FilterTooComplex, $"A text may have at most {FilterParser.MaxTextLength} characters.");
            }

            text.Append(c);
        }

        return Fail(QueryProblem.FilterInvalid, "The text is not closed by a \".");
    }

    private bool Accept(StringBuilder text)
    {
        Text = text.ToString();

        // No stored text holds a NUL or half a character, and SQLite would cut at the first and rewrite the second.
        if (Text.Contains('\0') || HasLoneSurrogate(Text))
        {
            return Fail(QueryProblem.FilterInvalid, "A text may hold neither \\u0000 nor half a surrogate pair.");
        }

        return true;
    }

    private bool ReadEscape(out char meant)
    {
        meant = '\0';
        if (_next == _source.Length)
        {
            return false;
        }

        var kind = _source[_next++];
        if (kind == 'u')
        {
            return ReadHex(out meant);
        }

        meant = kind switch
        {
            '"' or '\\' or '/' => kind,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        return meant != '\0';
    }

    private bool ReadHex(out char meant)
    {
        meant = '\0';
        if (_source.Length - _next < 4)
        {
            return false;
        }

        var code = 0;
        foreach (var digit in _source.Slice(_next, 4))
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }

            code = (code << 4) + (char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        _next += 4;
        meant = (char)code;
        return true;
    }

    private static bool HasLoneSurrogate(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // EnumerateRunes answers U+FFFD for half a pair; a text that really says U+FFFD is as useless to search for.
            if (rune == Rune.ReplacementChar)
            {
                return true;
            }
        }

        return false;
    }

    private bool Fail(string code, string detail)
    {
        Kind = FilterTokenKind.Invalid;
        Fault = new QueryProblem(code, detail, Start);
        return false;
    }
}
