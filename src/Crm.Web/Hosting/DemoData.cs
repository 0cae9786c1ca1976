using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crm.Grains.Targets;
using Crm.Grains.Tenants;
using Crm.Runtime;
using Crm.Silo.Funnel;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Silo.Tenants;
using Crm.Web.Hosting.Demo;

namespace Crm.Web.Hosting;

/// <summary>How to sign in to the demo tenant.</summary>
internal sealed record DemoWelcome(string AdminLogin, string SalesLogin, string Password, string ApiKey);

/// <summary>
/// Makes the demo tenant on the first start: people, a key, the preset pipelines, and a team's work of the last weeks. A first start that is
/// cut short at any moment is finished by the next one.
/// </summary>
internal static class DemoData
{
    public const string Tenant = "demo";

    private const string WelcomeSecret = "demo-welcome";
    private const string PlanSecret = "demo-plan";
    private const string TeamSecret = "demo-team";
    private const string ToldSecret = "demo-told";

    /// <summary>Seeds the demo tenant unless it is there already or not wanted. To be done before anything works by itself.</summary>
    /// <returns>How to sign in, or null without a demo tenant.</returns>
    public static async Task<DemoWelcome?> SeedAsync(CrmSilo silo, Credentials credentials, DemoSettings settings, CancellationToken cancel)
    {
        if (await ReadAsync(silo, WelcomeSecret, cancel) is [var password, var key])
        {
            if (!silo.Store.Tenants.Contains(Tenant))
            {
                // it was deleted, and is not to come back by itself
                return null;
            }

            await NameAsync(silo, at: null, cancel);
            return new(DemoSetup.AdminLogin, DemoSetup.SalesLogin, password, key);
        }

        if (!settings.IsWanted)
        {
            return null;
        }

        var tenant = TenantInfo.Of(Tenant, null);
        var plan = await PlanAsync(silo, settings, cancel);
        var calendar = new DemoCalendar(tenant, plan.Scale.Now);
        await NameAsync(silo, plan.IsBare ? plan.Scale.Now : calendar.Start, cancel);
        if (await TeamAsync(silo, credentials, plan, calendar, cancel) is { } team)
        {
            var told = await ReadAsync(silo, ToldSecret, cancel) is [var steps] ? Number(steps) : 0;
            var telling = new DemoTelling(silo, calendar, told, count => WriteAsync(silo, ToldSecret, [Text(count)], cancel));
            await telling.TellAsync(new DemoStories(plan.Scale, calendar, team).Tell(), Print, cancel);
            await SetTargetsAsync(silo, tenant.DayOf(plan.Scale.Now), team, cancel);
        }

        await WriteAsync(silo, WelcomeSecret, [plan.Password, plan.Key], cancel);
        return new(DemoSetup.AdminLogin, DemoSetup.SalesLogin, plan.Password, plan.Key);
    }

    /// <summary>What to seed: decided once, so that a first start that was cut short is finished and not begun anew.</summary>
    private static async Task<DemoPlan> PlanAsync(CrmSilo silo, DemoSettings settings, CancellationToken cancel)
    {
        if (await ReadAsync(silo, PlanSecret, cancel) is [var password, var key, var leads, var opportunities, var now])
        {
            return new(password, key, new((int)Number(leads), (int)Number(opportunities), DateTimeOffset.FromUnixTimeMilliseconds(Number(now))));
        }

        var plan = new DemoPlan(settings.Password ?? Made(9), settings.ApiKey ?? Made(32), new(settings.Leads, settings.Opportunities, silo.Time.GetUtcNow()));
        await WriteAsync(silo, PlanSecret, [plan.Password, plan.Key, Text(plan.Scale.Leads), Text(plan.Scale.Opportunities), Text(plan.Scale.Now.ToUnixTimeMilliseconds())], cancel);
        return plan;
    }

    /// <summary>The team, made unless it is known: once work is told of, the ids of the commands that made it may be forgotten.</summary>
    private static async Task<DemoTeam?> TeamAsync(CrmSilo silo, Credentials credentials, DemoPlan plan, DemoCalendar calendar, CancellationToken cancel)
    {
        if (await ReadAsync(silo, TeamSecret, cancel) is [var manager, var marketing, .. var sellers])
        {
            return new(PersonOf(manager), PersonOf(marketing), [.. sellers.Select(PersonOf)]);
        }

        var team = await new DemoSetup(silo, credentials, plan, plan.IsBare ? plan.Scale.Now : calendar.Start).MakeAsync(cancel);
        if (team is not null)
        {
            await WriteAsync(silo, TeamSecret, [.. team.Sellers.Prepend(team.Marketing).Prepend(team.Manager).Select(LineOf)], cancel);
        }

        return team;
    }

    /// <summary>Gives this month targets a little above what is likely to come in.</summary>
    private static async Task SetTargetsAsync(CrmSilo silo, DateOnly today, DemoTeam team, CancellationToken cancel)
    {
        var (system, month) = (Asker.System(Tenant), today.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        foreach (var pipeline in (string[])["simple", "complex", "project"])
        {
            foreach (var owner in team.Sellers.Select(seller => (Guid?)seller.Id).Prepend(null))
            {
                var funnel = await silo.Funnels.ReadAsync(system, new(pipeline, month, owner), cancel);
                if (funnel is not { Funnel.Weighted: > 0 and var weighted })
                {
                    continue;
                }

                var command = new TargetCommand.Set(pipeline, month, new(Math.Ceiling(weighted * 1.25m / 10_000) * 10_000, "CNY"), owner);
                var answer = await silo.Commands.TellAsync(system, "target", FunnelDesk.TargetId(Tenant, pipeline, month, owner).Key, command, new(SenderKind.System, Trusted: true), cancel);
                if (answer.Refusal is { } refusal)
                {
                    throw new DemoDataException($"A target could not be set: {refusal.Sentence}");
                }
            }
        }
    }

    private static void Print(int percent) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  making sample data ... {percent} %"));

    private static string LineOf(DemoPerson person) => $"{person.Id}|{person.Name}|{person.Role}|{person.Region}";

    private static DemoPerson PersonOf(string line) => line.Split('|') is [var id, var name, var role, var region]
        ? new(Guid.Parse(id), name, role, region.Length == 0 ? null : region)
        : throw new DemoDataException("The demo tenant's team cannot be read.");

    private static async Task<string[]?> ReadAsync(CrmSilo silo, string secret, CancellationToken cancel) =>
        await silo.Store.ReadSecretAsync(secret, cancel) is { } lines ? Encoding.UTF8.GetString(lines).Split('\n') : null;

    private static Task WriteAsync(CrmSilo silo, string secret, string[] lines, CancellationToken cancel) =>
        silo.Store.WriteSecretAsync(secret, Encoding.UTF8.GetBytes(string.Join('\n', lines)), cancel);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Gives the tenant its name; one that has one keeps it.</summary>
    /// <param name="at">Before all its work, for the journal goes forward in time; null for now.</param>
    private static async Task NameAsync(CrmSilo silo, DateTimeOffset? at, CancellationToken cancel) => await silo.Commands.TellAsync(
        Asker.System(Tenant), "tenant", TenantDirectory.GrainOf(Tenant).Key, new TenantCommand.Open("示例公司 Demo", "CNY", "Asia/Shanghai", "zh-CN"), new(SenderKind.System, Trusted: true, Now: at), cancel);

    private static string Made(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
