using System.Globalization;
using System.Text;

namespace Crm.Silo.Search;

/// <summary>Where a query is found in a record, the best first.</summary>
public enum SearchRank
{
    /// <summary>It is the name.</summary>
    Name,

    /// <summary>The name begins with it.</summary>
    NameBegins,

    /// <summary>The name has all of it.</summary>
    InName,

    /// <summary>Other fields have what the name has not.</summary>
    Elsewhere,
}

/// <summary>
/// The words we index and the words we look for: Chinese by any two characters, English by the beginning of a word, numbers and phone
/// numbers by any part, whatever the width, case, marks or punctuation they were typed with.
/// </summary>
/// <remarks>
/// <para>
/// A token is a letter for its kind and then ASCII letters and digits only, so that every tokenizer (unicode61 of any SQLite, "simple" of
/// PostgreSQL in any locale) takes it as one word, and kinds never collide:
/// <c>w</c> + a Latin word; <c>d</c> + 1 to 3 digits; <c>c</c> + 1 or 2 characters of any other script, each as 4 base-36 digits of its
/// code point.
/// </para>
/// <para>
/// A run of digits (or characters) is written as overlapping windows of 3 (or 2), then the shorter ends: 13800 is
/// <c>d138 d380 d800 d00 d0</c>. So a phrase of whole windows finds any part of 3 digits (2 characters) or more, and a prefix finds a
/// shorter part. Because each run, and so each field, ends in a shorter token, and phrases consist of whole windows only, no phrase can
/// match across the end of a run: there is no need for a border token.
/// </para>
/// <para>The table needs <c>tokenize='unicode61'</c> and positions (<c>detail=full</c>, the default).</para>
/// </remarks>
public static class SearchTerms
{
    /// <summary>Most terms of one query; further ones are left out.</summary>
    public const int MaxTerms = 10;

    /// <summary>Longest query that is looked at, in characters; the rest is left out.</summary>
    public const int MaxQueryLength = 200;

    /// <summary>Longest word indexed or looked for, in letters; the rest is left out.</summary>
    public const int MaxWordLength = 64;

    /// <summary>Length of a sort key, in bytes.</summary>
    public const int SortKeyLength = 40;

    /// <summary>How much of a text its sort key is made of, in characters; these fill more than <see cref="SortKeyLength"/> bytes.</summary>
    private const int SortedLength = 64;
    private const int DigitWindow = 3;
    private const int ScriptWindow = 2;
    private const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static readonly CompareInfo Chinese = CultureInfo.GetCultureInfo("zh-CN").CompareInfo;

    /// <summary>The tokens of a record's texts, separated by spaces; "" when there is nothing to search for in them.</summary>
    public static string ForIndex(params ReadOnlySpan<string?> texts)
    {
        var tokens = new StringBuilder();
        foreach (var text in texts)
        {
            if (string.IsNullOrEmpty(text))
            {
                continue;
            }

            foreach (var run in TextRuns.Cut(text))
            {
                AppendTokens(tokens, run);
            }
        }

        return tokens.ToString();
    }

    /// <summary>
    /// An FTS5 MATCH expression that finds the records having all terms of <paramref name="q"/>, or null when nothing searchable is in
    /// it (the answer is then an empty list). Every term is quoted and ASCII, so nothing typed is ever taken for FTS5 syntax.
    /// </summary>
    public static string? ForQuery(string? q)
    {
        if (string.IsNullOrEmpty(q))
        {
            return null;
        }

        var match = new StringBuilder();
        var terms = 0;
        foreach (var run in TextRuns.Cut(q.Length > MaxQueryLength ? q[..MaxQueryLength] : q))
        {
            foreach (var term in Terms(run))
            {
                if (terms++ == MaxTerms)
                {
                    return match.ToString();
                }

                match.Append(match.Length == 0 ? "" : " AND ");
                AppendTerm(match, run.Kind, term.Span);
            }
        }

        return terms == 0 ? null : match.ToString();
    }

    /// <summary>Whether the records that <see cref="ForQuery"/> finds would be found by these texts alone.</summary>
    public static bool Matches(string q, params ReadOnlySpan<string?> texts)
    {
        var runs = new List<TextRun>();
        foreach (var text in texts)
        {
            if (!string.IsNullOrEmpty(text))
            {
                runs.AddRange(TextRuns.Cut(text));
            }
        }

        var terms = 0;
        foreach (var wanted in TextRuns.Cut(q.Length > MaxQueryLength ? q[..MaxQueryLength] : q))
        {
            foreach (var term in Terms(wanted))
            {
                if (terms++ < MaxTerms && !runs.Exists(run => run.Kind == wanted.Kind && Holds(run, term.Span)))
                {
                    return false;
                }
            }
        }

        return terms > 0;
    }

