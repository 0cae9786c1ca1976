using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Crm.Grains.Kernel;
using Crm.Web.Http;
using Microsoft.AspNetCore.Routing;

namespace Crm.Web.Tests.OpenApi;

/// <summary>The description of the API is whole, true and does not change unnoticed.</summary>
public sealed class OpenApiTests(SharedApp shared)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task It_is_openapi_3_1_and_open_to_everybody()
    {
        var document = await ReadAsync();

        ((string?)document["openapi"]).Should().StartWith("3.1.");
        ((string?)document["info"]!["title"]).Should().Be("CRM");
        document["components"]!["securitySchemes"]!["apiKey"]!["scheme"]!.ToString().Should().Be("bearer");
    }

    [Fact]
    public async Task Every_route_is_in_it_and_has_an_operation_id_of_its_own()
    {
        var document = await ReadAsync();
        var operations = Operations(document).ToList();

        var described = operations.Select(operation => $"{operation.Method} {operation.Path}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        Routes().Should().OnlyContain(route => described.Contains(route));
        operations.Select(operation => (string?)operation.Body["operationId"]).Should().OnlyHaveUniqueItems().And.NotContainNulls().And.OnlyContain(id => id!.Length > 3);
    }

    [Fact]
    public async Task Every_operation_names_its_path_parameters_and_says_how_it_fails()
    {
        foreach (var (method, path, body) in Operations(await ReadAsync()))
        {
            var named = (body["parameters"] as JsonArray ?? []).Where(parameter => (string?)parameter!["in"] == "path").Select(parameter => (string)parameter!["name"]!);
            var inPath = path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
            named.Should().BeEquivalentTo(inPath, $"{method} {path}");
            body["responses"]!["default"].Should().NotBeNull($"{method} {path}");
            ((string?)body["summary"]).Should().NotBeNullOrEmpty($"{method} {path}");
        }
    }

    [Fact]
    public async Task Every_example_is_a_body_that_the_server_accepts()
    {
        var bodies = shared.App.Routes
            .Where(route => route.Metadata.GetMetadata<CommandMetadata>() is not null)
            .ToDictionary(route => $"{Method(route)} {Path(route)}", route => route.Metadata.GetMetadata<CommandMetadata>()!.Body, StringComparer.OrdinalIgnoreCase);
        var parsed = 0;
        foreach (var (method, path, body) in Operations(await ReadAsync()))
        {
            if (body["requestBody"]?["content"]?["application/json"]?["example"] is { } example)
            {
                Parse(bodies[$"{method} {path}"], example).Should().BeNull($"the example of {method} {path} must be right");
                parsed++;
            }
        }

        parsed.Should().BeGreaterThan(10);
    }

    [Fact]
    public async Task Every_body_is_described_by_its_own_schema_field_by_field()
    {
        var document = await ReadAsync();
        var bodies = shared.App.Routes.Where(route => route.Metadata.GetMetadata<CommandMetadata>() is not null).ToDictionary(
            route => $"{Method(route)} {Path(route)}", route => route.Metadata.GetMetadata<CommandMetadata>()!.Body, StringComparer.OrdinalIgnoreCase);
        foreach (var (method, path, operation) in Operations(document))
        {
            if (!bodies.TryGetValue($"{method} {path}", out var body) || operation["requestBody"]!["content"]!["application/json"] is not { } json)
            {
                continue; // reads, and forms
            }

            var reference = (string?)json["schema"]!["$ref"];
            var schema = document["components"]!["schemas"]![reference!.Split('/')[^1]]!;
            var described = (schema["properties"] as JsonObject ?? []).ToDictionary(property => property.Key, property => (JsonObject)property.Value!);
            described.Keys.Should().BeEquivalentTo(WebJson.Strict.GetTypeInfo(body).Properties.Where(property => property.Get is not null).Select(property => property.Name), $"{method} {path}");
            described.Where(property => !property.Value.ContainsKey("type") && !property.Value.ContainsKey("$ref") && !property.Value.ContainsKey("anyOf") && !property.Value.ContainsKey("oneOf"))
                .Select(property => property.Key).Should().BeEmpty($"{method} {path} must say what these are");
        }
    }

    [Fact]
    public async Task It_is_the_one_that_was_approved()
    {
        var document = await ReadAsync();
        document.Remove("servers"); // where the test happens to run

        Baseline.ShouldMatch("openapi.json", document.ToJsonString(Readable) + "\n");
    }

    private async Task<JsonObject> ReadAsync() => (JsonObject)JsonNode.Parse((await shared.App.Guest().GetAsync("/openapi/v1.json")).Expect(200).Text)!;

    private static IEnumerable<(string Method, string Path, JsonObject Body)> Operations(JsonObject document) =>
        from path in (JsonObject)document["paths"]!
        from operation in (JsonObject)path.Value!
        select (operation.Key.ToUpperInvariant(), path.Key, (JsonObject)operation.Value!);

    private IEnumerable<string> Routes() =>
        from route in shared.App.Routes
        where !Path(route).StartsWith("/live", StringComparison.Ordinal) && !Path(route).StartsWith("/openapi", StringComparison.Ordinal)
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        where method != "HEAD"
        select $"{method} {Path(route)}";

    private static string Method(RouteEndpoint route) => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0];

    private static string Path(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');

    private static Refusal? Parse(Type type, JsonNode example)
    {
        var parse = typeof(OpenApiTests).GetMethod(nameof(ParseAs), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type);
        return (Refusal?)parse.Invoke(null, [JsonSerializer.SerializeToUtf8Bytes(example)]);
    }

    private static Refusal? ParseAs<T>(byte[] json) where T : class =>
        JsonBody.Parse(json, (JsonTypeInfo<T>)WebJson.Strict.GetTypeInfo(typeof(T)), mayBeEmpty: false, wantsFingerprint: false).Refusal;
}
