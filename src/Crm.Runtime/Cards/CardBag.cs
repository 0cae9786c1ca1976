using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crm.Runtime.Cards;

/// <summary>
/// Values of fields that have no column of their own: one JSON object in a column of type <see cref="CardFieldType.Bag"/>. A name in it begins
/// with how the value is kept, so that what was a text once is never compared as a number.
/// </summary>
public sealed class CardBag
{
    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SortedDictionary<string, CardValue> _values = new(StringComparer.Ordinal);

    /// <summary>A text, with the key it is sorted by.</summary>
    public CardBag Text(string key, string value, byte[]? sortKey = null)
    {
        _values[$"t{key}"] = CardValue.Of(value);
        if (sortKey is not null)
        {
            _values[$"k{key}"] = CardValue.Of(Convert.ToHexString(sortKey));
        }

        return this;
    }

    public CardBag Integer(string key, long value)
    {
        _values[$"n{key}"] = CardValue.Of(value);
        return this;
    }

    /// <summary>An amount in hundredths, with its currency.</summary>
    public CardBag Money(string key, long hundredths, string currency)
    {
        _values[$"c{key}"] = CardValue.Of(currency);
        return Integer(key, hundredths);
    }

    /// <summary>Several codes, none of which has a <c>|</c>.</summary>
    public CardBag Choices(string key, IEnumerable<string> codes)
    {
        _values[$"m{key}"] = CardValue.Of($"|{string.Join('|', codes)}|");
        return this;
    }

    /// <summary>The bag as the value of its column; null when nothing is in it.</summary>
    public CardValue ToValue()
    {
        if (_values.Count == 0)
        {
            return CardValue.Null;
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Written))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in _values)
            {
                if (value.IsInteger)
                {
                    writer.WriteNumber(name, value.Integer);
                }
                else
                {
                    // the one character that a JSON column may not hold
                    writer.WriteString(name, (value.Text ?? "").Replace("\0", "", StringComparison.Ordinal));
                }
            }

            writer.WriteEndObject();
        }

        return CardValue.Of(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }

    /// <summary>The value of a field in a bag, as a column of the field's type would have it. Of several codes it is the text they are kept as.</summary>
    public static CardValue Read(CardValue bag, CardField field)
    {
        if (bag.Text is not { } text)
        {
            return CardValue.Null;
        }

        using var json = JsonDocument.Parse(text);
        return !json.RootElement.TryGetProperty(NameOf(field), out var value) ? CardValue.Null
            : value.ValueKind == JsonValueKind.Number ? CardValue.Of(value.GetInt64())
            : CardValue.Of(value.GetString());
    }

    /// <summary>The name in the bag of a field's value. Of our own making and the field's key, which is made of ASCII letters, digits and _.</summary>
    internal static string NameOf(CardField field) => field.Type switch
    {
        CardFieldType.Text or CardFieldType.Choice => $"t{field.Key}",
        CardFieldType.Choices => $"m{field.Key}",
        CardFieldType.Currency => $"c{field.Key}",
        _ => $"n{field.Key}",
    };

    /// <summary>The name in the bag of what a field is sorted by.</summary>
    internal static string SortNameOf(CardField field) => field.Type == CardFieldType.Text ? $"k{field.Key}" : NameOf(field);
}
