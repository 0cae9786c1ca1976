using Crm.Web.Hosting;
using Crm.Web.Tenants;

if (args is ["verify" or "rebuild" or "move", ..])
{
    return await Maintenance.RunAsync(args);
}

if (args is ["tenant", ..])
{
    return await TenantCommandLine.RunAsync(args);
}

if (args is ["restore", ..])
{
    return await TenantCommandLine.RunAsync(["tenant", .. args]);
}

var builder = WebApplication.CreateBuilder(CrmApplication.OptionsOf(args));
var settings = builder.AddCrm();
var app = builder.Build();
return await app.RunCrmAsync(settings);
