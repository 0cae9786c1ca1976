using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains.Kernel;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Web.OpenApi;

/// <summary>Says of a body's fields what our own converters hide: money, codes, and fields that may be left out.</summary>
internal static class SchemaTexts
{
    /// <summary>The name of a type in the document. Commands of all slices are called Create, Amend and so on: they get their slice's name before it.</summary>
    public static string? NameOf(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name && type.Type.DeclaringType is { } slice
            ? slice.Name.Replace("Command", "", StringComparison.Ordinal) + name
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public static async Task Complete(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var type = context.JsonTypeInfo.Type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
        {
            var inner = type.GetGenericArguments()[0];
            if (Nullable.GetUnderlyingType(inner) == typeof(Money))
            {
                DescribeMoney(schema);
                return;
            }

            var wanted = await context.GetOrCreateSchemaAsync(inner, cancellationToken: cancel);
            (schema.Type, schema.Format, schema.AdditionalProperties) = ((wanted.Type ?? JsonSchemaType.String) | JsonSchemaType.Null, wanted.Format, wanted.AdditionalProperties);
        }
        else if (type == typeof(Money) || Nullable.GetUnderlyingType(type) == typeof(Money))
        {
            DescribeMoney(schema);
        }
        else if (type == typeof(string) && schema.Type is null)
        {
            schema.Type = context.JsonPropertyInfo is { IsGetNullable: true } ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        }
    }

    private static void DescribeMoney(OpenApiSchema schema)
    {
        schema.AnyOf =
        [
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "amount" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String, Examples = [JsonValue.Create("1234.50")] },
                    ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Examples = [JsonValue.Create("CNY")], Description = "ISO 4217; default: the tenant's own." },
                },
            },
            new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema { Type = JsonSchemaType.Number },
        ];
    }
}
