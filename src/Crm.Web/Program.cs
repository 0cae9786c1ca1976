using Crm.Web.Hosting;
using Crm.Web.Tenants;

return await CannotStart.TellAsync(() => args switch
{
    ["verify" or "rebuild" or "move", ..] => Maintenance.RunAsync(args),
    ["tenant", ..] => TenantCommandLine.RunAsync(args),
    ["restore", ..] => TenantCommandLine.RunAsync(["tenant", .. args]),
    _ => ServeAsync(args),
});

static async Task<int> ServeAsync(string[] args)
{
    var builder = WebApplication.CreateBuilder(CrmApplication.OptionsOf(args));
    var settings = builder.AddCrm();
    var app = builder.Build();
    return await app.RunCrmAsync(settings);
}
