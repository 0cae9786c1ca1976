using Crm.Web.Session;

namespace Crm.Web.Tests.Session;

/// <summary>That a network of IPv6, which is one customer's, has no more tries than an address of IPv4.</summary>
public sealed class ThrottleAddressTests
{
    [Fact]
    public async Task A_64_network_of_IPv6_counts_as_one_address_at_each_door()
    {
        await using var app = await CrmApp.StartAsync(new() { Settings = new Dictionary<string, string?> { ["Crm:Operator:Key"] = "operator-key-of-this-test", ["Crm:TrustedProxies"] = "127.0.0.1" } });
        for (var host = 1; host <= Throttle.Most; host++)
        {
            (await AskOperatorAsync($"2001:db8:1:2:{host:x}::{host:x}")).ExpectProblem(401, "unauthenticated");
            (await SignInAsync($"2001:db8:1:2:{host:x}::{host:x}", $"nobody-{host}")).ExpectProblem(401, "sign-in-failed");
        }

        (await AskOperatorAsync("2001:db8:1:2:ffff::1")).ExpectProblem(429, "login-throttled");
        (await SignInAsync("2001:db8:1:2:ffff::1", "nobody")).ExpectProblem(429, "login-throttled");
        (await AskOperatorAsync("2001:db8:1:3::1")).ExpectProblem(401, "unauthenticated");
        (await SignInAsync("2001:db8:1:3::1", "nobody")).ExpectProblem(401, "sign-in-failed");
        (await AskOperatorAsync("203.0.113.9")).ExpectProblem(401, "unauthenticated");

        Task<ApiAnswer> AskOperatorAsync(string from) => app.Guest().GetAsync("/api/operator/tenants", ("X-Forwarded-For", from));
        Task<ApiAnswer> SignInAsync(string from, string login) => app.Guest().PostAsync("/api/session", new { login, password = "wrong-password-1" }, ("X-Forwarded-For", from));
    }
}
