using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Crm.Web.Tests.BadInput;

/// <summary>One row of cases.json.</summary>
/// <param name="Row">Of the bad-input matrix.</param>
/// <param name="On">Names of endpoints or of groups of them.</param>
/// <param name="Status">200 for any success.</param>
public sealed record BadInputCase(string Id, int Row, string What, JsonElement On, BadRequest Request, int Status, string? Code = null)
{
    public IEnumerable<string> Targets => On.ValueKind == JsonValueKind.Array ? On.EnumerateArray().Select(name => name.GetString()!) : [On.GetString()!];
}

/// <summary>How a case's request differs from one that is right.</summary>
/// <param name="Set">Fields of the body, their values as JSON text.</param>
/// <param name="Bytes">The body in hexadecimal.</param>
/// <param name="Headers">Null takes one away.</param>
/// <param name="Filter">The query's filter, before escaping.</param>
public sealed record BadRequest(
    string? Body = null, IReadOnlyDictionary<string, string>? Set = null, string? Bytes = null, IReadOnlyDictionary<string, string?>? Headers = null, string? Query = null,
    string? Filter = null, string? Id = null, string? Method = null, string? As = null, string? State = null, bool Chunked = false, bool Bom = false, bool Bomb = false);

/// <summary>The tenant that all cases are sent to, by its administrator's session.</summary>
public sealed class BadInputTenant(SharedApp shared) : IAsyncLifetime
{
    private readonly HashSet<string> _added = [];

    public TestTenant Tenant { get; private set; } = null!; // set before the first test

    public async ValueTask InitializeAsync() => Tenant = await shared.App.NewTenantAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A text field of leads: a slice takes a hundred, so all cases share it.</summary>
    public Task<string> FieldAsync() => AddAsync("shared", new { label = new { en = "shared" }, type = "text" });

    /// <summary>A choice of leads with the option <c>first</c>.</summary>
    public Task<string> ChoiceAsync() => AddAsync("pick", new { label = new { en = "pick" }, type = "choice", options = (object[])[new { label = new { en = "first" } }] });

    private async Task<string> AddAsync(string key, object field)
    {
        if (_added.Add(key))
        {
            (await Tenant.Admin.PostAsync("/api/fields/leads/add", field)).Expect(200);
        }

        return key;
    }
}

