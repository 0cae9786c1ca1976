using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.ApiKeys.ApiKeyCard>;

namespace Crm.Grains.ApiKeys;

public static class ApiKeySlice
{
    public static Slice<ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyCard> Definition { get; } = new()
    {
        Kind = "apikey",
        Plural = "api-keys",
        Json = JsonTypeInfoResolver.Combine(ApiKeyJson.Default, ApiKeyStateJson.Default),
        Initial = ApiKey.Initial,
        Decide = ApiKeyRules.Decide,
        Evolve = ApiKeyRules.Evolve,
        Project = ApiKeyBoard.Project,
        Describe = ApiKeyTimeline.Describe,
        Holder = ApiKeyRules.Holder,
        Columns =
        [
            new Text("name", c => c.Name),
            new Choice("role", c => c.Role),
            new Flag("active", c => c.Active),
            new Instant("createdAt", c => c.CreatedAt),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(ApiKeyEvent))]
[JsonSerializable(typeof(ApiKeyCard))]
[JsonSerializable(typeof(ApiKeyCommand.Issue))]
[JsonSerializable(typeof(ApiKeyCommand.Rescope))]
[JsonSerializable(typeof(ApiKeyCommand.Rotate))]
[JsonSerializable(typeof(ApiKeyCommand.Revoke))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(ApiKey))]
internal sealed partial class ApiKeyStateJson : JsonSerializerContext;
