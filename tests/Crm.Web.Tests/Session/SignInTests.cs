using Crm.Web.Session;

namespace Crm.Web.Tests.Session;

/// <summary>Everything that lets somebody in, in an application of its own: tries count against the address that all tests share.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private readonly Clock _clock = new();
    private CrmApp _app = null!; // set before the test
    private TestTenant _tenant = null!; // set before the test

    public async ValueTask InitializeAsync()
    {
        _app = await CrmApp.StartAsync(new() { Time = _clock });
        _tenant = await _app.NewTenantAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_second_factor_is_asked_for_and_each_code_is_good_once()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        var session = await SignInAsync(ann);
        var seed = await EnrolAsync(session);

        var ticket = (await TryAsync(ann)).Expect(200).Json.GetProperty("secondFactor").Text("ticket");
        await ProveAsync(ticket, "000000", 401);
        _clock.Advance(TimeSpan.FromSeconds(31));
        var code = CodeNow(seed.Secret);
        await ProveAsync(ticket, code, 200);
        await ProveAsync(ticket, code, 401);
        await ProveAsync(ticket, seed.Codes[0].ToUpperInvariant(), 200);
        await ProveAsync(ticket, seed.Codes[0], 401);

        var methods = (await _tenant.Admin.GetAsync($"/api/sessions?filter={Uri.EscapeDataString($"ownerId eq \"{ann.Id}\"")}")).Expect(200).Json.Items();
        methods.Select(each => each.Text("method")).Should().Contain(["password", "totp", "recovery-code"]);
        await Eventually.GetAsync(
            async () => (await _tenant.Admin.GetAsync("/api/sessions?filter=status%20eq%20%22refused%22")).Json.Items().Count(each => each.Text("reason") == "second-factor"), count => count == 3, "refused codes in the journal");
    }

    [Fact]
    public async Task What_changes_how_somebody_signs_in_wants_a_fresh_proof()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        var session = await SignInAsync(ann);
        _clock.Advance(TimeSpan.FromMinutes(11));

        (await session.PostAsync("/api/session/totp/begin")).ExpectProblem(403, "confirmation-required");
        (await session.PostAsync("/api/session/confirm", new { password = "wrong-pass-1" })).ExpectProblem(422, "password-wrong", "password");
        (await session.PostAsync("/api/session/confirm", new { password = TestTenant.Password })).Expect(204);
        (await session.PostAsync("/api/session/totp/begin")).Expect(200);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_their_records()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        var (here, there) = (await SignInAsync(ann), await SignInAsync(ann));

        (await here.PostAsync("/api/session/password", new { password = "another-pass-2" })).Expect(204);

        (await here.GetAsync("/api/session")).Expect(200);
        (await there.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
        (await here.GetAsync("/api/session/sessions")).Json.Items().Select(each => each.Text("status")).Should().BeEquivalentTo("open", "ended");
        (await TryAsync(ann)).ExpectProblem(401, "sign-in-failed");
        (await TryAsync(ann, "another-pass-2")).Expect(200);
    }

    [Fact]
    public async Task Ones_own_sessions_are_listed_and_revoked_and_nobody_elses()
    {
        var (ann, bob) = (await _tenant.RegisterAsync("ann", "sales"), await _tenant.RegisterAsync("bob", "sales"));
        var (here, there, other) = (await SignInAsync(ann), await SignInAsync(ann), await SignInAsync(bob));
        var current = (await there.GetAsync("/api/session/security")).Json.GetProperty("sessionId").GetGuid();
        var bobs = (await other.GetAsync("/api/session/security")).Json.GetProperty("sessionId").GetGuid();

        (await here.PostAsync("/api/session/sessions/revoke", new { id = bobs })).ExpectProblem(404, "not-found");
        (await here.PostAsync("/api/session/sessions/revoke", new { id = current })).Expect(204);

        (await there.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
        (await here.GetAsync("/api/session")).Expect(200);
        (await other.GetAsync("/api/session")).Expect(200);
        (await _tenant.Admin.PostAsync($"/api/sessions/{bobs}/revoke")).Expect(200);
        (await other.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task Somebody_who_is_shut_out_is_out_and_let_in_again_starts_anew()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        var session = await SignInAsync(ann);

        (await _tenant.Admin.PostAsync($"/api/users/{ann.Id}/deactivate")).Expect(200);
        (await session.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
        (await TryAsync(ann)).ExpectProblem(401, "sign-in-failed");
        (await _tenant.Admin.PostAsync($"/api/users/{ann.Id}/activate")).Expect(200);

        (await session.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
        (await TryAsync(ann)).Expect(200);
    }

    [Fact]
    public async Task A_forgotten_password_is_reset_by_mail_once_within_30_minutes_and_the_answer_tells_nothing()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        var session = await SignInAsync(ann);
        var known = (await _app.Guest().PostAsync("/api/session/forgotten", new { login = ann.Login })).Expect(202);
        var unknown = (await _app.Guest().PostAsync("/api/session/forgotten", new { login = $"nobody@{_tenant.Key}" })).Expect(202);
        (known.Text, known.ContentType).Should().Be((unknown.Text, unknown.ContentType));

        var first = await LinkOfAsync("reset", 1);
        (await _app.Guest().PostAsync("/api/session/forgotten", new { login = ann.Login })).Expect(202);
        var second = await LinkOfAsync("reset", 2);
        (await _app.Guest().PostAsync("/api/session/reset", new { token = first, password = "another-pass-2" })).ExpectProblem(422, "link-invalid");
        (await _app.Guest().PostAsync("/api/session/reset", new { token = second, password = "short" })).ExpectProblem(422, "password-weak", "password");
        (await _app.Guest().PostAsync("/api/session/reset", new { token = second, password = "another-pass-2" })).Expect(204);
        (await _app.Guest().PostAsync("/api/session/reset", new { token = second, password = "another-pass-3" })).ExpectProblem(422, "link-invalid");

        (await session.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
        (await TryAsync(ann, "another-pass-2")).Expect(200);
        (await _tenant.Admin.GetAsync("/api/mails")).Json.Items().Should().HaveCount(2, "an unknown login is mailed nothing");

        (await _app.Guest().PostAsync("/api/session/forgotten", new { login = ann.Login })).Expect(202);
        var late = await LinkOfAsync("reset", 3);
        _clock.Advance(TimeSpan.FromMinutes(31));
        (await _app.Guest().PostAsync("/api/session/reset", new { token = late, password = "another-pass-3" })).ExpectProblem(422, "link-invalid");
    }

    [Fact]
    public async Task Somebody_invited_chooses_a_password_and_is_in()
    {
        var login = $"zoe@{_tenant.Key}.example";
        var invited = (await _tenant.Admin.PostAsync("/api/users/invite", new { name = "Zoe", login, role = "sales", locale = "en" })).Expect(201).Id;
        (await TryAsync(login, "")).ExpectProblem(401, "sign-in-failed");
        var token = await LinkOfAsync("invitation", 1);
        (await _app.Guest().PostAsync("/api/session/invitation", new { token })).Expect(200).Json.Text("login").Should().Be(login);
        (await _app.Guest().PostAsync("/api/session/reset", new { token, password = "zoes-pass-1" })).ExpectProblem(422, "link-invalid");

        var accepted = (await _app.Guest().PostAsync("/api/session/accept", new { token, password = "zoes-pass-1" })).Expect(200);

        accepted.Json.GetProperty("user").GetProperty("id").GetGuid().Should().Be(invited);
        (await _app.Guest().PostAsync("/api/session/accept", new { token, password = "zoes-pass-2" })).ExpectProblem(422, "link-invalid");
        (await TryAsync(login, "zoes-pass-1")).Expect(200);
        (await _tenant.Admin.PostAsync($"/api/users/{invited}/invite-again")).ExpectProblem(409, "state-conflict");
    }

    [Theory]
    [InlineData("/api/session", """{"login":"who@x","password":"wrong-pass"}""", 401)]
    [InlineData("/api/session/passkey", """{"ticket":"x","credential":{}}""", 401)]
    [InlineData("/api/session/company", """{"company":"none"}""", 422)]
    [InlineData("/api/session/forgotten", """{"login":"who@x"}""", 202)]
    [InlineData("/api/session/reset", """{"token":"x","password":"long-enough-1"}""", 422)]
    [InlineData("/api/session/accept", """{"token":"x","password":"long-enough-1"}""", 422)]
    [InlineData("/api/session/invitation", """{"token":"x"}""", 422)]
    public async Task The_eleventh_try_waits_at_every_door(string path, string body, int status)
    {
        for (var i = 0; i < 10; i++)
        {
            (await _app.Guest().PostAsync(path, body)).Expect(status);
        }

        var throttled = (await _app.Guest().PostAsync(path, body, ("X-Forwarded-For", "203.0.113.9"))).ExpectProblem(429, "login-throttled");
        int.Parse(throttled.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture).Should().BeInRange(1, 900); // a 429 says when
        _clock.Advance(TimeSpan.FromMinutes(16));
        (await _app.Guest().PostAsync(path, body)).Expect(status);
    }

    [Fact]
    public async Task Codes_are_throttled_though_the_password_is_right()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        await EnrolAsync(await SignInAsync(ann));
        var ticket = (await TryAsync(ann)).Json.GetProperty("secondFactor").Text("ticket");
        for (var i = 0; i < 10; i++)
        {
            await ProveAsync(ticket, "000000", 401);
        }

        await ProveAsync(ticket, "000000", 429);
    }

    [Fact]
    public async Task A_key_does_what_its_scopes_name_and_no_more()
    {
        var issued = (await _tenant.Admin.PostAsync("/api/api-keys", new { name = "web", role = "admin", scopes = (string[])["leads:read", "leads:capture", "contacts:*"] })).Expect(201);
        var key = KeyOf(issued);
        var lead = (await key.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        (await key.GetAsync($"/api/leads/{lead}")).Expect(200);
        (await key.GetAsync("/api/contacts")).Expect(200);

        (await key.PostAsync($"/api/leads/{lead}/qualify")).ExpectProblem(403, "scope-missing");
        (await key.GetAsync("/api/customers")).ExpectProblem(403, "scope-missing");
        (await key.GetAsync("/api/api-keys")).ExpectProblem(403, "scope-missing");
        (await key.GetAsync("/api/session")).Expect(200);

        (await _tenant.Admin.PostAsync($"/api/api-keys/{issued.Id}/rescope", new { scopes = (string[])["customers:read"] })).Expect(200);
        (await key.GetAsync("/api/customers")).Expect(200);
        (await key.GetAsync("/api/leads")).ExpectProblem(403, "scope-missing");
        (await _tenant.Admin.PostAsync("/api/api-keys", new { name = "web", role = "sales", scopes = (string[])["lead:read"] })).ExpectProblem(422, "scope-unknown", "scopes");
        (await _tenant.Admin.PostAsync("/api/api-keys", new { name = "web", role = "sales", scopes = (string?[])[null] })).ExpectProblem(400, "json-invalid", "scopes");
    }

    [Theory]
    [InlineData("alerts:all", "alerts:read", true)]
    [InlineData("alerts:all", "alerts:*", true)]
    [InlineData("alerts:all", "*", true)]
    [InlineData("alerts:all", "alerts:release", false)]
    [InlineData("alerts:all", "leads:read", false)]
    [InlineData("tenant:mine", "tenant:read", true)]
    [InlineData("tenant:mine", "leads:read", false)]
    [InlineData("list:alerts?limit=50", "alerts:read", true)]
    [InlineData("record:alert/x", "alerts:read", true)]
    [InlineData("nothing:all", "leads:read", false)]
    public void A_key_follows_the_topics_whose_reads_its_scopes_name(string topic, string scope, bool may) =>
        KeyScopes.AllowsTopic(new(new(_tenant.Key, Guid.NewGuid(), "key", "admin"), [scope], null), topic, _app.Silo.Slices).Should().Be(may);

    [Fact]
    public async Task A_key_makes_no_key_that_may_more_than_itself()
    {
        var issued = (await _tenant.Admin.PostAsync("/api/api-keys", new { name = "keys", role = "admin", scopes = (string[])["api-keys:*", "leads:read"] })).Expect(201);
        var key = KeyOf(issued);

        (await key.PostAsync("/api/api-keys", new { name = "x", role = "sales" })).ExpectProblem(403, "scope-missing");
        (await key.PostAsync("/api/api-keys", new { name = "x", role = "sales", scopes = (string[])["leads:*"] })).ExpectProblem(403, "scope-missing");
        (await key.PostAsync("/api/api-keys", new { name = "x", role = "sales", scopes = (string[])["leads:read"] })).Expect(201);
    }

    [Fact]
    public async Task A_rotated_key_goes_on_for_a_while_and_its_use_is_seen()
    {
        var issued = (await _tenant.Admin.PostAsync("/api/api-keys", new { name = "erp", role = "sales" })).Expect(201);
        var old = KeyOf(issued);
        (await old.GetAsync("/api/leads")).Expect(200);
        var next = KeyOf((await _tenant.Admin.PostAsync($"/api/api-keys/{issued.Id}/rotate", new { overlapHours = 2 })).Expect(200));

        (await next.GetAsync("/api/leads")).Expect(200);
        (await old.GetAsync("/api/leads")).Expect(200);
        _clock.Advance(TimeSpan.FromHours(2) + TimeSpan.FromSeconds(5));
        (await old.GetAsync("/api/leads")).ExpectProblem(401, "unauthenticated");
        (await next.GetAsync("/api/leads")).Expect(200);

        await Eventually.GetAsync(
            async () => (await _tenant.Admin.GetAsync("/api/api-keys")).Json.Items().Single(each => each.GetProperty("id").GetGuid() == issued.Id).Text("lastUsedAt"), at => at is not null, "the last use");
        (await _tenant.Admin.PostAsync($"/api/api-keys/{issued.Id}/revoke")).Expect(200);
        (await next.GetAsync("/api/leads")).ExpectProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task A_key_has_its_own_limit()
    {
        var key = KeyOf((await _tenant.Admin.PostAsync("/api/api-keys", new { name = "slow", role = "sales", requestsPerSecond = 1 })).Expect(201)).InParallel();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => key.GetAsync("/api/leads")));

        answers.Should().Contain(answer => answer.Status == 200);
        answers.Where(answer => answer.Status != 200).Should().NotBeEmpty().And.AllSatisfy(answer => answer.ExpectProblem(429, "rate-limited").Header("Retry-After").Should().NotBeNull());
    }

    [Theory]
    [InlineData("evil.test", 400)]
    [InlineData("localhost:1234", 401)]
    [InlineData("192.0.2.7", 401)]
    public async Task Only_our_own_names_are_answered_to(string host, int status) => (await _app.Guest().GetAsync("/api/leads", ("Host", host))).Expect(status);

    [Fact]
    public async Task A_mailed_link_does_not_follow_the_host_header()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        (await _app.Guest().PostAsync("/api/session/forgotten", new { login = ann.Login }, ("Host", "192.0.2.7:99"), ("X-Forwarded-Host", "evil.test"))).Expect(202);
        var mail = await MailOfAsync("reset", 1);
        mail.Should().Contain($"{_app.Address.GetLeftPart(UriPartial.Authority)}/reset#").And.NotContain("evil").And.NotContain("192.0.2.7");
    }

    private async Task<ApiAnswer> TryAsync(Person person, string? password = null) => await TryAsync(person.Login, password ?? TestTenant.Password);

    private Task<ApiAnswer> TryAsync(string login, string password) => _app.Guest().PostAsync("/api/session", new { login, password });

    private async Task<ApiClient> SignInAsync(Person person)
    {
        var cookie = (await TryAsync(person)).Expect(200).Header("Set-Cookie")!.Split(';')[0].Split('=', 2)[1]; // signing in sets one
        return new(_app, _tenant.Key, person.Id) { Cookie = cookie, WatchesJournal = false };
    }

    private async Task<(byte[] Secret, IReadOnlyList<string> Codes)> EnrolAsync(ApiClient session)
    {
        var begun = (await session.PostAsync("/api/session/totp/begin")).Expect(200).Json;
        begun.Text("address").Should().StartWith("otpauth://totp/");
        var seed = Base32(begun.Text("secret")!); // asserted above
        // the server's own clock makes the code: the test's clock and the server's are one
        return (seed, [.. (await session.PostAsync("/api/session/totp", new { code = Totp.CodeOf(seed, _clock.Now.ToUnixTimeSeconds() / 30) })).Expect(200).Json.Items("recoveryCodes").Select(code => code.GetString()!)]); // strings
    }

    private string CodeNow(byte[] seed) => Totp.CodeOf(seed, _clock.Now.ToUnixTimeSeconds() / 30);

    private async Task ProveAsync(string? ticket, string code, int status) => (await _app.Guest().PostAsync("/api/session/second-factor", new { ticket, code })).Expect(status);

    private ApiClient KeyOf(ApiAnswer answer) => new(_app, _tenant.Key, answer.Id) { ApiKey = answer.Json.Text("key") };

    private async Task<string> LinkOfAsync(string topic, int count) => (await MailOfAsync(topic, count)).Split('#')[1].Split('\n')[0].Trim();

    /// <summary>What the newest of so many mails says.</summary>
    private async Task<string> MailOfAsync(string topic, int count)
    {
        var mails = await Eventually.GetAsync(
            async () => (await _tenant.Admin.GetAsync($"/api/mails?sort=-queuedAt&filter={Uri.EscapeDataString($"topic eq \"{topic}\"")}")).Json.Items(), all => all.Count == count, $"{count} mails");
        return (await _tenant.Admin.PostAsync($"/api/mails/{mails[0].GetProperty("id").GetGuid()}/open")).Expect(200).Json.Text("text")!; // not out of date yet
    }

    private static byte[] Base32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    /// <summary>Goes with the machine's clock, and ahead of it when told.</summary>
    private sealed class Clock : TimeProvider
    {
        private TimeSpan _ahead;

        public DateTimeOffset Now => System.GetUtcNow() + _ahead;

        public override DateTimeOffset GetUtcNow() => Now;

        public void Advance(TimeSpan by) => _ahead += by;
    }
}
