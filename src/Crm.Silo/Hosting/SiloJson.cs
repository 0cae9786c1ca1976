using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains;
using Crm.Grains.Kernel;

namespace Crm.Silo.Hosting;

/// <summary>How slices are written as JSON: on disk, on cards, and read from the wire.</summary>
public static class SiloJson
{
    private static readonly IJsonTypeInfoResolver Resolver = JsonTypeInfoResolver.Combine([.. Slices.All.Select(slice => slice.Json)]);

    /// <summary>Events and states: without nulls, and lenient towards what a newer program wrote.</summary>
    public static JsonSerializerOptions Stored { get; } = Make(options => options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);

    /// <summary>Cards: every field present.</summary>
    public static JsonSerializerOptions Cards { get; } = Make(_ => { });

    /// <summary>Commands from outside: nothing unknown, nothing twice, nothing missing, no null where none may be.</summary>
    public static JsonSerializerOptions Strict { get; } = Make(options =>
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.TypeInfoResolver = Resolver.WithAddedModifier(HideIgnored);
    });

    public static JsonTypeInfo<T> TypeInfo<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    /// <summary>Options like those above for further types, whose own contexts come first.</summary>
    public static JsonSerializerOptions With(this JsonSerializerOptions options, IJsonTypeInfoResolver resolver) =>
        new(options) { TypeInfoResolver = JsonTypeInfoResolver.Combine(resolver, Resolver).WithAddedModifier(HideIgnored) };

    /// <summary>
    /// What only the host fills in is no field of a body: under its own name it would be taken and ignored in silence. It cannot be removed,
    /// because a constructor has a parameter for it.
    /// </summary>
    private static void HideIgnored(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property is { Get: null, Set: null })
            {
                property.Name = "\0" + property.Name;
            }
        }
    }

    private static JsonSerializerOptions Make(Action<JsonSerializerOptions> set)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            // answers are application/json with nosniff, so Chinese may stay readable and short
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = Resolver,
            Converters = { new InstantConverter(), new DayConverter() },
        };
        set(options);
        return options;
    }
}
