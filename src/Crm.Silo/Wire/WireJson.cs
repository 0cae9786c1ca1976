using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains.Kernel;

namespace Crm.Silo.Wire;

/// <summary>
/// How values travel between our own processes: exactly as they are in memory. What is said about a type for callers from outside (fields
/// only the host fills in, codes that are put in order as they are read) does not hold here, for it was done when the value came in.
/// Fields a process does not know are skipped, and those it misses have their defaults: two releases can talk.
/// </summary>
internal static class WireJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(ShowAll),
        Converters = { new ExactMoneyConverter(), new ExactCustomConverter() },
    };

    private static void ShowAll(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        for (var i = 0; i < type.Properties.Count; i++)
        {
            var property = type.Properties[i];
            property.CustomConverter = null;
            if (property is { Get: null, Set: null, AttributeProvider: PropertyInfo { CanRead: true } hidden })
            {
                type.Properties[i] = property = Shown(type, hidden);
            }
            else if (property is { Set: null, AttributeProvider: PropertyInfo { CanWrite: true } guarded })
            {
                // only the type itself sets it, and here it is the type's own value that comes back
                property.Set = guarded.SetValue;
            }
            else if (property.AttributeProvider is PropertyInfo { CanWrite: false })
            {
                // worked out from the others
                property.ShouldSerialize = static (_, _) => false;
            }

            if (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Optional<>))
            {
                // default is "not given"; a given null has to travel
                var isGiven = property.PropertyType.GetProperty(nameof(Optional<int>.IsGiven))!; // it has one
                property.ShouldSerialize = (_, value) => value is not null && (bool)isGiven.GetValue(value)!;
            }
        }
    }

    private static JsonPropertyInfo Shown(JsonTypeInfo type, PropertyInfo hidden)
    {
        var shown = type.CreateJsonPropertyInfo(hidden.PropertyType, hidden.Name);
        shown.Get = hidden.GetValue;
        shown.AttributeProvider = hidden;
        if (hidden.CanWrite)
        {
            shown.Set = hidden.SetValue;
        }

        return shown;
    }

    /// <summary>As it is, with more decimals than a rule would take too: that rule has yet to refuse it.</summary>
    private sealed class ExactMoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString()!; // written below
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            return new(decimal.Parse(text.AsSpan(0, space), NumberStyles.Number, CultureInfo.InvariantCulture), text[(space + 1)..]);
        }

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
            writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Amount} {value.Currency}"));
    }

    /// <summary>With its type, which values that callers send show by how they are written.</summary>
    private sealed class ExactCustomConverter : JsonConverter<CustomValue>
    {
        public override CustomValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<string?[]>(ref reader, options) is [{ } written, var type] ? new(written, type) : default;

        public override void Write(Utf8JsonWriter writer, CustomValue value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, (string?[])[value.Written ?? "", value.Type], options);
    }
}
