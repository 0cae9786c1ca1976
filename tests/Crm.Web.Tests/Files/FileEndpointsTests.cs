using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Web.Tests.Files;

/// <summary>Files of records over HTTP: sent, listed, fetched by a link, removed and brought back.</summary>
public sealed class FileEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    [Theory]
    [InlineData("leads")]
    [InlineData("customers")]
    [InlineData("contacts")]
    [InlineData("opportunities")]
    public async Task A_file_is_sent_listed_fetched_removed_and_brought_back(string slice)
    {
        var record = await NewAsync(slice);
        var bytes = Encoding.UTF8.GetBytes("the offer, 报价");

        var file = (await SendAsync(Sales, $"/api/{slice}/{record}/files?name={Uri.EscapeDataString("报价 \"2026\".txt")}", bytes, "text/plain")).Expect(201).Id;

        var item = (await Sales.GetAsync($"/api/{slice}/{record}/files")).Expect(200).Json.Items().Should().ContainSingle().Subject;
        (item.Text("name"), item.Text("mediaType"), item.Text("sha256")).Should().Be(("报价 \"2026\".txt", "text/plain", Convert.ToHexStringLower(SHA256.HashData(bytes))));
        item.GetProperty("byId").GetGuid().Should().Be(Tenant.Sales.Id);
        var got = await FetchAsync(Sales, slice, record, file);
        got.Bytes.Should().Equal(bytes);
        got.ContentType.Should().Be("text/plain");
        got.Header("Content-Disposition").Should().StartWith("attachment; filename=").And.EndWith("filename*=UTF-8''%E6%8A%A5%E4%BB%B7%20%222026%22.txt");
        got.Header("X-Content-Type-Options").Should().Be("nosniff");
        got.Header("Content-Security-Policy").Should().Contain("sandbox");
        got.Header("Cache-Control").Should().Be("no-store");

        (await Sales.PostAsync($"/api/{slice}/{record}/files/{file}/remove")).Expect(200);
        (await Sales.GetAsync($"/api/{slice}/{record}/files")).Json.Items().Should().BeEmpty();
        (await Sales.PostAsync($"/api/{slice}/{record}/files/{file}/link")).ExpectProblem(404, "not-found");
        (await Sales.PostAsync($"/api/{slice}/{record}/files/{file}/restore")).Expect(200);
        (await FetchAsync(Sales, slice, record, file)).Bytes.Should().Equal(bytes);
        (await Sales.GetAsync($"/api/{slice}/{record}/timeline")).Json.Items().Take(3).Select(entry => entry.Text("type"))
            .Should().Equal("file-restored-v1", "file-removed-v1", "file-attached-v1");
    }

    [Fact]
    public async Task A_part_of_a_file_is_fetched_alone()
    {
        var lead = await NewAsync("leads");
        var file = (await SendAsync(Sales, $"/api/leads/{lead}/files?name=x.txt", "0123456789"u8.ToArray(), "text/plain")).Id;
        var url = await LinkAsync(Sales, "leads", lead, file);

        foreach (var (range, text, content) in ((string, string, string)[])[("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=7-", "789", "bytes 7-9/10"), ("bytes=-2", "89", "bytes 8-9/10"), ("bytes=5-100", "56789", "bytes 5-9/10")])
        {
            var part = (await Guest.GetAsync(url, ("Range", range))).Expect(206);
            (part.Text, part.Header("Content-Range")).Should().Be((text, content));
        }

        (await Guest.GetAsync(url, ("Range", "bytes=10-"))).ExpectProblem(416, "range-invalid");
        (await Guest.GetAsync(url, ("Range", "bytes=0-1"), ("If-Range", "\"other\""))).Expect(200).Text.Should().Be("0123456789");
        (await Guest.SendAsync(HttpMethod.Head, url, null)).Expect(200).Header("Content-Length").Should().Be("10");
    }

    [Fact]
    public async Task A_link_opens_one_file_for_minutes_and_for_whom_it_was_made()
    {
        var lead = await NewAsync("leads");
        var file = (await SendAsync(Sales, $"/api/leads/{lead}/files?name=x.txt", "secret"u8.ToArray(), "text/plain")).Id;
        var url = await LinkAsync(Sales, "leads", lead, file);

        (await Guest.GetAsync(url)).Expect(200);
        for (var at = "/api/downloads/".Length; at < url.Length; at += 7)
        {
            var changed = url[..at] + (url[at] == 'A' ? 'B' : 'A') + url[(at + 1)..];
            (await Guest.GetAsync(changed)).ExpectProblem(404, "not-found");
        }

        (await Tenant.OtherSales.Client.PostAsync($"/api/leads/{lead}/files/{file}/link")).ExpectProblem(404, "not-found");
        var other = await NewAsync("leads");
        (await Sales.PostAsync($"/api/leads/{other}/files/{file}/link")).ExpectProblem(404, "not-found");
        (await Sales.PostAsync($"/api/leads/{other}/files/{file}/remove")).ExpectProblem(404, "not-found");
        (await Admin.PostAsync($"/api/leads/{lead}/assign", new { ownerId = Tenant.OtherSales.Id })).Expect(200);
        (await Guest.GetAsync(url)).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task What_is_no_file_of_a_known_sort_is_refused()
    {
        var lead = await NewAsync("leads");
        var path = $"/api/leads/{lead}/files";
        (await SendAsync(Sales, $"{path}?name=x.exe", "MZ"u8.ToArray(), "application/octet-stream")).ExpectProblem(415, "file-type-unknown", "file");
        (await SendAsync(Sales, $"{path}?name=x.pdf", "MZ"u8.ToArray(), "application/pdf")).ExpectProblem(422, "file-type-mismatch", "file");
        (await SendAsync(Sales, $"{path}?name=x.txt", "x"u8.ToArray(), "image/png")).ExpectProblem(422, "file-type-mismatch", "file");
        (await SendAsync(Sales, $"{path}?name=x.txt", [], "text/plain")).ExpectProblem(422, "file-empty", "file");
        (await SendAsync(Sales, path, "x"u8.ToArray(), "text/plain")).ExpectProblem(422, "field-required", "name");
        (await SendAsync(Sales, $"{path}?name=a%2Fx.txt", "x"u8.ToArray(), "text/plain")).ExpectProblem(422, "field-invalid", "name");
        (await SendAsync(Sales, $"{path}?nme=x.txt", "x"u8.ToArray(), "text/plain")).ExpectProblem(400, "query-invalid", "nme");
        (await SendAsync(Sales, $"{path}?name={new string('x', 200)}.txt", "x"u8.ToArray(), "text/plain")).ExpectProblem(422, "field-too-long", "name");
        (await SendAsync(Sales, $"{path}?name=x.txt", new byte[(25 * 1_024 * 1_024) + 1], "text/plain")).ExpectProblem(413, "file-too-large", "file");
        (await Sales.GetAsync(path)).Json.Items().Should().BeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_sent_again_under_its_key_is_attached_once()
    {
        var lead = await NewAsync("leads");
        var key = ("Idempotency-Key", Guid.CreateVersion7().ToString());
        var first = (await SendAsync(Sales, $"/api/leads/{lead}/files?name=x.txt", "x"u8.ToArray(), "text/plain", key)).Expect(201).Id;

        (await SendAsync(Sales, $"/api/leads/{lead}/files?name=x.txt", "x"u8.ToArray(), "text/plain", key)).Expect(201).Id.Should().Be(first);
        (await SendAsync(Sales, $"/api/leads/{lead}/files?name=x.txt", "other"u8.ToArray(), "text/plain", key)).ExpectProblem(422, "idempotency-key-reused");

        (await Sales.GetAsync($"/api/leads/{lead}/files")).Json.Items().Should().ContainSingle();
    }

    [Fact]
    public async Task A_timeline_is_paged_through_the_record_and_its_files()
    {
        var lead = await NewAsync("leads");
        for (var number = 0; number < 4; number++)
        {
            await SendAsync(Sales, $"/api/leads/{lead}/files?name={number}.txt", "x"u8.ToArray(), "text/plain");
            (await Sales.PostAsync($"/api/leads/{lead}/log-activity", new { type = "note", text = $"{number}" })).Expect(200);
        }

        var whole = (await Sales.GetAsync($"/api/leads/{lead}/timeline?limit=100")).Json.Items().Select(entry => entry.GetProperty("position").GetInt64()).ToList();
        whole.Should().HaveCount(9).And.BeInDescendingOrder();
        for (var limit = 1; limit <= 9; limit++)
        {
            var paged = new List<long>();
            string? cursor = null;
            do
            {
                var page = (await Sales.GetAsync($"/api/leads/{lead}/timeline?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(200).Json;
                paged.AddRange(page.Items().Select(entry => entry.GetProperty("position").GetInt64()));
                cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            }
            while (cursor is not null);
            paged.Should().Equal(whole);
        }
    }

    private async Task<Guid> NewAsync(string slice)
    {
        if (slice is "leads")
        {
            return (await Sales.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        }

        var customer = (await Sales.PostAsync("/api/customers", new { type = "corporate", name = $"c{Guid.CreateVersion7()}" })).Expect(201).Id;
        return slice switch
        {
            "customers" => customer,
            "contacts" => (await Sales.PostAsync("/api/contacts", new { customerId = customer, name = "x" })).Expect(201).Id,
            _ => (await Sales.PostAsync("/api/opportunities", new { name = "x", customerId = customer, pipeline = "simple", amount = new { amount = "1.00", currency = "CNY" } })).Expect(201).Id,
        };
    }

    private static Task<ApiAnswer> SendAsync(ApiClient client, string path, byte[] bytes, string type, params (string, string)[] headers) =>
        client.SendAsync(HttpMethod.Post, path, new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } }, headers);

    private static async Task<string> LinkAsync(ApiClient client, string slice, Guid record, Guid file) =>
        (await client.PostAsync($"/api/{slice}/{record}/files/{file}/link")).Expect(200).Json.Text("url")!; // each answer has one

    private async Task<ApiAnswer> FetchAsync(ApiClient client, string slice, Guid record, Guid file) => (await Guest.GetAsync(await LinkAsync(client, slice, record, file))).Expect(200);
}
