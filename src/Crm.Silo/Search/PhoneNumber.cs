using System.Text;

namespace Crm.Silo.Search;

/// <summary>
/// What digits typed into a search box mean. In the index the digits of a phone number are one run, so a number typed in
/// pieces is looked for as one; but <c>2024 15</c> may as well be two numbers, which are looked for apart.
/// </summary>
internal static class PhoneNumber
{
    /// <summary>Fewest digits of a local number and most of an international one (E.164).</summary>
    private const int MinDigits = 7;
    private const int MaxDigits = 15;

    /// <summary>A piece longer than this is a number by itself, and what stands beside it is another.</summary>
    private const int MaxPieceDigits = 8;

    /// <summary>Drops +86, 0086, and an 86 right before a mobile number: records are mostly kept without it.</summary>
    public static TextRun WithoutCountry(TextRun run)
    {
        var prefix =
            run.HasPlus && StartsWith(run, "86") ? 2
            : StartsWith(run, "0086") ? 4
            : run.Runes.Length == 13 && StartsWith(run, "861") ? 2
            : 0;
        return prefix == 0 || run.Runes.Length == prefix ? run : Without(run, prefix);
    }

    public static bool IsOneNumber(TextRun run)
    {
        if (run.Pieces.Length == 1)
        {
            return true;
        }

        var start = 0;
        foreach (var end in run.Pieces)
        {
            if (end - start > MaxPieceDigits)
            {
                return false;
            }

            start = end;
        }

        return run.Runes.Length is >= MinDigits and <= MaxDigits;
    }

    public static IEnumerable<ReadOnlyMemory<Rune>> Pieces(TextRun run)
    {
        var start = 0;
        foreach (var end in run.Pieces)
        {
            yield return run.Runes.AsMemory(start, end - start);
            start = end;
        }
    }

    private static bool StartsWith(TextRun run, string digits)
    {
        for (var i = 0; i < digits.Length; i++)
        {
            if (i >= run.Runes.Length || run.Runes[i].Value != digits[i])
            {
                return false;
            }
        }

        return true;
    }

    private static TextRun Without(TextRun run, int prefix)
    {
        var pieces = new List<int>(run.Pieces.Length);
        foreach (var end in run.Pieces)
        {
            if (end > prefix)
            {
                pieces.Add(end - prefix);
            }
        }

        return run with { Runes = run.Runes[prefix..], Pieces = [.. pieces], HasPlus = false };
    }
}
