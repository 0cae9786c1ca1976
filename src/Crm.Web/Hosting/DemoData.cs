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
    private const string PlanSecret = "demo-plan";

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

        var (password, key) = await PlanAsync(silo, settings, cancel);
        var system = Asker.System(Tenant);
        await PeopleEndpoints.RegisterAsync(silo, credentials, system, new("管理员", AdminLogin, password, "admin"), Once("admin"), cancel);
        await PeopleEndpoints.RegisterAsync(silo, credentials, system, new("李销售", SalesLogin, password, "sales"), Once("sales"), cancel);
        var issued = await silo.Commands.TellAsync(system, "apikey", Guid.CreateVersion7(silo.Time.GetUtcNow()), new ApiKeyCommand.Issue("demo", "admin"), Once("key"), cancel);
        await credentials.IssueKeyAsync(new(Tenant, issued.Id, "demo", "admin"), key, cancel);
        foreach (var (preset, name) in ((string, string)[])[("simple", "标准销售"), ("complex", "大客户销售"), ("project", "项目销售")])
        {
            await silo.Commands.TellAsync(system, "pipeline", PipelineDirectory.IdOf(Tenant, preset).Key, new PipelineCommand.Create(preset, name, preset), Once(preset), cancel);
        }

        await silo.Store.WriteSecretAsync(WelcomeSecret, Encoding.UTF8.GetBytes($"{password}\n{key}"), cancel);
        return new(AdminLogin, SalesLogin, password, key);
    }

    /// <summary>The password and key to seed with: decided once, so that a first start that was cut short is finished and not begun anew.</summary>
    private static async Task<(string Password, string Key)> PlanAsync(CrmSilo silo, DemoSettings settings, CancellationToken cancel)
    {
        if (await silo.Store.ReadSecretAsync(PlanSecret, cancel) is { } known)
        {
            var parts = Encoding.UTF8.GetString(known).Split('\n');
            return (parts[0], parts[1]);
        }

        var plan = (Password: settings.Password ?? Made(9), Key: settings.ApiKey ?? Made(32));
        await silo.Store.WriteSecretAsync(PlanSecret, Encoding.UTF8.GetBytes($"{plan.Password}\n{plan.Key}"), cancel);
        return plan;
    }

    private static Sending Once(string step) => new(SenderKind.System, $"demo/{step}", Trusted: true);

    private static string Made(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
