using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Grains.ApiKeys;
using Crm.Grains.Pipelines;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;
using Crm.Web.People;

namespace Crm.Web.Hosting;

/// <summary>How to sign in to the demo tenant.</summary>
internal sealed record DemoWelcome(string AdminLogin, string SalesLogin, string Password, string ApiKey);

/// <summary>Makes the demo tenant on the first start: people, a key, the preset pipelines, and a team's work of the last months.</summary>
internal static class DemoData
{
    public const string Tenant = "demo";

    private const string AdminLogin = "admin@demo";
    private const string SalesLogin = "sales@demo";
    private const string WelcomeSecret = "demo-welcome";

    /// <summary>Seeds the demo tenant unless it is there already or not wanted.</summary>
    /// <returns>How to sign in, or null without a demo tenant.</returns>
    public static async Task<DemoWelcome?> SeedAsync(CrmSilo silo, Credentials credentials, DemoSettings settings, CancellationToken cancel)
    {
        silo.Tenants.Set(TenantDirectory.Default(Tenant) with { Name = "示例公司 Demo" });
        if (await silo.Store.ReadSecretAsync(WelcomeSecret, cancel) is { } known)
        {
            var parts = Encoding.UTF8.GetString(known).Split('\n');
            return new(AdminLogin, SalesLogin, parts[0], parts[1]);
        }

        if (!settings.IsWanted)
        {
            return null;
        }

        var password = settings.Password ?? Made(9);
        var system = Asker.System(Tenant);
        var sending = new Sending(SenderKind.System, Trusted: true);
        await PeopleEndpoints.RegisterAsync(silo, credentials, system, new("管理员", AdminLogin, password, "admin"), sending, cancel);
        await PeopleEndpoints.RegisterAsync(silo, credentials, system, new("李销售", SalesLogin, password, "sales"), sending, cancel);
        var keyId = Guid.CreateVersion7(silo.Time.GetUtcNow());
        await silo.Commands.TellAsync(system, "apikey", keyId, new ApiKeyCommand.Issue("demo", "admin"), sending, cancel);
        var key = await credentials.IssueKeyAsync(new(Tenant, keyId, "demo", "admin"), settings.ApiKey, cancel);
        foreach (var (preset, name) in ((string, string)[])[("simple", "标准销售"), ("complex", "大客户销售"), ("project", "项目销售")])
        {
            await silo.Commands.TellAsync(system, "pipeline", PipelineDirectory.IdOf(Tenant, preset).Key, new PipelineCommand.Create(preset, name, preset), sending, cancel);
        }

        await silo.Store.WriteSecretAsync(WelcomeSecret, Encoding.UTF8.GetBytes($"{password}\n{key}"), cancel);
        return new(AdminLogin, SalesLogin, password, key);
    }

    private static string Made(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
