using System.Text.Encodings.Web;
using System.Text.Json;
using Crm.Grains.Kernel;

namespace Crm.Web.Http;

/// <summary>The one place where a "no" becomes an HTTP answer: RFC 9457 problem+json with a stable code.</summary>
public static class Problems
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ProblemAnswer ToProblem(this Refusal refusal) => new(StatusOf(refusal), refusal);

    public static ProblemAnswer Of(int status, string code, string sentence, string? field = null) =>
        new(status, new(RefusalKind.Invalid, code, sentence, field));

    /// <summary>The HTTP status that a refusal answers with.</summary>
    public static int StatusOf(Refusal refusal) => refusal.Code switch
    {
        "json-invalid" or "unknown-field" or "json-duplicate-property" or "json-too-deep" or "body-required" or "encoding-invalid" => 400,
        "filter-invalid" or "filter-too-complex" or "sort-invalid" or "group-invalid" or "sum-invalid" or "fields-invalid" or "cursor-invalid" or "paging-invalid" or "query-invalid" or "id-invalid" => 400,
        "idempotency-key-required" or "idempotency-key-invalid" or "etag-invalid" or "batch-empty" or "multipart-invalid" => 400,
        "version-conflict" => 412,
        "precondition-required" => 428,
        "batch-too-large" or "body-too-large" or "import-too-large" or "file-too-large" or "files-full" => 413,
        "host-invalid" => 400,
        "unsupported-media-type" or "unsupported-encoding" or "file-type-unknown" => 415,
        "overloaded" or "durability-unknown" or "conversion-pending" or "files-unavailable" => 503,
        "storage-full" => 507,
        "login-throttled" or "rate-limited" or "export-limit" or "export-quota" => 429,
        "unauthenticated" or "sign-in-failed" => 401,
        "origin-forbidden" or "csrf" => 403,
        _ => refusal.Kind switch
        {
            RefusalKind.Invalid => 422,
            RefusalKind.Conflict => 409,
            RefusalKind.NotFound => 404,
            _ => 403,
        },
    };

    /// <summary>What a problem and what is logged of it are found by: the trace while spans are made, else the request.</summary>
    public static string TraceIdOf(HttpContext http) => System.Diagnostics.Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;

    public static async Task WriteAsync(HttpContext http, int status, Refusal refusal)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json; charset=utf-8";
        if (status is 503 or 429 || refusal.Code == "idempotency-in-flight")
        {
            http.Response.Headers.RetryAfter = http.Response.Headers.RetryAfter.Count > 0 ? http.Response.Headers.RetryAfter : "1";
        }

        if (status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, $"urn:crm:{refusal.Code}");
        writer.WriteString("title"u8, refusal.Code.Replace('-', ' '));
        writer.WriteNumber("status"u8, status);
        writer.WriteString("detail"u8, refusal.Sentence);
        writer.WriteString("code"u8, refusal.Code);
        if (refusal.Existing is { } existing)
        {
            writer.WriteString("existingId"u8, existing);
        }

        if (refusal.Field is { } field)
        {
            writer.WriteStartObject("errors"u8);
            writer.WriteStartArray(field);
            writer.WriteStringValue(refusal.Sentence);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteString("traceId"u8, TraceIdOf(http));
        writer.WriteEndObject();
    }
}

/// <summary>A refusal on its way to the caller.</summary>
public sealed class ProblemAnswer(int status, Refusal refusal) : IResult
{
    public int Status { get; } = status;

    public Refusal Refusal { get; } = refusal;

    public Task ExecuteAsync(HttpContext httpContext) => Problems.WriteAsync(httpContext, Status, Refusal);
}
