using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Grains.Kernel;

/// <summary>A value on the wire that is JSON but not of the shape its field needs. Carries the refusal to answer with.</summary>
public sealed class MalformedValueException(Refusal refusal) : JsonException
{
    public Refusal Refusal { get; } = refusal;

    public override string Message => Refusal.Sentence;

    /// <summary>The value is of another JSON type than the field's: a malformed request rather than a wrong value.</summary>
    public static Refusal WrongType(string sentence) => Refusal.Invalid("json-invalid", sentence);
}

/// <summary>An <see cref="Optional{T}"/> of any type.</summary>
public interface IOptional
{
    bool IsGiven { get; }

    object? Content { get; }
}

/// <summary>A field that may be left out: absent means "as it was", null means "nothing any more".</summary>
[JsonConverter(typeof(OptionalConverterFactory))]
public readonly record struct Optional<T>(T Value, bool IsGiven = true) : IOptional
{
    object? IOptional.Content => Value;

    public static implicit operator Optional<T>(T value) => new(value);

    /// <summary>The given value, or <paramref name="current"/> when none was given.</summary>
    public T Or(T current) => IsGiven ? Value : current;
}

public sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(OptionalConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!; // closed over a type of our own: never null

    private sealed class OptionalConverter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? new(default!) : new(JsonSerializer.Deserialize<T>(ref reader, options)!); // null is a legal value of a T that is nullable; rules refuse it where it is not

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}

/// <summary>A calendar day as <c>2026-11-21</c>; anything else is refused as <c>date-invalid</c>.</summary>
public sealed class DayConverter : JsonConverter<DateOnly>
{
    public override DateOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
        && DateOnly.TryParseExact(reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is >= 1900 and <= 9999
            ? day
            : throw new MalformedValueException(Refusal.Invalid("date-invalid", "A day is written 2026-11-21."));

    public override void Write(Utf8JsonWriter writer, DateOnly value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[10];
        value.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text);
    }
}

/// <summary>A moment as ISO 8601 with an offset, kept in UTC to the millisecond; anything else is refused as <c>date-invalid</c>.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var at)
            ? at
            : throw new MalformedValueException(Refusal.Invalid("date-invalid", "A moment is written 2026-11-21T08:30:00Z, with its offset."));

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[28];
        writer.WriteStringValue(Text(value, text));
    }

    /// <summary>A moment in UTF-8, as <see cref="Format"/> writes it.</summary>
    /// <param name="text">28 bytes to write it in.</param>
    internal static ReadOnlySpan<byte> Text(DateTimeOffset value, Span<byte> text)
    {
        // "O" has a fast path in .NET, Format has none; all but its last four decimals is the same
        value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[23] = (byte)'Z';
        return text[..24];
    }

    public static bool TryParse(string? text, out DateTimeOffset at)
    {
        at = default;
        if (text is not { Length: >= 17 and <= 40 } || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't' or ' ') || !(text[^1] is 'Z' or 'z' || text.AsSpan(10).IndexOfAny('+', '-') > 0)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            || parsed.UtcDateTime.Year is < 1900 or > 9998)
        {
            return false;
        }

        at = DateTimeOffset.FromUnixTimeMilliseconds(parsed.ToUnixTimeMilliseconds());
        return true;
    }
}

/// <summary>Values as they are on the wire, for answers that are written field by field.</summary>
public static class WireWriter
{
    public static void WriteInstant(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset at)
    {
        Span<byte> text = stackalloc byte[28];
        writer.WriteString(name, InstantConverter.Text(at, text));
    }
}

/// <summary>An optional code; see <see cref="CodeConverter"/>.</summary>
public sealed class OptionalCodeConverter : JsonConverter<Optional<string?>>
{
    private static readonly CodeConverter Code = new();

    public override bool HandleNull => true;

    public override Optional<string?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.TokenType == JsonTokenType.Null ? null : Code.Read(ref reader, typeof(string), options));

    public override void Write(Utf8JsonWriter writer, Optional<string?> value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A code out of a short list. A number is read as its text, so that it is refused as an unknown code rather than as bad JSON.</summary>
public sealed class CodeConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!, // a string token is never null
        JsonTokenType.Number => "#",
        _ => throw new MalformedValueException(MalformedValueException.WrongType("A code is a string.")),
    };

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
