namespace Crm.Silo.Tests.Search;

/// <summary>Just enough of FTS5 to answer our own queries: quoted phrases, a star for a prefix, AND between them.</summary>
internal static class FtsPhrases
{
    public static bool Match(string query, string tokens)
    {
        var indexed = tokens.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return query.Split(" AND ").All(term => MatchesTerm(term, indexed));
    }

    private static bool MatchesTerm(string term, string[] indexed)
    {
        var isPrefix = term.EndsWith('*');
        var phrase = term.TrimEnd('*').Trim('"').Split(' ');
        for (var start = 0; start + phrase.Length <= indexed.Length; start++)
        {
            var matches = true;
            for (var i = 0; i < phrase.Length && matches; i++)
            {
                matches = isPrefix && i == phrase.Length - 1
                    ? indexed[start + i].StartsWith(phrase[i], StringComparison.Ordinal)
                    : indexed[start + i] == phrase[i];
            }

            if (matches)
            {
                return true;
            }
        }

        return false;
    }
}
