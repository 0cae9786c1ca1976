using System.Text;
using Crm.Runtime.Cards;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>What filters and sorts mean, written down once more and as plainly as possible, to hold stores against.</summary>
internal static class CardModel
{
    public static bool Matches(CardFilter filter, CardValue[] row) => filter switch
    {
        CardFilter.And and => Matches(and.Left, row) && Matches(and.Right, row),
        CardFilter.Or or => Matches(or.Left, row) || Matches(or.Right, row),
        CardFilter.Not not => !Matches(not.Inner, row),
        CardFilter.Present present => !row[present.Field.Ordinal].IsNull && row[present.Field.Ordinal].Text != "",
        CardFilter.Compare compare => Matches(compare, row[compare.Field.Ordinal]),
        _ => throw new ArgumentException("There is no such filter.", nameof(filter)),
    };

    /// <summary>Cards in the order of a list; ties are in the order they were made, or the other way round if the last key is.</summary>
    public static IEnumerable<T> Sort<T>(IEnumerable<(T Card, CardValue[] Row)> inOrderMade, IReadOnlyList<CardSort> sort)
    {
        var numbered = inOrderMade.Select((card, number) => (card.Card, card.Row, Number: number)).ToList();
        var downwards = sort.Count == 0 || sort[^1].Descending;
        numbered.Sort((one, other) =>
        {
            foreach (var key in sort)
            {
                var order = Order(SortValue(key.Field, one.Row), SortValue(key.Field, other.Row));
                if (order != 0)
                {
                    return key.Descending ? -order : order;
                }
            }

            return downwards ? other.Number.CompareTo(one.Number) : one.Number.CompareTo(other.Number);
        });
        return numbered.Select(card => card.Card);
    }

    private static CardValue SortValue(CardField field, CardValue[] row) =>
        field.Type == CardFieldType.Text && row[field.Ordinal].Text is { } text ? CardValue.Of(BoxBehaviour.SortKey(text)) : row[field.Ordinal];

    private static bool Matches(CardFilter.Compare compare, CardValue value)
    {
        if (compare.Value.IsNull)
        {
            return value.IsNull == (compare.Operator == CardOperator.Equal);
        }

        if (value.IsNull)
        {
            return compare.Operator == CardOperator.NotEqual;
        }

        var isText = compare.Field.Type == CardFieldType.Text;
        return compare.Operator switch
        {
            CardOperator.Contains => Fold(value).Contains(Fold(compare.Value), StringComparison.Ordinal),
            CardOperator.StartsWith => Fold(value).StartsWith(Fold(compare.Value), StringComparison.Ordinal),
            CardOperator.EndsWith => Fold(value).EndsWith(Fold(compare.Value), StringComparison.Ordinal),
            var order => Holds(order, isText ? Order(CardValue.Of(Fold(value)), CardValue.Of(Fold(compare.Value))) : Order(value, compare.Value)),
        };
    }

    private static bool Holds(CardOperator order, int sign) => order switch
    {
        CardOperator.Equal => sign == 0,
        CardOperator.NotEqual => sign != 0,
        CardOperator.Greater => sign > 0,
        CardOperator.GreaterOrEqual => sign >= 0,
        CardOperator.Less => sign < 0,
        _ => sign <= 0,
    };

    /// <summary>A to Z alone count as their small letters.</summary>
    private static string Fold(CardValue text) => string.Concat(text.Text!.Select(letter => char.IsAsciiLetterUpper(letter) ? char.ToLowerInvariant(letter) : letter));

    /// <summary>Nothing is lowest; text is ordered by its UTF-8.</summary>
    private static int Order(CardValue one, CardValue other) => (one.IsNull, other.IsNull) switch
    {
        (true, true) => 0,
        (true, false) => -1,
        (false, true) => 1,
        _ when one.IsInteger => one.Integer.CompareTo(other.Integer),
        _ => Bytes(one).AsSpan().SequenceCompareTo(Bytes(other)),
    };

    private static byte[] Bytes(CardValue value) => value.Bytes ?? Encoding.UTF8.GetBytes(value.Text!);
}
