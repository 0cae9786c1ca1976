using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crm.Web.Tests.BadInput;

/// <summary>Rows 39 to 43 of the matrix of bad input, and row 28 of the threats: what is wrong with the bytes themselves.</summary>
public sealed partial class RawRequestTests(SharedApp shared) : ApiTest(shared)
{
    private const string Lead = """{"name":"smuggled"}""";

    /// <summary>What somebody hides behind a request whose end is in doubt.</summary>
    private const string Hidden = "GET /api/session HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private string Key => $"Host: localhost\r\nAuthorization: Bearer {Tenant.AdminKey}\r\n";

    private string Post => $"POST /api/leads HTTP/1.1\r\n{Key}Content-Type: application/json\r\n";

    [Theory]
    [InlineData("target", 414)]
    [InlineData("header", 431)]
    [InlineData("headers", 431)]
    public async Task Row_39_what_is_too_long_before_the_body_is_refused(string what, int status)
    {
        var answer = await RawConnection.AskAsync(App, what switch
        {
            "target" => $"GET /api/leads?q={new string('x', 9 * 1_024)} HTTP/1.1\r\n{Key}\r\n",
            "header" => $"GET /api/leads HTTP/1.1\r\n{Key}X-Long: {new string('x', 33 * 1_024)}\r\n\r\n",
            _ => $"GET /api/leads HTTP/1.1\r\n{Key}{string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: x\r\n"))}\r\n",
        });

        StatusesOf(answer).Should().Equal(status);
        await GoesOnAsync();
    }

    [Theory]
    [InlineData("//api/leads")]
    [InlineData("/api//leads")]
    [InlineData("/api/leads//")]
    [InlineData("/%2e%2e/api/leads")]
    [InlineData("/api/%2E%2e/api/leads")]
    [InlineData("/api/../api/leads")]
    [InlineData("/api/./leads")]
    [InlineData("/api/leads%00")]
    [InlineData("/api/%00/leads")]
    [InlineData("/api/leads;x=1")]
    [InlineData("/api;x=1/leads")]
    [InlineData("/api\\leads")]
    [InlineData("/api/%5cleads")]
    [InlineData("/api%2fleads")]
    [InlineData("/%2Fapi/leads")]
    [InlineData("/api/leads%0d%0aX-Injected:%20x")]
    [InlineData("/api/leads%c0%ae%c0%ae")]
    [InlineData("/api/leads%zz")]
    public async Task Row_40_a_path_that_means_two_things_means_nothing(string target)
    {
        var answer = await RawConnection.AskAsync(App, $"GET {target} HTTP/1.1\r\n{Key}Connection: close\r\n\r\n");

        StatusesOf(answer).Should().ContainSingle().Which.Should().BeOneOf(404, 400);
        answer.Should().NotContain("X-Injected");
        await GoesOnAsync();
    }

    [Fact]
    public async Task Row_41_a_head_is_a_get_without_its_body()
    {
        var (get, head) = (await AskAsync("GET", "/api/leads"), await AskAsync("HEAD", "/api/leads"));

        StatusesOf(head).Should().Equal(StatusesOf(get));
        NamesOf(head).Should().BeEquivalentTo(NamesOf(get));
        head.Should().EndWith("\r\n\r\n", "nothing follows the headers");

        static IEnumerable<string> NamesOf(string answer) =>
            answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n").Skip(1).Select(line => line.Split(':')[0])
                // how a body is sent is said where there is one
                .Where(name => name is not ("Transfer-Encoding" or "Content-Length"));
    }

    [Theory]
    [InlineData("TRACE", "/api/leads", 405)]
    [InlineData("TRACK", "/api/leads", 405)]
    [InlineData("PROPFIND", "/api/leads", 405)]
    [InlineData("CONNECT", "localhost:443", 400)]
    [InlineData("OPTIONS", "*", 204)]
    [InlineData("OPTIONS", "/api/leads", 204)]
    [InlineData("get", "/api/leads", 405)]
    [InlineData("Get", "/api/leads", 405)]
    [InlineData("options", "/api/leads", 405)]
    [InlineData("delete", "/nowhere", 405)]
    [InlineData("G!T", "/api/leads", 405)]
    [InlineData("G(T", "/api/leads", 400)]
    public async Task Row_41_a_method_that_nobody_knows_says_so(string method, string target, int status)
    {
        var answer = await AskAsync(method, target);

        StatusesOf(answer).Should().Equal(status);
        if (status is 405 or 204)
        {
            answer.Should().MatchRegex(@"\r\nAllow: [A-Z, ]+\r\n");
        }

        if (status == 405)
        {
            answer.Should().Contain("application/problem+json").And.Contain("urn:crm:method-not-allowed");
        }

        // a TRACE would say back what a script may not read
        answer.Should().NotContain(Tenant.AdminKey);
    }

    [Theory]
    [InlineData("both lengths", "Content-Length: 19\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("both lengths, the other way", "Transfer-Encoding: chunked\r\nContent-Length: 19\r\n\r\n0\r\n\r\n")]
    [InlineData("two lengths", "Content-Length: 19\r\nContent-Length: 0\r\n\r\n" + Lead)]
    [InlineData("one length twice", "Content-Length: 19\r\nContent-Length: 19\r\n\r\n" + Lead)]
    [InlineData("a list of lengths", "Content-Length: 19, 19\r\n\r\n" + Lead)]
    [InlineData("a length with letters", "Content-Length: 19x\r\n\r\n" + Lead)]
    [InlineData("a negative length", "Content-Length: -1\r\n\r\n")]
    [InlineData("a length in hexadecimal", "Content-Length: 0x13\r\n\r\n" + Lead)]
    [InlineData("a length of another kind of digits", "Content-Length: \u00b219\r\n\r\n" + Lead)]
    [InlineData("a length beyond all numbers", "Content-Length: 99999999999999999999\r\n\r\n" + Lead)]
    [InlineData("a coding nobody knows", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("chunked but not at last", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("chunked after another", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a folded header", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a control character in the coding", "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a bare CR in a header", "X-A: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a bare LF after a header", "X-A: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a NUL in a header", "X-A: a\0b\r\n\r\n")]
    [InlineData("a second host", "Host: evil.test\r\nContent-Length: 19\r\n\r\n" + Lead)]
    [InlineData("a chunk size with a prefix", "Transfer-Encoding: chunked\r\n\r\n0x13\r\n" + Lead + "\r\n0\r\n\r\n")]
    [InlineData("a chunk size with a sign", "Transfer-Encoding: chunked\r\n\r\n+13\r\n" + Lead + "\r\n0\r\n\r\n")]
    [InlineData("a chunk size beyond all numbers", "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff13\r\n" + Lead + "\r\n0\r\n\r\n")]
    [InlineData("a bare LF in a chunk extension", "Transfer-Encoding: chunked\r\n\r\n13;a\n" + Lead + "\r\n0\r\n\r\n")]
    [InlineData("a bare CR in a chunk extension", "Transfer-Encoding: chunked\r\n\r\n13;a\rb\r\n" + Lead + "\r\n0\r\n\r\n")]
    [InlineData("a bare LF after a chunk size", "Transfer-Encoding: chunked\r\n\r\n13\n" + Lead + "\r\n0\r\n\r\n")]
    [InlineData("a chunk longer than it says", "Transfer-Encoding: chunked\r\n\r\n12\r\n" + Lead + "\r\n0\r\n\r\n")]
    [InlineData("no size of a chunk", "Transfer-Encoding: chunked\r\n\r\n\r\n" + Lead + "\r\n0\r\n\r\n")]
    public async Task Row_42_a_body_of_doubtful_length_is_refused_and_the_connection_ends(string what, string rest)
    {
        var head = Tenant.Head;

        var answer = await RawConnection.AskAsync(App, Post + rest + Hidden + Hidden);

        StatusesOf(answer).Should().Equal([400], "{0} must be refused, and what follows is nobody's request", what);
        Tenant.Head.Should().Be(head);
        await GoesOnAsync();
    }

    [Theory]
    [InlineData("lines that end with LF alone", "GET /api/session HTTP/1.1\nHost: localhost\n\n")]
    [InlineData("no host", "GET /api/session HTTP/1.1\r\n\r\n")]
    [InlineData("another host in the target", "GET http://evil.test/api/session HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("no version", "GET /api/session\r\nHost: localhost\r\n\r\n")]
    [InlineData("a version nobody speaks", "GET /api/session HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData("two spaces", "GET  /api/session HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("a tab for a space", "GET\t/api/session HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("a NUL in the line", "GET /api/\0session HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("a letter beyond ASCII in the line", "GET /api/s\u00e9ssion HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("a header without a name", "GET /api/session HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n")]
    [InlineData("a header without a colon", "GET /api/session HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n")]
    [InlineData("a length of HTTP/1.0 in chunks", "POST /api/session HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public async Task Row_42_what_is_no_request_is_refused_and_the_connection_ends(string what, string request)
    {
        var answer = await RawConnection.AskAsync(App, request + Hidden);

        StatusesOf(answer).Should().ContainSingle("{0} is one bad request", what).Which.Should().BeOneOf(400, 505);
    }

    [Theory]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    [InlineData("\0\0\0\0\0\0\0\0\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n")]
    public async Task What_speaks_another_protocol_is_sent_away(string greeting)
    {
        StatusesOf(await RawConnection.AskAsync(App, greeting)).Should().BeSubsetOf([400, 505]);
        await GoesOnAsync();
    }

    [Fact]
    public async Task Row_43_headers_that_never_end_and_bodies_that_trickle_are_closed()
    {
        await using var app = await CrmApp.StartAsync(new() { Configure = Hurry });
        var tenant = await app.NewTenantAsync();
        var head = tenant.Head;
        await using var headers = await RawConnection.OpenAsync(app);
        await using var body = await RawConnection.OpenAsync(app);
        await using var file = await RawConnection.OpenAsync(app);
        var key = $"Host: localhost\r\nAuthorization: Bearer {tenant.AdminKey}\r\n";
        await headers.TrySendAsync($"GET /api/leads HTTP/1.1\r\n{key}X-Slow: ");
        await body.TrySendAsync($"POST /api/leads HTTP/1.1\r\n{key}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{\"name\":\"");
        await file.TrySendAsync($"POST /api/imports HTTP/1.1\r\n{key}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\nname\n");

        var answers = await Task.WhenAll(TrickleAsync(headers), TrickleAsync(body), TrickleAsync(file));

        answers.Select(answer => StatusesOf(answer).Single()).Should().Equal(408, 408, 408);
        tenant.Head.Should().Be(head);
        (await tenant.Admin.GetAsync("/api/leads")).Expect(200);
    }

    [Fact]
    public void Row_43_the_server_itself_waits_no_longer_than_promised()
    {
        var limits = App.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        limits.RequestHeadersTimeout.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(30));
        limits.MinRequestBodyDataRate!.BytesPerSecond.Should().BeGreaterThan(10); // there is one, or bodies would trickle for ever
        limits.MinRequestBodyDataRate.GracePeriod.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(30));
        limits.MinResponseDataRate!.BytesPerSecond.Should().BeGreaterThan(10); // and one for those who read slowly
    }

    /// <summary>The same server with less patience, so that nobody waits for it here.</summary>
    private static void Hurry(WebApplicationBuilder builder) => builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
    {
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
        kestrel.Limits.MinRequestBodyDataRate = new(240, TimeSpan.FromSeconds(1.5));
    });

    /// <summary>Sends a byte now and then until the server has had enough.</summary>
    private static async Task<string> TrickleAsync(RawConnection connection)
    {
        var reading = connection.ReadToEndAsync();
        await Eventually.GetAsync(async () => reading.IsCompleted || !await connection.TrySendAsync("x"), isOver => isOver, "the server to close");
        return await reading;
    }

    private Task<string> AskAsync(string method, string target) => RawConnection.AskAsync(App, $"{method} {target} HTTP/1.1\r\n{Key}Connection: close\r\n\r\n");

    /// <summary>Whatever somebody sends, the next one is served.</summary>
    private async Task GoesOnAsync() => StatusesOf(await AskAsync("GET", "/api/leads")).Should().Equal((int)HttpStatusCode.OK);

    private static IEnumerable<int> StatusesOf(string answers) =>
        StatusLine().Matches(answers).Select(line => int.Parse(line.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    [GeneratedRegex(@"HTTP/1\.1 (\d{3}) ")]
    private static partial Regex StatusLine();
}