/// <summary>
/// The matrix of bad input: every case against every endpoint it concerns. That the journal stays as it was, that problems are well formed and
/// that nothing is a 5xx is looked at by the client itself.
/// </summary>
public sealed partial class BadInputTests(SharedApp shared, BadInputTenant fixture) : IClassFixture<BadInputTenant>
{
    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web);
    private static readonly Dictionary<string, BadInputCase> All =
        JsonSerializer.Deserialize<List<BadInputCase>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "BadInput", "cases.json")), Lenient)!.ToDictionary(one => one.Id);

    private static readonly Lazy<byte[]> GzipBomb = new(() =>
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            var block = new byte[1 << 20];
            block.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 64; i++)
            {
                gzip.Write(block);
            }
        }

        return packed.ToArray();
    });

    private static int _unique;

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var one in All.Values)
        {
            foreach (var endpoint in one.Targets.SelectMany(Endpoints.Of))
            {
                data.Add(one.Id, endpoint.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_bad_request_gets_the_answer_it_deserves(string id, string endpoint)
    {
        var one = All[id];
        var client = one.Request.As == "guest" ? shared.App.Guest() : fixture.Tenant.Boss.Client;

        var answer = await client.SendAsync(await MakeAsync(one.Request, Endpoints.All.Single(known => known.Name == endpoint)));

        if (one.Status == 200)
        {
            answer.Status.Should().BeInRange(200, 299, "row {0}, {1}: {2}", one.Row, one.What, answer);
            return;
        }

        answer.Status.Should().Be(one.Status, "row {0}, {1}: {2}", one.Row, one.What, answer);
        answer.Code.Should().Be(one.Code, "row {0}, {1}: {2}", one.Row, one.What, answer);
        switch (answer.Status)
        {
            case 401:
                answer.Header("WWW-Authenticate").Should().Be("Bearer");
                break;
            case 405 or 204:
                answer.Header("Allow").Should().NotBeNullOrEmpty();
                break;
        }
    }

    [Fact]
    public void The_rows_of_the_matrix_are_there()
    {
        // 20: no request takes a time zone. 29, 39, 40, 42, 43: below and in RawRequestTests. 46: RightsTests.
        int[] elsewhere = [20, 29, 39, 40, 42, 43, 46];

        All.Values.Select(one => one.Row).Distinct().Order().Should().Equal(Enumerable.Range(1, 45).Except(elsewhere));
    }

    [Fact]
    public async Task Row_29_one_key_is_one_request()
    {
        // a key that is shown once cannot be shown again; somebody who is active already leaves nothing to be remembered
        foreach (var endpoint in Endpoints.Of("commands").Where(endpoint => endpoint.Name is not ("api-keys/create" or "users/activate")))
        {
            var (path, body, key) = (await FillAsync(endpoint.Path), await FillAsync(endpoint.Body!), $"row-29-{endpoint.Name}");
            var first = await SendAsync(endpoint, path, body, key);
            var again = await SendAsync(endpoint, path, body, key);
            var other = await SendAsync(endpoint, path, body.Insert(1, " "), key);

            first.Status.Should().BeLessThan(300, "{0}", first);
            (again.Status, again.Text).Should().Be((first.Status, first.Text), endpoint.Name);
            other.ExpectProblem(422, "idempotency-key-reused");
        }
    }

    [Fact]
    public async Task Row_29_a_key_in_flight_is_told_to_wait_or_answered_the_same()
    {
        var client = fixture.Tenant.Boss.Client.InParallel();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => client.PostAsync("/api/leads", new { name = "x" }, ("Idempotency-Key", "in-flight"))));

        var created = answers.Where(answer => answer.Status == 201).ToList();
        created.Select(answer => answer.Text).Distinct().Should().ContainSingle();
        answers.Where(answer => answer.Status != 201).Should().AllSatisfy(answer => answer.ExpectProblem(409, "idempotency-in-flight").Header("Retry-After").Should().NotBeNull());
        var id = created[0].Id;
        (await client.GetAsync($"/api/leads/{id}")).Json.GetProperty("version").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task Row_32_one_bad_of_a_hundred_is_named_and_the_others_are_done()
    {
        var client = fixture.Tenant.Boss.Client;
        var ids = new List<Guid>();
        for (var i = 0; i < 99; i++)
        {
            ids.Add((await client.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id);
        }

        ids.Insert(42, Guid.CreateVersion7());
        var results = (await client.PostAsync("/api/leads/assign", new { ids, ownerId = fixture.Tenant.Sales.Id }, ("Idempotency-Key", "row-32"))).Expect(200).Json.Items("results");

        results.Select((result, i) => (i, Code: result.TryGetProperty("code", out var code) ? code.GetString() : null)).Where(result => result.Code is not null)
            .Should().Equal((42, "not-found"));
    }

    [Fact]
    public async Task Row_45_an_expired_session_is_no_session()
    {
        var token = await shared.App.Credentials.OpenSessionAsync(fixture.Tenant.Boss.Login, new(fixture.Tenant.Key, fixture.Tenant.Boss.Id, "boss", "admin"), CancellationToken.None);
        var client = new ApiClient(shared.App, fixture.Tenant.Key, fixture.Tenant.Boss.Id) { Cookie = token };
        (await client.GetAsync("/api/session")).Expect(200);
        await shared.App.Credentials.CloseSessionAsync(token, CancellationToken.None);

        (await client.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
    }

    private Task<ApiAnswer> SendAsync(Endpoint endpoint, string path, string body, string key) =>
        fixture.Tenant.Boss.Client.SendAsync(HttpMethod.Parse(endpoint.Method), path, body, [.. endpoint.Headers.Where(header => header.Key == "If-Match").Select(header => (header.Key, header.Value)), ("Idempotency-Key", key)]);

    private async Task<HttpRequestMessage> MakeAsync(BadRequest bad, Endpoint endpoint)
    {
        var path = bad.Id is { } id ? RecordInPath().Replace(endpoint.Path, id) : await FillAsync(endpoint.Path, bad.State);
        var query = bad.Filter is { } filter ? $"filter={Uri.EscapeDataString(Expand(filter))}" : bad.Query is { } text ? Expand(text) : null;
        var request = new HttpRequestMessage(HttpMethod.Parse(bad.Method ?? endpoint.Method), query is null ? path : $"{path}?{query}");
        if (endpoint.Body is not null && bad.Method is null)
        {
            request.Content = new ByteArrayContent(await BodyAsync(bad, endpoint)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            request.Headers.TransferEncodingChunked = bad.Chunked ? true : null;
            if (bad.Bomb)
            {
                request.Content.Headers.ContentEncoding.Add("gzip");
            }
        }

        foreach (var (name, value) in endpoint.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, await FillAsync(value));
        }

        foreach (var (name, value) in bad.Headers ?? new Dictionary<string, string?>())
        {
            var onContent = name.StartsWith("Content-", StringComparison.Ordinal);
            if (onContent)
            {
                request.Content!.Headers.Remove(name);
            }
            else
            {
                request.Headers.Remove(name);
            }

            if (value is not null)
            {
                var wanted = Expand(value);
                (onContent ? request.Content!.Headers.TryAddWithoutValidation(name, wanted) : request.Headers.TryAddWithoutValidation(name, wanted)).Should().BeTrue();
            }
        }

        return request;
    }

    private async Task<byte[]> BodyAsync(BadRequest bad, Endpoint endpoint)
    {
        if (bad.Bomb)
        {
            return GzipBomb.Value;
        }

        if (bad.Bytes is { } hex)
        {
            return Convert.FromHexString(hex);
        }

        var body = bad.Body is { } text ? Expand(text) : Expand(await FillAsync(endpoint.Body!));
        if (bad.Set is { } fields)
        {
            // written by hand: what is set may be no JSON at all, or the name of a field that is there already
            var known = JsonNode.Parse(body)!.AsObject();
            var parts = known.Where(field => !fields.ContainsKey(field.Key)).Select(field => $"{JsonSerializer.Serialize(field.Key)}:{field.Value?.ToJsonString() ?? "null"}");
            body = $"{{{string.Join(',', [.. parts, .. fields.Select(field => $"{JsonSerializer.Serialize(field.Key)}:{Expand(field.Value)}")])}}}";
        }

        return Encoding.UTF8.GetBytes(bad.Bom ? "\uFEFF" + body : body);
    }

    /// <summary>Makes the records that a text names.</summary>
    private async Task<string> FillAsync(string text, string? state = null)
    {
        while (RecordInPath().Match(text) is { Success: true } match)
        {
            var made = await MakeRecordAsync(match.Groups[1].Value, state);
            text = text[..match.Index] + made + text[(match.Index + match.Length)..];
        }

        return text.Replace("{unique}", Unique(), StringComparison.Ordinal);
    }

    private async Task<string> MakeRecordAsync(string kind, string? state)
    {
        var (tenant, client) = (fixture.Tenant, fixture.Tenant.Boss.Client);
        switch (kind)
        {
            case "sales":
                return tenant.Sales.Id.ToString();
            case "user":
                return (await tenant.NewPersonAsync(Unique(), "sales")).Id.ToString();
            case "api-key":
                return (await tenant.NewKeyAsync("sales")).Id.ToString();
            case "department":
                return (await client.PostAsync("/api/departments", new { name = Unique() })).Expect(201).Id.ToString();
            case "field":
                return await fixture.FieldAsync();
            case "choice":
                return await fixture.ChoiceAsync();
            case "fresh-field":
                var label = Unique();
                (await client.PostAsync("/api/fields/contacts/add", new { label = new { en = label }, type = "text" })).Expect(200);
                return label;
            case "lead":
                var lead = (await client.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
                if (state == "converted")
                {
                    (await client.PostAsync($"/api/leads/{lead}/convert")).Expect(200);
                }

                return lead.ToString();
            case "customer":
                return (await client.PostAsync("/api/customers", new { type = "corporate", name = "x" })).Expect(201).Id.ToString();
            case "contact":
                return (await client.PostAsync("/api/contacts", new { customerId = await MakeRecordAsync("customer", null), name = "x" })).Expect(201).Id.ToString();
            case "opportunity":
                return (await client.PostAsync("/api/opportunities", new { name = "x", pipeline = "simple", amount = 1 })).Expect(201).Id.ToString();
            default:
                var key = Unique();
                (await client.PostAsync("/api/pipelines", new { key, name = "x", preset = "simple" })).Expect(201);
                return key;
        }
    }

    private static string Unique() => $"u{Interlocked.Increment(ref _unique):0000000}";

    /// <summary>Writes out <c>{repeat:text:times}</c> and <c>{keys:times}</c>.</summary>
    private static string Expand(string text)
    {
        text = Repeat().Replace(text, match => new StringBuilder().Insert(0, match.Groups[1].Value, int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)).ToString());
        text = Keys().Replace(text, match => string.Join('&', Enumerable.Range(0, int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Select(i => $"a{i}=")));
        return text.Replace("{unique}", Unique(), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\{(field|choice|fresh-field|sales|user|department|api-key|lead|customer|contact|opportunity|pipeline)\}")]
    private static partial Regex RecordInPath();

    [GeneratedRegex(@"\{repeat:(.+?):(\d+)\}")]
    private static partial Regex Repeat();

    [GeneratedRegex(@"\{keys:(\d+)\}")]
    private static partial Regex Keys();
}
