using Crm.Grains.ApiKeys;
using Crm.Grains.Departments;
using Crm.Grains.Pipelines;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;
using Crm.Silo.Rights;
using Crm.Web.People;

namespace Crm.Web.Hosting.Demo;

/// <summary>Makes what the demo tenant's work needs before it begins: people in their departments, a key, pipelines. Done twice it is done once.</summary>
/// <param name="at">When it all was made.</param>
internal sealed class DemoSetup(CrmSilo silo, Credentials credentials, DemoPlan plan, DateTimeOffset at)
{
    public const string AdminLogin = "admin@demo";
    public const string SalesLogin = "sales@demo";

    private const string Company = "company";
    private const string SalesCentre = "sales";
    private const string Marketing = "marketing";

    private static readonly Desk Admin = new("管理员", AdminLogin, "admin");
    private static readonly Desk Sales = new("李销售", SalesLogin, "sales", "华东", "高级销售", "华东");
    private static readonly Desk Manager = new("张经理", "manager@demo", "sales-manager", SalesCentre, "销售总监");
    private static readonly Desk Marketer = new("吴婷", "marketing@demo", "marketing", Marketing, "市场专员");

    private static readonly Desk[] Colleagues =
    [
        new("陈静", "chen@demo", "sales", "华东", "销售", "华东"), new("王磊", "wang@demo", "sales", "华南", "销售", "华南"), new("赵敏", "zhao@demo", "sales", "华南", "销售", "华南"),
        new("刘洋", "liu@demo", "sales", "华北", "销售", "华北"), new("孙丽", "sun@demo", "sales", "华北", "销售", "华北"),
    ];


    private readonly Asker _system = Asker.System(DemoData.Tenant);

    /// <returns>Who works in the tenant; null when there is nothing to work on.</returns>
    public async Task<DemoTeam?> MakeAsync(CancellationToken cancel)
    {
        var team = plan.IsBare ? null : await HireAsync(cancel);
        await RegisterAsync(Admin, null, cancel);
        if (team is null)
        {
            await RegisterAsync(Sales with { Department = null, Position = null, Region = null }, null, cancel);
        }

        var key = await TellAsync("apikey", GrainId.NewKey(at), new ApiKeyCommand.Issue("demo", "admin"), "key", cancel);
        await credentials.IssueKeyAsync(new(DemoData.Tenant, key, "demo", "admin"), plan.Key, cancel);
        foreach (var (preset, name, nameEn) in PipelinePresets.Names)
        {
            await TellAsync("pipeline", PipelineDirectory.IdOf(DemoData.Tenant, preset).Key, new PipelineCommand.Create(preset, name, preset, NameEn: nameEn), preset, cancel);
        }

        return team;
    }

    private async Task<DemoTeam> HireAsync(CancellationToken cancel)
    {
        await FoundAsync(Company, new("示例公司"), cancel);
        await FoundAsync(SalesCentre, new("销售中心", IdOf(Company)), cancel);
        await FoundAsync(Marketing, new("市场部", IdOf(Company)), cancel);
        foreach (var region in DemoWords.Regions)
        {
            await FoundAsync(region, new($"{region}销售部", IdOf(SalesCentre), Region: region), cancel);
        }

        var manager = await RegisterAsync(Manager, null, cancel);
        await TellAsync("department", IdOf(SalesCentre), new DepartmentCommand.Amend(ManagerId: new(manager.Id)), "manager", cancel);
        var marketer = await RegisterAsync(Marketer, null, cancel);
        var sellers = new List<DemoPerson>();
        foreach (var desk in Colleagues.Prepend(Sales))
        {
            sellers.Add(await RegisterAsync(desk, manager.Id, cancel));
        }

        return new(manager, marketer, sellers);
    }

    private Task FoundAsync(string department, DepartmentCommand.Create command, CancellationToken cancel) =>
        TellAsync("department", IdOf(department), command, $"department/{department}", cancel);

    private static Guid IdOf(string department) => GrainId.Named(DemoData.Tenant, "department", $"demo/{department}").Key;

    private async Task<DemoPerson> RegisterAsync(Desk desk, Guid? superior, CancellationToken cancel)
    {
        var body = new RegisterBody(desk.Name, desk.Login, plan.Password, desk.Role, null, desk.Department is { } department ? IdOf(department) : null, desk.Position, superior, desk.Region);
        var answer = await PeopleEndpoints.RegisterAsync(silo, credentials, _system, body, Once(desk.Login), cancel);
        return answer.Refusal is { } refusal
            ? throw new DemoDataException($"{desk.Login} could not be registered: {refusal.Sentence}")
            : new(answer.Id, desk.Name, desk.Role, desk.Region);
    }

    private async Task<Guid> TellAsync(string kind, Guid id, object command, string step, CancellationToken cancel)
    {
        var answer = await silo.Commands.TellAsync(_system, kind, id, command, Once(step), cancel);
        return answer.Refusal is { } refusal ? throw new DemoDataException($"The demo tenant's {kind} could not be made: {refusal.Sentence}") : answer.Id;
    }

    private Sending Once(string step) => new(SenderKind.System, $"demo/{step}", Trusted: true, Now: at);

    private sealed record Desk(string Name, string Login, string Role, string? Department = null, string? Position = null, string? Region = null);
}
