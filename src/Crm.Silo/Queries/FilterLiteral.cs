using System.Globalization;
using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

internal enum FilterLiteralKind
{
    Null,
    True,
    False,
    Number,
    Text,
}

/// <summary>A value as written in a filter, before it is known what field it is compared with.</summary>
internal readonly record struct FilterLiteral(FilterLiteralKind Kind, string Text)
{
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>The literal as a value of <paramref name="type"/>; false with a sentence about what was expected.</summary>
    public bool TryConvert(CardFieldType type, out CardValue value, out string expected)
    {
        if (Kind == FilterLiteralKind.Null)
        {
            (value, expected) = (CardValue.Null, "");
            return true;
        }

        (var converted, expected) = type switch
        {
            CardFieldType.Text or CardFieldType.Choice or CardFieldType.Choices => (AsText(), "a text in double quotes"),
            CardFieldType.Id => (AsId(), "an id: a UUID in double quotes"),
            CardFieldType.Flag => (AsFlag(), "true or false"),
            CardFieldType.Integer => (AsInteger(), "a whole number of at most 64 bits, without an exponent"),
            CardFieldType.Money => (AsMoney(), "an amount with at most two decimals, below 92 quadrillion, without an exponent"),
            CardFieldType.Number => (AsNumber(), "a number with at most six decimals, without an exponent"),
            CardFieldType.Instant => (AsInstant(), "a moment with an offset in double quotes, such as \"2026-11-21T08:30:00Z\""),
            CardFieldType.Day => (AsDay(), "a day in double quotes, such as \"2026-11-21\""),
            _ => (CardValue.Null, "something else"),
        };
        value = converted;
        return !value.IsNull;
    }

    private CardValue AsText() => Kind == FilterLiteralKind.Text ? CardValue.Of(Text) : CardValue.Null;

    private CardValue AsId() =>
        Kind == FilterLiteralKind.Text && Guid.TryParseExact(Text, "D", out var id) ? CardValue.Of(id) : CardValue.Null;

    private CardValue AsFlag() => Kind switch
    {
        FilterLiteralKind.True => CardValue.Of(true),
        FilterLiteralKind.False => CardValue.Of(false),
        _ => CardValue.Null,
    };

    private CardValue AsInteger() =>
        Kind == FilterLiteralKind.Number && TryScale(Text, decimals: 0, out var whole) ? CardValue.Of(whole) : CardValue.Null;

    private CardValue AsMoney() =>
        Kind is FilterLiteralKind.Number or FilterLiteralKind.Text && TryScale(Text, decimals: 2, out var hundredths)
            ? CardValue.Of(hundredths)
            : CardValue.Null;

    private CardValue AsNumber() =>
        Kind == FilterLiteralKind.Number && TryScale(Text, decimals: 6, out var millionths) ? CardValue.Of(millionths) : CardValue.Null;

    /// <summary>Digits beyond the millisecond are cut off: cards keep whole milliseconds.</summary>
    private CardValue AsInstant() =>
        Kind == FilterLiteralKind.Text && HasOffset(Text)
            && DateTimeOffset.TryParseExact(Text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? CardValue.Of(at)
            : CardValue.Null;

    private CardValue AsDay() =>
        Kind == FilterLiteralKind.Text
            && DateOnly.TryParseExact(Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? CardValue.Of(day)
            : CardValue.Null;

    /// <summary>The K of the formats also accepts nothing at all, and would then take the machine's own zone.</summary>
    private static bool HasOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-');

    /// <summary>
    /// Reads <c>-?digits(.digits)?</c> as a whole number of units of 10^-<paramref name="decimals"/>. Digit by digit, because both
    /// double and decimal would round what does not fit instead of refusing it.
    /// </summary>
    private static bool TryScale(string text, int decimals, out long scaled)
    {
        scaled = 0;
        var digits = text.AsSpan();
        var negative = digits is ['-', ..];
        digits = negative ? digits[1..] : digits;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || whole.Length > 20 || fraction.Length > decimals || (point >= 0 && fraction.IsEmpty))
        {
            return false;
        }

        Int128 sum = 0;
        if (!Gather(whole, ref sum) || !Gather(fraction, ref sum))
        {
            return false;
        }

        for (var missing = fraction.Length; missing < decimals; missing++)
        {
            sum *= 10;
        }

        sum = negative ? -sum : sum;
        if (sum < long.MinValue || sum > long.MaxValue)
        {
            return false;
        }

        scaled = (long)sum;
        return true;
    }

    private static bool Gather(ReadOnlySpan<char> digits, ref Int128 sum)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            sum = (sum * 10) + (digit - '0');
        }

        return true;
    }
}
