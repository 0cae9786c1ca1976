using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crm.Web.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Web.OpenApi;

/// <summary>Adds what raw handlers cannot say of themselves: path and query parameters, headers, examples, problems.</summary>
internal static partial class OperationTexts
{
    private static readonly Dictionary<string, string> QueryTexts = new()
    {
        ["filter"] = "SCIM filter (RFC 7644 §3.4.2.2), for example: status eq \"open\" and amount ge 10000",
        ["sort"] = "Comma-separated fields, - before those that go down, for example: -amount",
        ["q"] = "Full text: any two or more Chinese characters, beginnings of words, any part of a phone number",
        ["fields"] = "Comma-separated fields to answer; id and version are always there",
        ["cursor"] = "The next of the page before",
        ["limit"] = "1 to 200, default 50",
        ["total"] = "true to count all that match, up to 10,000",
    };

    private static readonly Dictionary<string, string> GroupTexts = new()
    {
        ["by"] = "The field to group by: a choice, person, record, flag, day or moment (by month), or a text that many records share",
        ["sum"] = "An amount or number to sum in each group; each currency is summed by itself",
        ["filter"] = QueryTexts["filter"],
        ["q"] = QueryTexts["q"],
    };

    private static readonly Dictionary<string, string> Examples = new()
    {
        ["/api/leads capture"] = """{"name":"王小明","company":"深圳市腾讯计算机系统有限公司","mobile":"13800138000","source":"exhibition","region":"华南","product":"企业版","note":"展会上聊过"}""",
        ["/api/leads convert"] = """{"opportunity":{"name":"企业版 200 席","pipeline":"simple","amount":{"amount":"120000.00","currency":"CNY"}}}""",
        ["/api/opportunities create"] = """{"name":"企业版 200 席","pipeline":"simple","stage":"needs","amount":{"amount":"120000.00","currency":"CNY"},"expectedCloseOn":"2026-12-15"}""",
        ["/api/opportunities move"] = """{"stage":"quote"}""",
        ["/api/opportunities lose"] = """{"reason":"price","competitor":"纷享销客"}""",
        ["/api/customers create"] = """{"type":"corporate","name":"深圳市腾讯计算机系统有限公司","creditCode":"9144030071526726XG","province":"广东","city":"深圳"}""",
        ["/api/targets set"] = """{"pipeline":"simple","month":"2026-11","amount":{"amount":"5000000.00","currency":"CNY"}}""",
        ["/api/departments create"] = """{"name":"华东销售部","region":"华东"}""",
        ["/api/departments move"] = """{"parentId":null}""",
        ["/api/roles define-role"] = """{"name":"审计","grants":[{"slice":"leads","verb":"read","scopes":["all"]}],"fields":[{"slice":"leads","field":"mobile","right":"masked"}]}""",
        ["/api/roles switch-template"] = """{"template":"sales-led"}""",
        [" share"] = """{"userId":"0199c5a2-7b1e-7c3d-9f00-3a5b8c7d2e41","right":"read"}""",
        [" log-activity"] = """{"type":"call","text":"已确认预算，下周报价"}""",
        [" plan-step"] = """{"text":"发送报价单","dueAt":"2026-11-23T02:00:00Z"}""",
        [" assign"] = """{"ownerId":null}""",
        ["/api/contacts move"] = """{"customerId":"0199c5a2-7b1e-7c3d-9f00-3a5b8c7d2e41"}""",
    };

    public static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var path = "/" + context.Description.RelativePath;
        var method = context.Description.HttpMethod ?? "GET";
        var command = context.Description.ActionDescriptor.EndpointMetadata.OfType<CommandMetadata>().FirstOrDefault();
        operation.OperationId = $"{method.ToLowerInvariant()}{Words().Replace(path, "-")}".TrimEnd('-');
        operation.Summary ??= command?.Verb.Replace('-', ' ') ?? "read";
        operation.Parameters = [.. (operation.Parameters ?? []).Where(parameter => parameter.In != ParameterLocation.Path)];
        foreach (Match name in PathNames().Matches(path))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name.Groups[1].Value,
                In = ParameterLocation.Path,
                Required = true,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = name.Groups[1].Value == "id" ? "uuid" : null },
            });
        }

        if (command is not null)
        {
            AddHeader(operation, "Idempotency-Key", "Makes the command happen once: the same key and body again get the first answer.");
            if (path.Contains('{', StringComparison.Ordinal))
            {
                AddHeader(operation, "If-Match", "The version seen, in double quotes; stale is 412.");
            }

            AddExample(operation, path, command.Verb);
        }
        else if (IsList(path) || IsGroups(path))
        {
            foreach (var (name, text) in IsList(path) ? QueryTexts : GroupTexts)
            {
                operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Required = name == "by", Description = text, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            }
        }

        operation.Responses ??= [];
        operation.Responses.TryAdd("default", new OpenApiResponse { Description = "A problem (RFC 9457) with a stable code, as application/problem+json." });
        return Task.CompletedTask;
    }

    private static bool IsList(string path) => path.TrimEnd('/') is "/api/leads" or "/api/customers" or "/api/contacts" or "/api/opportunities";

    private static bool IsGroups(string path) => path.EndsWith("/groups", StringComparison.Ordinal);

    private static void AddHeader(OpenApiOperation operation, string name, string text) =>
        operation.Parameters!.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Header, Description = text, Schema = new OpenApiSchema { Type = JsonSchemaType.String } }); // set by the caller

    private static void AddExample(OpenApiOperation operation, string path, string verb)
    {
        var slice = string.Join('/', path.Split('/').Take(3));
        if ((Examples.GetValueOrDefault($"{slice} {verb}") ?? Examples.GetValueOrDefault($" {verb}")) is { } example
            && operation.RequestBody?.Content is { } bodies && bodies.TryGetValue("application/json", out var content))
        {
            content.Example = JsonNode.Parse(example);
        }
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathNames();

    [GeneratedRegex(@"[^A-Za-z]+")]
    private static partial Regex Words();
}
