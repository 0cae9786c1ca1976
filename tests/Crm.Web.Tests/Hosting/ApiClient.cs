using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crm.Runtime;

namespace Crm.Web.Tests.Hosting;

/// <summary>
/// Sends requests as one caller. Whatever a test asks, three things hold for every answer: it is no 5xx; if it is a 4xx it is
/// problem+json without a word of our insides, and the caller wrote nothing into the journal.
/// </summary>
public sealed class ApiClient(CrmApp app, string? tenant, Guid? callerId)
{
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? ApiKey { get; init; }

    /// <summary>The session's token.</summary>
    public string? Cookie { get; init; }

    public Guid? CallerId => callerId;

    /// <summary>
    /// Whether the journal is looked at after every 4xx. A test that sends many commands at once as one caller switches it off: one
    /// request's 4xx says nothing about what the others write meanwhile.
    /// </summary>
    public bool WatchesJournal { get; init; } = true;

    /// <summary>The same caller in a test that sends many commands at once.</summary>
    public ApiClient InParallel() => new(app, tenant, callerId) { ApiKey = ApiKey, Cookie = Cookie, WatchesJournal = false };

    public Task<ApiAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<ApiAnswer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public Task<ApiAnswer> PutAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, body, headers);

    public Task<ApiAnswer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    /// <param name="body">A string is sent as it is, bytes too, anything else as JSON; null sends no body.</param>
    public Task<ApiAnswer> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        var content = body switch
        {
            null => null,
            HttpContent whole => whole,
            string text => Json(Encoding.UTF8.GetBytes(text)),
            byte[] bytes => Json(bytes),
            _ => Json(JsonSerializer.SerializeToUtf8Bytes(body, Plain)),
        };
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value) && content is not null)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value).Should().BeTrue();
            }
        }

        return SendAsync(request);
    }

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        if (ApiKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {ApiKey}");
        }

        if (Cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", $"crm={Cookie}");
            if (!request.Headers.Contains("X-CRM"))
            {
                request.Headers.TryAddWithoutValidation("X-CRM", "1");
            }
        }

        var head = tenant is null ? 0 : app.Silo.Store.HeadOf(tenant);
        using (request)
        {
            using var response = await app.Http.SendAsync(request);
            var answer = new ApiAnswer(
                $"{request.Method} {request.RequestUri}", (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Headers, response.Content.Headers);
            answer.ShouldBeWellFormed(isHead: request.Method == HttpMethod.Head);
            if (answer.Status >= 400 && WatchesJournal)
            {
                await ShouldHaveWrittenNothingAsync(answer, head);
            }

            return answer;
        }
    }

    private static ByteArrayContent Json(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private async Task ShouldHaveWrittenNothingAsync(ApiAnswer answer, long head)
    {
        if (tenant is null || app.Silo.Store.HeadOf(tenant) == head)
        {
            return;
        }

        // reactions and clocks may write meanwhile; the caller may not
        var written = await app.Silo.Store.ReadJournalAsync(tenant, head, 100, null, CancellationToken.None);
        written.Where(entry => entry.By == callerId && entry.ByKind is SenderKind.User or SenderKind.Key).Select(entry => entry.Type)
            .Should().BeEmpty($"{answer} must not have changed anything");
    }
}

/// <summary>An answer, read whole.</summary>
public sealed class ApiAnswer(string request, int status, byte[] bytes, HttpResponseHeaders headers, HttpContentHeaders contentHeaders)
{
    private JsonElement? _json;

    public int Status => status;

    public byte[] Bytes => bytes;

    public string Text => Encoding.UTF8.GetString(bytes);

    public JsonElement Json => _json ??= JsonDocument.Parse(bytes).RootElement;

    public string? Code => status >= 400 && bytes.Length > 0 ? Json.Text("code") : null;

    public Guid Id => Json.GetProperty("id").GetGuid();

    public long Version => Json.GetProperty("version").GetInt64();

    public string? ContentType => contentHeaders.ContentType?.ToString();

    public string? Header(string name) =>
        headers.TryGetValues(name, out var values) || contentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public IReadOnlyList<string> Headers(string name) => headers.TryGetValues(name, out var values) ? [.. values] : [];

    /// <summary>Fails with the answer's own words unless it has this status.</summary>
    public ApiAnswer Expect(int expected)
    {
        status.Should().Be(expected, "that was wanted of {0}", ToString());
        return this;
    }

    /// <summary>Fails unless it is this problem, blaming this field if one is named.</summary>
    public ApiAnswer ExpectProblem(int expected, string code, string? field = null)
    {
        Expect(expected);
        Code.Should().Be(code, "that was wanted of {0}", ToString());
        if (field is not null)
        {
            Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).Should().Equal([field], "that was wanted of {0}", ToString());
        }

        return this;
    }

    public override string ToString() => $"{request} → {status} {(bytes.Length > 1_000 ? $"{bytes.Length} bytes" : Text)}".Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    internal void ShouldBeWellFormed(bool isHead)
    {
        status.Should().BeLessThan(500, "{0} must not fail", ToString());
        if (status < 400 || isHead)
        {
            return;
        }

        ContentType.Should().Be("application/problem+json; charset=utf-8", "that is how {0} must be answered", ToString());
        Json.GetProperty("status").GetInt32().Should().Be(status);
        Json.Text("type").Should().Be($"urn:crm:{Json.Text("code")}");
        Json.Text("code").Should().MatchRegex("^[a-z]+(-[a-z]+)*$");
        Json.Text("title").Should().NotBeNullOrEmpty();
        Json.Text("detail").Should().NotBeNullOrEmpty();
        Json.Text("traceId").Should().NotBeNullOrEmpty();
        Text.Should().NotContain("   at ").And.NotContain("Exception").And.NotContain("System.");
    }
}

public static class JsonReading
{
    extension(JsonElement json)
    {
        /// <summary>The text of a field; null when it is null.</summary>
        public string? Text(string field) => json.GetProperty(field).GetString();

        public bool IsNull(string field) => json.GetProperty(field).ValueKind == JsonValueKind.Null;

        public IReadOnlyList<string> FieldNames() => [.. json.EnumerateObject().Select(field => field.Name)];

        public IReadOnlyList<JsonElement> Items(string field = "items") => [.. json.GetProperty(field).EnumerateArray()];
    }
}
