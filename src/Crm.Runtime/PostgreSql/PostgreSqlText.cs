using System.Globalization;
using System.Text;

namespace Crm.Runtime.PostgreSql;

/// <summary>Text in the forms that PostgreSQL takes.</summary>
internal static class PostgreSqlText
{
    /// <summary>The farthest a word may stand from the first; those behind it count as standing there.</summary>
    private const int MostPositions = 16_383;

    /// <summary>The text without what no UTF-8 column can hold: a zero or half of a surrogate pair become U+FFFD.</summary>
    public static string Storable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsSurrogate(text[i]))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
            }
        }

        return text;
    }

    /// <summary>A tsvector of words separated by spaces. Each begins with its tenant, so that the index finds one tenant's alone.</summary>
    public static string Vector(int tenant, string terms)
    {
        var vector = new StringBuilder();
        var position = 0;
        foreach (var word in terms.AsSpan().Split(' '))
        {
            if (terms.AsSpan()[word] is { Length: > 0 } some)
            {
                Word(vector, tenant, some);
                vector.Append(':').Append(Math.Min(++position, MostPositions).ToString(CultureInfo.InvariantCulture)).Append(' ');
            }
        }

        return vector.ToString();
    }

    /// <summary>
    /// A tsquery from the expression that FTS5 takes: words, <c>"phrases of words"</c> and <c>"beginnings"*</c>, joined by AND.
    /// Null when there is no word in it.
    /// </summary>
    public static string? Query(int tenant, string match)
    {
        var query = new StringBuilder();
        var rest = match.AsSpan();
        while (!(rest = rest.TrimStart(' ')).IsEmpty)
        {
            var isQuoted = rest[0] == '"';
            var phrase = isQuoted ? Quoted(ref rest) : Bare(ref rest);
            var isBeginning = rest is ['*', ..];
            rest = isBeginning ? rest[1..] : rest;
            if (phrase.IsWhiteSpace() || (!isQuoted && phrase is "AND"))
            {
                continue;
            }

            query.Append(query.Length == 0 ? "(" : " & (");
            Phrase(query, tenant, phrase, isBeginning);
            query.Append(')');
        }

        return query.Length == 0 ? null : query.ToString();
    }

    private static ReadOnlySpan<char> Quoted(ref ReadOnlySpan<char> rest)
    {
        var end = rest[1..].IndexOf('"');
        var phrase = end < 0 ? rest[1..] : rest[1..(end + 1)];
        rest = end < 0 ? [] : rest[(end + 2)..];
        return phrase;
    }

    private static ReadOnlySpan<char> Bare(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(' ', '"', '*');
        var word = end < 0 ? rest : rest[..end];
        // a star by itself is no word, and must not be met again
        rest = end < 0 ? [] : end == 0 ? rest[1..] : rest[end..];
        return word;
    }

    private static void Phrase(StringBuilder query, int tenant, ReadOnlySpan<char> phrase, bool isBeginning)
    {
        var isFirst = true;
        foreach (var word in phrase.Split(' '))
        {
            if (phrase[word] is { Length: > 0 } some)
            {
                query.Append(isFirst ? "" : " <-> ");
                Word(query, tenant, some);
                isFirst = false;
            }
        }

        query.Append(isBeginning ? ":*" : "");
    }

    private static void Word(StringBuilder text, int tenant, ReadOnlySpan<char> word)
    {
        text.Append('\'').Append(tenant.ToString(CultureInfo.InvariantCulture)).Append('.');
        foreach (var letter in word)
        {
            text.Append(char.ToLowerInvariant(letter));
            if (letter is '\'' or '\\')
            {
                text.Append(letter);
            }
        }

        text.Append('\'');
    }
}
