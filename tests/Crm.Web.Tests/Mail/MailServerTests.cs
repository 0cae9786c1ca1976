using System.Text;

namespace Crm.Web.Tests.Mail;

/// <summary>Mails go out by the server that the settings name; its password goes there and nowhere else.</summary>
public sealed class MailServerTests
{
    private const string Password = "smtp-canary-7261-secret";

    [Fact]
    public async Task A_mail_goes_out_once_and_its_link_works()
    {
        await using var server = new MailCatcher(Password);
        await using var app = await StartAsync(server, Password);
        var tenant = await app.NewTenantAsync();

        var invited = (await tenant.Admin.PostAsync("/api/users/invite", new { name = "张伟", login = $"wei@{tenant.Key}.example", role = "sales", locale = "en" })).Expect(201).Id;
        await Eventually.GetAsync(async () => (await tenant.Admin.GetAsync("/api/mails")).Json.Items().Single().Text("status"), status => status == "sent", "the mail to be sent");

        var mail = server.Mails.Should().ContainSingle().Subject;
        mail.Should().Contain("crm@sender.example").And.Contain($"wei@{tenant.Key}.example").And.Contain("Auto-Submitted: auto-generated");
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(mail.Split("\n\n", 2)[1].Split('\n').Select(line => line.Trim()))));
        var token = text.Split("/accept#")[1].Split('\n')[0].Trim();
        (await app.Guest().PostAsync("/api/session/accept", new { token, password = "long-enough-1" })).Expect(200).Json.GetProperty("user").GetProperty("id").GetGuid().Should().Be(invited);
        (await app.Guest().PostAsync("/api/session/accept", new { token, password = "long-enough-2" })).ExpectProblem(422, "link-invalid");

        // what was handed over is kept no longer
        var id = (await tenant.Admin.GetAsync("/api/mails")).Json.Items().Single().GetProperty("id").GetGuid();
        (await tenant.Admin.PostAsync($"/api/mails/{id}/open")).Expect(200).Json.IsNull("text").Should().BeTrue();
        app.Logged.Should().NotContain(line => line.Contains(token, StringComparison.Ordinal) || line.Contains($"wei@{tenant.Key}", StringComparison.Ordinal), "neither links nor addresses belong into a log");
    }

    [Theory]
    [InlineData(Password)]
    [InlineData("not-the-password")]
    public async Task Its_password_is_answered_and_logged_nowhere(string expected)
    {
        await using var server = new MailCatcher(expected);
        await using var app = await StartAsync(server, Password);
        var tenant = await app.NewTenantAsync();
        (await tenant.Admin.PostAsync("/api/users/invite", new { name = "x", login = $"x@{tenant.Key}.example", role = "sales" })).Expect(201);
        await Eventually.GetAsync(async () => (await tenant.Admin.GetAsync("/api/mails")).Json.Items().Single(), mail => mail.Text("status") == "sent" || mail.GetProperty("attempts").GetInt32() > 0, "the first try");

        (server.Refused > 0).Should().Be(expected != Password);
        (await tenant.Admin.GetAsync("/api/company-sign-in")).Expect(200).Json.Text("mailServer").Should().Be("127.0.0.1");
        var mail = (await tenant.Admin.GetAsync("/api/mails")).Json.Items().Single().GetProperty("id").GetGuid();
        foreach (var path in (string[])["/api/company-sign-in", "/api/mails", $"/api/mails/{mail}", $"/api/mails/{mail}/timeline", "/api/tenant", "/api/audit?limit=200", "/health/ready", "/health/live", "/openapi/v1.json"])
        {
            (await tenant.Admin.GetAsync(path)).Text.Should().NotContain(Password, path).And.NotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Password)), path);
        }

        app.Logged.Should().NotContain(line => line.Contains(Password, StringComparison.Ordinal) || line.Contains("mail-user", StringComparison.Ordinal));
    }

    private static Task<CrmApp> StartAsync(MailCatcher server, string password) => CrmApp.StartAsync(new()
    {
        Settings = new Dictionary<string, string?>
        {
            ["Crm:Smtp:Host"] = "127.0.0.1",
            ["Crm:Smtp:Port"] = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Crm:Smtp:User"] = "mail-user",
            ["Crm:Smtp:Password"] = password,
            ["Crm:Smtp:From"] = "crm@sender.example",
            ["Crm:Smtp:Encrypted"] = "false",
        },
    });
}
