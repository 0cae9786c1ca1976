using System.Globalization;
using System.Text;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// Gives every tenant words of its own in the search index: all tokens of a tenant begin with its number. So a search walks the tenant's own
/// rows only, however many rows of others have the same words, and can never find those.
/// </summary>
internal static class SqliteSearch
{
    /// <summary>What the tokens of a tenant begin with; of no two does one's begin with the other's. No tenant (-1) has no tokens.</summary>
    public static string PrefixOf(long tenant) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(tenant, 0)}x");

    /// <summary>A card's search terms as the tenant's tokens.</summary>
    public static string Tokens(string prefix, string terms) => prefix + terms.Replace(" ", " " + prefix, StringComparison.Ordinal);

    /// <summary>A full-text expression (see <see cref="Cards.CardQuery.Match"/>) that asks for the tenant's tokens.</summary>
    public static string Match(string prefix, string expression)
    {
        var match = new StringBuilder(expression.Length * 2);
        var isQuoted = false;
        for (var at = 0; at < expression.Length;)
        {
            var end = at;
            while (end < expression.Length && char.IsLetterOrDigit(expression[end]))
            {
                end++;
            }

            if (end == at)
            {
                isQuoted ^= expression[at] == '"';
                match.Append(expression[at++]);
                continue;
            }

            var word = expression.AsSpan(at, end - at);
            match.Append(!isQuoted && word is "AND" ? "" : prefix).Append(word);
            at = end;
        }

        return match.ToString();
    }
}