    /// <summary>How well a name answers a query: the lower, the better.</summary>
    public static SearchRank RankOf(string q, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return SearchRank.Elsewhere;
        }

        var (asked, called) = (Folded(q.Length > MaxQueryLength ? q[..MaxQueryLength] : q), Folded(name));
        return called.StartsWith(asked, StringComparison.Ordinal) && asked.Length > 0
            ? called.Length == asked.Length ? SearchRank.Name : SearchRank.NameBegins
            : Matches(q, name) ? SearchRank.InName : SearchRank.Elsewhere;
    }

    /// <summary>
    /// Bytes that sort as Chinese people expect: Chinese by pinyin, then Latin letters without regard to case. At most <see cref="SortKeyLength"/>; empty for null
    /// and "". They depend on the ICU of the machine: rebuild the cards after changing it.
    /// </summary>
    public static byte[] SortKey(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return [];
        }

        var key = Chinese.GetSortKey(text.Length > SortedLength ? text[..SortedLength] : text, CompareOptions.IgnoreCase).KeyData;
        return key.Length > SortKeyLength ? key[..SortKeyLength] : key;
    }

    /// <summary>All letters and digits of a text, as they are compared.</summary>
    private static string Folded(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in TextRuns.Cut(text).SelectMany(run => run.Runes))
        {
            folded.Append(rune);
        }

        return folded.ToString();
    }

    private static bool Holds(TextRun run, ReadOnlySpan<Rune> term) => run.Kind == TextRunKind.Word
        ? Cut(run.Runes).StartsWith(Cut(term))
        : run.Runes.AsSpan().IndexOf(term) >= 0;

    private static void AppendTokens(StringBuilder tokens, TextRun run)
    {
        if (run.Kind == TextRunKind.Word)
        {
            AppendToken(tokens, run.Kind, Cut(run.Runes));
            return;
        }

        var window = Window(run.Kind);
        for (var start = 0; start < run.Runes.Length; start++)
        {
            AppendToken(tokens, run.Kind, run.Runes.AsSpan(start, Math.Min(window, run.Runes.Length - start)));
        }
    }

    /// <summary>One query term: a phrase of whole windows, or a prefix when it is too short for one.</summary>
    private static void AppendTerm(StringBuilder match, TextRunKind kind, ReadOnlySpan<Rune> term)
    {
        var window = Window(kind);
        var isPhrase = kind != TextRunKind.Word && term.Length >= window;
        match.Append('"');
        if (isPhrase)
        {
            var phrase = new StringBuilder();
            for (var start = 0; start + window <= term.Length; start++)
            {
                AppendToken(phrase, kind, term.Slice(start, window));
            }

            match.Append(phrase).Append('"');
            return;
        }

        var prefix = new StringBuilder();
        AppendToken(prefix, kind, kind == TextRunKind.Word ? Cut(term) : term);
        match.Append(prefix).Append("\"*");
    }

    /// <summary>What a run of the query asks for: itself, except that digits may be a phone number or several numbers.</summary>
    private static IEnumerable<ReadOnlyMemory<Rune>> Terms(TextRun run)
    {
        if (run.Kind != TextRunKind.Digits)
        {
            return [run.Runes];
        }

        var typed = PhoneNumber.WithoutCountry(run);
        return PhoneNumber.IsOneNumber(typed) ? [typed.Runes] : PhoneNumber.Pieces(typed);
    }

    private static void AppendToken(StringBuilder tokens, TextRunKind kind, ReadOnlySpan<Rune> runes)
    {
        if (tokens.Length > 0)
        {
            tokens.Append(' ');
        }

        tokens.Append(kind switch { TextRunKind.Word => 'w', TextRunKind.Digits => 'd', _ => 'c' });
        foreach (var rune in runes)
        {
            if (kind == TextRunKind.Script)
            {
                var code = rune.Value;
                tokens.Append(Base36[code / (36 * 36 * 36)]).Append(Base36[code / (36 * 36) % 36]).Append(Base36[code / 36 % 36]).Append(Base36[code % 36]);
            }
            else
            {
                tokens.Append((char)rune.Value);
            }
        }
    }

    private static ReadOnlySpan<Rune> Cut(ReadOnlySpan<Rune> word) => word.Length > MaxWordLength ? word[..MaxWordLength] : word;

    private static int Window(TextRunKind kind) => kind == TextRunKind.Digits ? DigitWindow : ScriptWindow;
}
