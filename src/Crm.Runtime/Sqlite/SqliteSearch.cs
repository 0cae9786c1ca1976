using System.Globalization;
using System.Text;
using Crm.Runtime.Cards;

namespace Crm.Runtime.Sqlite;

/// <summary>
/// Gives every tenant words of its own in the search index: all tokens of a tenant begin with its number. So a search walks the tenant's own
/// rows only, however many rows of others have the same words, and can never find those. Each value of a card's scope is such a word, too:
/// whoever sees few rows finds them without a look at the others'.
/// </summary>
internal static class SqliteSearch
{
    /// <summary>Each is a walk through the rows it has; for more than these it is cheaper to look at what is found.</summary>
    private const int MostScopes = 16;

    /// <summary>What the tokens of a tenant begin with; of no two does one's begin with the other's. No tenant (-1) has no tokens.</summary>
    public static string PrefixOf(long tenant) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(tenant, 0)}x");

    /// <summary>A card's search terms as the tenant's tokens.</summary>
    /// <param name="scope">The card's value of the scope; null when its kind has none.</param>
    public static string Tokens(string prefix, string terms, CardValue? scope)
    {
        var tokens = prefix + terms.Replace(" ", " " + prefix, StringComparison.Ordinal);
        return scope is { } value ? $"{tokens} {ScopeWord(prefix, value)}" : tokens;
    }

    /// <summary>The word of a value of the scope, an id or null. It begins as no word of a tenant does.</summary>
    private static string ScopeWord(string prefix, CardValue value) => string.Create(CultureInfo.InvariantCulture, $"{prefix.AsSpan(0, prefix.Length - 1)}s{(value.Bytes is { } id ? Convert.ToHexStringLower(id) : "")}");

    /// <summary>The values of the scope to which a filter limits its rows; null when it does not, or when they are too many to be looked for.</summary>
    public static IReadOnlyList<CardValue>? ScopeIn(CardFilter? filter)
    {
        var values = ValuesIn(filter);
        return values is { Count: <= MostScopes } ? values : null;

        static IReadOnlyList<CardValue>? ValuesIn(CardFilter? filter) => filter switch
        {
            CardFilter.And and => ValuesIn(and.Left) ?? ValuesIn(and.Right),
            CardFilter.Or or => ValuesIn(or.Left) is { } left && ValuesIn(or.Right) is { } right ? [.. left, .. right] : null,
            CardFilter.Compare { Field.IsScope: true, Operator: CardOperator.Equal } compare => [compare.Value],
            CardFilter.In { Field.IsScope: true } any => any.Values,
            _ => null,
        };
    }

    /// <summary>A full-text expression (see <see cref="Cards.CardQuery.Match"/>) that asks for the tenant's tokens.</summary>
    /// <param name="scopes">The values of the scope that a row must have one of, or null.</param>
    public static string Match(string prefix, string expression, IReadOnlyList<CardValue>? scopes = null)
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

        if (scopes is not null)
        {
            // nothing in a search is without a word; no values at all are no rows
            match.Insert(0, '(').Append(") AND (").AppendJoin(" OR ", scopes.Count == 0 ? [PrefixOf(-1)] : scopes.Select(scope => ScopeWord(prefix, scope))).Append(')');
        }

        return match.ToString();
    }
}
