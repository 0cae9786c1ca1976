using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Grains.Kernel;

/// <summary>
/// The value of a field that a tenant added, in its written form. In JSON it is what it looks like: a text, a number, an amount of money as
/// <c>{"amount":"1234.50","currency":"CNY"}</c>, or a list of keys. Texts, days, choices, people and links are all texts here; which of these
/// a field holds is in its definition.
/// </summary>
/// <param name="Written">One form for each value: <c>12.5</c>, <c>1234.50 CNY</c>, <c>red,blue</c>. Blank stands for no value.</param>
/// <param name="Type">Null for a text.</param>
[JsonConverter(typeof(CustomValueConverter))]
public readonly record struct CustomValue(string Written, string? Type = null)
{
    public const string Number = "number";
    public const string Money = "money";
    public const string Choices = "choices";

    public bool IsBlank => string.IsNullOrWhiteSpace(Written);

    public static implicit operator CustomValue(string text) => new(text);

    public static CustomValue Of(decimal number) => new((number == 0 ? 0m : number).ToString("0.############################", CultureInfo.InvariantCulture), Number);

    public static CustomValue Of(Money amount) => new(amount.ToString(), Money);

    public static CustomValue Of(IEnumerable<string> keys) => new(string.Join(',', keys), Choices);

    /// <summary>The number, or the amount of money; null for anything else.</summary>
    public decimal? AsNumber() => Type switch
    {
        Number => decimal.Parse(Written, NumberStyles.Number, CultureInfo.InvariantCulture),
        Money => AsMoney()?.Amount,
        _ => null,
    };

    public Money? AsMoney() => Type == Money ? Kernel.Money.Parse(Written) : null;

    /// <summary>The day a text names, or null when it names none.</summary>
    public DateOnly? AsDay() =>
        Type is null && Written is { Length: 10 } && DateOnly.TryParseExact(Written, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public IReadOnlyList<string> AsKeys() => Type == Choices && Written.Length > 0 ? Written.Split(',') : [];

    /// <summary>The value without blanks at the ends of a text.</summary>
    public CustomValue Trimmed() => Type is null ? new(Written?.Trim() ?? "") : this;
}

/// <summary>Reads and writes <see cref="CustomValue"/>. Null is read as no value.</summary>
public sealed class CustomValueConverter : JsonConverter<CustomValue>
{
    private const int MostKeys = 200;
    private static readonly MoneyConverter Money = new();

    public override bool HandleNull => true;

    public override CustomValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => new(""),
        JsonTokenType.String => new(reader.GetString()!), // a string token is never null
        JsonTokenType.Number => reader.TryGetDecimal(out var number) ? CustomValue.Of(number) : throw new MalformedValueException(Refusal.Invalid("number-out-of-range", "This number is too large or too exact.")),
        JsonTokenType.StartObject => CustomValue.Of(Money.Read(ref reader, typeof(Money), options)),
        JsonTokenType.StartArray => CustomValue.Of(ReadKeys(ref reader)),
        _ => throw new MalformedValueException(MalformedValueException.WrongType("A custom field is a text, a number, an amount or a list of keys.")),
    };

    public override void Write(Utf8JsonWriter writer, CustomValue value, JsonSerializerOptions options)
    {
        switch (value.Type)
        {
            case CustomValue.Number:
                writer.WriteRawValue(value.Written);
                break;
            case CustomValue.Money:
                Money.Write(writer, value.AsMoney() ?? default, options);
                break;
            case CustomValue.Choices:
                writer.WriteStartArray();
                foreach (var key in value.AsKeys())
                {
                    writer.WriteStringValue(key);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(value.Written ?? "");
                break;
        }
    }

    private static List<string> ReadKeys(ref Utf8JsonReader reader)
    {
        var keys = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // a comma is what keys are joined by, so none can have one
            keys.Add(reader.TokenType == JsonTokenType.String && keys.Count < MostKeys && reader.GetString()!.Trim() is { Length: > 0 } key && !key.Contains(',', StringComparison.Ordinal) // a string token is never null
                ? key
                : throw new MalformedValueException(Refusal.Invalid("field-invalid", $"A list has at most {MostKeys} keys, each a text without commas.")));
        }

        return keys;
    }
}

/// <summary>A command that gives values to fields a tenant added.</summary>
public interface ICustomised
{
    /// <summary>By the fields' keys. A blank value removes one; null removes all.</summary>
    Optional<IReadOnlyDictionary<string, CustomValue>?> Given { get; }

    /// <summary>Whether the record comes into being with it, so that what is required must be there.</summary>
    bool IsCreation { get; }

    /// <summary>The same command with other values.</summary>
    object With(IReadOnlyDictionary<string, CustomValue> values);
}

/// <summary>How a slice carries fields that tenants add.</summary>
/// <param name="ValuesOf">By the fields' keys; null while the record can have none.</param>
/// <param name="Shown">The values on a card.</param>
/// <param name="Computed">The event that formulas have other results than before. It changes nothing but those.</param>
/// <param name="Together">An event with the results that come of it; null for one that says nothing of fields.</param>
/// <param name="Compute">The command that changes nothing and is refused by a record that can have no such fields.</param>
public sealed record CustomFields<TState, TCommand, TEvent, TCard>(
    Func<TState, IReadOnlyDictionary<string, CustomValue>?> ValuesOf,
    Func<TCard, IReadOnlyDictionary<string, CustomValue>> Shown,
    Func<IReadOnlyList<FieldChange>, TEvent> Computed,
    Func<TEvent, IReadOnlyList<FieldChange>, TEvent?> Together,
    Func<TCommand> Compute)
    where TEvent : class;
