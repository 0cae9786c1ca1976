using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Grains.Kernel;

/// <summary>
/// An amount in a currency, exact to the hundredth. On the wire <c>{"amount":"1234.50","currency":"CNY"}</c>; read also from a bare
/// number or decimal string, which leaves the currency empty until the tenant's own is filled in.
/// </summary>
[JsonConverter(typeof(MoneyConverter))]
public readonly record struct Money(decimal Amount, string Currency) : IComparable<Money>
{
    /// <summary>Largest absolute amount, in major units. Its hundredths fit a 64-bit integer.</summary>
    public const decimal Largest = 92_000_000_000_000_000m;

    /// <summary>How an amount is written: as "0.00", which takes .NET three times as long.</summary>
    internal const string Format = "F2";

    /// <summary>The amount in hundredths of the currency's unit.</summary>
    public long Hundredths => (long)(Amount * 100m);

    public static Money FromHundredths(long hundredths, string currency) => new(hundredths / 100m, currency);

    /// <summary>This amount, in <paramref name="currency"/> when none was named.</summary>
    public Money Or(string currency) => string.IsNullOrEmpty(Currency) ? this with { Currency = currency } : this;

    public int CompareTo(Money other) => Amount.CompareTo(other.Amount);

    /// <summary>The amount with two decimals, as on the wire.</summary>
    public string AmountText => Amount.ToString(Format, CultureInfo.InvariantCulture);

    public override string ToString() => $"{AmountText} {Currency}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static Money Parse(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return new(decimal.Parse(text.AsSpan(0, space), NumberStyles.Number, CultureInfo.InvariantCulture), text[(space + 1)..]);
    }

    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;
}

/// <summary>The currencies of ISO 4217 that are in use.</summary>
public static class Currencies
{
    private static readonly HashSet<string> Codes =
    [
        .. ("AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE "
            + "CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS "
            + "KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR "
            + "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
            + "TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG").Split(' '),
    ];

    public static bool Knows(string code) => Codes.Contains(code);
}

/// <summary>Reads and writes <see cref="Money"/>; a malformed amount is a <see cref="MalformedValueException"/>.</summary>
public sealed class MoneyConverter : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
        {
            return new(ReadAmount(ref reader), Currency: "");
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new MalformedValueException(MalformedValueException.WrongType("An amount is a number, a decimal string, or an object with amount and currency."));
        }

        decimal? amount = null;
        var currency = "";
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("amount"u8))
            {
                reader.Read();
                amount = ReadAmount(ref reader);
            }
            else if (reader.ValueTextEquals("currency"u8))
            {
                reader.Read();
                currency = reader.TokenType == JsonTokenType.String ? reader.GetString()!.Trim().ToUpperInvariant() : "?"; // a string token is never null
                if (!Currencies.Knows(currency))
                {
                    throw new MalformedValueException(Refusal.Invalid("currency-unknown", "The currency is not an ISO 4217 code in use."));
                }
            }
            else
            {
                throw new MalformedValueException(new(RefusalKind.Invalid, "unknown-field", $"Money has no field '{reader.GetString()}'."));
            }
        }

        return amount is { } some
            ? new(some, currency)
            : throw new MalformedValueException(Refusal.Invalid("field-required", "The amount is missing."));
    }

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        Span<byte> amount = stackalloc byte[40];
        value.Amount.TryFormat(amount, out var length, Money.Format, CultureInfo.InvariantCulture);
        writer.WriteStartObject();
        writer.WriteString("amount"u8, amount[..length]);
        writer.WriteString("currency"u8, value.Currency);
        writer.WriteEndObject();
    }

    private static decimal ReadAmount(ref Utf8JsonReader reader)
    {
        decimal amount;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetDecimal(out amount) || HasHiddenDecimals(ref reader, amount))
            {
                throw OutOfRange();
            }
        }
        else if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString()!; // a string token is never null
            if (text.Length > 60 || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount))
            {
                throw text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c is '.' or '-')
                    ? OutOfRange()
                    : new MalformedValueException(MalformedValueException.WrongType("The amount is not a decimal number."));
            }

            if (DecimalsIn(text) > 2)
            {
                throw OutOfRange();
            }
        }
        else
        {
            throw new MalformedValueException(MalformedValueException.WrongType("The amount is not a decimal number."));
        }

        if (decimal.Round(amount, 2) != amount || Math.Abs(amount) > Money.Largest)
        {
            throw OutOfRange();
        }

        return amount == 0 ? 0m : amount;
    }

    // decimal silently rounds what it cannot hold: 30 decimals would otherwise arrive as a slightly different amount, and 1e-40 as nothing
    private static bool HasHiddenDecimals(ref Utf8JsonReader reader, decimal amount)
    {
        ReadOnlySpan<byte> written = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        if (written.Length > 28 || decimal.Round(amount, 2) != amount)
        {
            return true;
        }

        var exponent = written.IndexOfAny((byte)'e', (byte)'E');
        return amount == 0 && written[..(exponent < 0 ? written.Length : exponent)].ContainsAnyInRange((byte)'1', (byte)'9');
    }

    private static int DecimalsIn(string text) =>
        text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? text.AsSpan(point + 1).TrimEnd('0').Length : 0;

    private static MalformedValueException OutOfRange() =>
        new(Refusal.Invalid("number-out-of-range", "An amount has at most 2 decimals and at most 92,000,000,000,000,000."));
}
