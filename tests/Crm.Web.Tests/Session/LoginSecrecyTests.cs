using System.Text.RegularExpressions;
using Crm.Web.Session;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Web.Tests.Session;

/// <summary>
/// A login that is refused tells nobody whether there is such an account (row 25 of the threats): neither by a word nor by the work that it makes.
/// Work is counted, not timed: all but the hash is a thousandth of it.
/// </summary>
public sealed partial class LoginSecrecyTests : IAsyncLifetime
{
    private readonly CountingHasher _hasher = new();
    private CrmApp _app = null!; // set before the test
    private TestTenant _tenant = null!; // set before the test

    public async ValueTask InitializeAsync()
    {
        _app = await CrmApp.StartAsync(new() { Configure = builder => builder.Services.AddSingleton<IPasswordHasher<string>>(_hasher) });
        _tenant = await _app.NewTenantAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Every_refusal_is_the_same_answer_after_the_same_work()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        var shut = await _tenant.RegisterAsync("shut", "sales");
        (await _tenant.Admin.PostAsync($"/api/users/{shut.Id}/deactivate")).Expect(200);
        var invited = $"zoe@{_tenant.Key}.example";
        (await _tenant.Admin.PostAsync("/api/users/invite", new { name = "Zoe", login = invited, role = "sales" })).Expect(201);
        _hasher.Costs.Clear();

        (string Login, string Password)[] tries =
        [
            (ann.Login, "wrong-pass-1"),
            (ann.Login.ToUpperInvariant(), "wrong-pass-1"),
            (ann.Login, ""),
            ($"nobody@{_tenant.Key}", "wrong-pass-1"),
            ("nobody@nowhere.example", TestTenant.Password),
            ("no login at all", ""),
            (shut.Login, "wrong-pass-1"),
            (shut.Login, TestTenant.Password),
            (invited, "wrong-pass-1"),
        ];
        var answers = new List<string>();
        foreach (var (login, password) in tries)
        {
            answers.Add(Told(await _app.Guest().PostAsync("/api/session", new { login, password }), 401));
        }

        answers.Distinct().Should().ContainSingle();
        _hasher.Costs.Should().HaveCount(tries.Length, "each is compared with one hash, its own or nobody's");
        _hasher.Costs.Distinct().Should().ContainSingle("and each hash costs the same");
    }

    [Fact]
    public async Task Who_must_wait_waits_for_an_account_that_is_none_too()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        var answers = new List<string>();
        var work = new List<int>();
        foreach (var login in (string[])[ann.Login, $"nobody@{_tenant.Key}"])
        {
            // ten from this address, whoever is meant
            for (var i = 0; i < 10; i++)
            {
                _app.Services.GetRequiredService<Throttle>().Note(login, "192.0.2.1");
            }

            _hasher.Costs.Clear();
            answers.Add(Told(await _app.Guest().PostAsync("/api/session", new { login, password = TestTenant.Password }), 429));
            work.Add(_hasher.Costs.Count);
        }

        answers.Distinct().Should().ContainSingle();
        work.Should().Equal(0, 0);
    }

    [Fact]
    public async Task A_password_that_is_right_costs_what_a_wrong_one_does()
    {
        var ann = await _tenant.RegisterAsync("ann", "sales");
        _hasher.Costs.Clear();

        (await _app.Guest().PostAsync("/api/session", new { login = ann.Login, password = "wrong-pass-1" })).Expect(401);
        (await _app.Guest().PostAsync("/api/session", new { login = ann.Login, password = TestTenant.Password })).Expect(200);

        _hasher.Costs.Should().HaveCount(2).And.OnlyContain(cost => cost == _hasher.Costs[0]);
    }

    /// <summary>An answer as it is told, but for what names the request or the moment.</summary>
    private static string Told(ApiAnswer answer, int status) => string.Join(
        '\n', answer.Expect(status).ContentType, answer.Header("WWW-Authenticate"), answer.Header("Set-Cookie"), answer.Header("Content-Length"), TraceId().Replace(answer.Text, ""));

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();

    /// <summary>The framework's own hasher, and what each comparison of its cost: all of a hash but its salt and key.</summary>
    private sealed class CountingHasher : IPasswordHasher<string>
    {
        private const int Head = 13; // format, function, rounds, length of the salt

        private readonly PasswordHasher<string> _own = new();

        public List<string> Costs { get; } = [];

        public string HashPassword(string user, string password) => _own.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(string user, string hashedPassword, string providedPassword)
        {
            var hash = Convert.FromBase64String(hashedPassword);
            Costs.Add($"{Convert.ToHexString(hash, 0, Head)} {hash.Length}");
            return _own.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
