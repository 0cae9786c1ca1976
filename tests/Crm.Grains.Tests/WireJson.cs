using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Grains.Tests;

/// <summary>JSON as hosts write it. The contexts of the slices name the types; names, converters and nulls are the host's options.</summary>
internal static class WireJson
{
    /// <summary>Events and states: without nulls.</summary>
    public static JsonSerializerOptions Stored(Slice slice) => Make(slice, JsonIgnoreCondition.WhenWritingNull);

    /// <summary>Cards: every field present.</summary>
    public static JsonSerializerOptions Card(Slice slice) => Make(slice, JsonIgnoreCondition.Never);

    /// <summary>Commands from outside: nothing unknown, nothing missing, no null where none may be.</summary>
    public static JsonSerializerOptions Strict(Slice slice) => new(Make(slice, JsonIgnoreCondition.Never))
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static JsonSerializerOptions Make(Slice slice, JsonIgnoreCondition nulls) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = nulls,
        TypeInfoResolver = slice.Json,
        Converters = { new InstantConverter(), new DayConverter() },
    };
}
