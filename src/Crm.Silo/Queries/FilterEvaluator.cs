using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

/// <summary>
/// Says of one card in memory what the store's SQL says of its row, so that a live list and a fetched list never disagree.
/// </summary>
/// <remarks>
/// Every comparison is true or false, never unknown: with a field that has no value only <c>eq null</c>, and <c>ne</c> with any value,
/// are true. In SQL that is <c>(f is not null and f &gt; ?)</c> and <c>(f is null or f &lt;&gt; ?)</c>; only so is <c>not</c> plain negation.
/// A Text field is compared like SQLite's lower(): A-Z equals a-z, everything else by code point. A Choice is compared exactly by
/// <c>eq</c> and <c>ne</c>, and like a Text by <c>co sw ew</c>.
/// </remarks>
public static class FilterEvaluator
{
    /// <summary>Whether the card matches.</summary>
    /// <param name="filter">A filter over the row's schema.</param>
    /// <param name="row">The card's values, each at its field's <see cref="CardField.Ordinal"/>.</param>
    public static bool Matches(CardFilter filter, ReadOnlySpan<CardValue> row) => filter switch
    {
        CardFilter.And both => Matches(both.Left, row) && Matches(both.Right, row),
        CardFilter.Or either => Matches(either.Left, row) || Matches(either.Right, row),
        CardFilter.Not not => !Matches(not.Inner, row),
        CardFilter.Present present => IsPresent(present.Field.In(row)),
        CardFilter.Compare compare => Matches(compare, compare.Field.In(row)),
        CardFilter.In any => any.Values.Contains(any.Field.In(row)),
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "A filter that a row alone cannot answer."),
    };

    private static bool IsPresent(CardValue value) => !value.IsNull && value.Text is not "";

    private static bool Matches(CardFilter.Compare compare, CardValue value)
    {
        var wanted = compare.Value;
        if (value.IsNull || wanted.IsNull)
        {
            return compare.Operator switch
            {
                CardOperator.Equal => value.IsNull && wanted.IsNull,
                CardOperator.NotEqual => value.IsNull != wanted.IsNull,
                _ => false,
            };
        }

        if (compare.Field.Type == CardFieldType.Choices)
        {
            return value.Text!.Contains($"|{wanted.Text}|", StringComparison.Ordinal) == (compare.Operator == CardOperator.Equal); // several codes are kept as a text
        }

        var exact = compare.Field.Type == CardFieldType.Choice;
        return compare.Operator switch
        {
            CardOperator.Equal => AreEqual(value, wanted, exact),
            CardOperator.NotEqual => !AreEqual(value, wanted, exact),
            CardOperator.Contains => value.Text is { } text && wanted.Text is { } part && Contains(text, part),
            CardOperator.StartsWith => value.Text is { } text && wanted.Text is { } part
                && text.Length >= part.Length && SameText(text.AsSpan(0, part.Length), part),
            CardOperator.EndsWith => value.Text is { } text && wanted.Text is { } part
                && text.Length >= part.Length && SameText(text.AsSpan(text.Length - part.Length), part),
            CardOperator.Greater => Order(value, wanted) is > 0,
            CardOperator.GreaterOrEqual => Order(value, wanted) is >= 0,
            CardOperator.Less => Order(value, wanted) is < 0,
            CardOperator.LessOrEqual => Order(value, wanted) is <= 0,
            _ => throw new ArgumentOutOfRangeException(nameof(compare), compare.Operator, "An operator of an unknown kind."),
        };
    }

    private static bool AreEqual(CardValue left, CardValue right, bool exact) =>
        !exact && left.Text is { } text && right.Text is { } other ? SameText(text, other) : left == right;

    /// <summary>Null when the two are not of one storage type; then no order holds.</summary>
    private static int? Order(CardValue left, CardValue right) =>
        left.IsInteger && right.IsInteger ? left.Integer.CompareTo(right.Integer)
        : left.Text is { } text && right.Text is { } other ? OrderText(text, other)
        : left.Bytes is { } bytes && right.Bytes is { } others ? bytes.AsSpan().SequenceCompareTo(others)
        : null;

    private static bool SameText(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i] && Lower(left[i]) != Lower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Contains(ReadOnlySpan<char> text, ReadOnlySpan<char> part)
    {
        if (part.IsEmpty)
        {
            return true;
        }

        var (lower, upper) = (Lower(part[0]), Upper(part[0]));
        while (text.Length >= part.Length)
        {
            var start = text[..(text.Length - part.Length + 1)].IndexOfAny(lower, upper);
            if (start < 0)
            {
                return false;
            }

            if (SameText(text.Slice(start, part.Length), part))
            {
                return true;
            }

            text = text[(start + 1)..];
        }

        return false;
    }

    private static int OrderText(string left, string right)
    {
        var shared = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shared; i++)
        {
            var (a, b) = (Lower(left[i]), Lower(right[i]));
            if (a != b)
            {
                return CodePointRank(a) - CodePointRank(b);
            }
        }

        return left.Length - right.Length;
    }

    /// <summary>Puts surrogates after U+FFFF, where the code points they stand for belong; the store compares UTF-8, which does.</summary>
    private static int CodePointRank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;

    private static char Lower(char c) => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;

    private static char Upper(char c) => char.IsAsciiLetterLower(c) ? (char)(c & ~0x20) : c;
}
