using Crm.Grains.CompanySignIns;
using Crm.Grains.Kernel;
using Crm.Silo.Commands;
using Crm.Silo.Rights;
using Crm.Web.Hosting;
using Crm.Web.Http;
using Crm.Web.People;

namespace Crm.Web.Session;

/// <param name="Issuer">The provider's address, under which it describes itself.</param>
/// <param name="ClientSecret">Left out, the one that is kept stays.</param>
public sealed record CompanySettingsBody(string Label, string Issuer, string ClientId, bool Enabled, string? ClientSecret = null);

/// <summary>How a tenant's people may sign in, for administrators.</summary>
public static class CompanySettingsEndpoints
{
    private const string Kind = "companysignin";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapCompanySettings()
        {
            var settings = routes.MapGroup("/api/company-sign-in").WithTags("Session");
            settings.MapRead("", ShowAsync).Needs(Kind, "set");
            settings.MapPut("", (RequestDelegate)SetAsync).DescribeCommand<CompanySettingsBody>("set", 200).Needs(Kind, "set");
        }
    }

    private static async Task ShowAsync(HttpContext http)
    {
        var tenant = http.Caller.Asker.Tenant;
        var known = await http.RequestServices.GetRequiredService<CompanyAccounts>().FindSettingsAsync(tenant, http.RequestAborted);
        var address = http.RequestServices.GetRequiredService<PublicAddress>();
        var mailServer = http.RequestServices.GetRequiredService<CrmSettings>().Smtp;
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteString("company"u8, tenant);
            writer.WriteNumber("version"u8, known?.Version ?? 0);
            writer.WriteString("label"u8, known?.Label ?? "");
            writer.WriteString("issuer"u8, known?.Issuer ?? "");
            writer.WriteString("clientId"u8, known?.ClientId ?? "");
            writer.WriteBoolean("enabled"u8, known?.Enabled ?? false);
            writer.WriteBoolean("hasSecret"u8, known?.HasSecret ?? false);
            writer.WriteString("redirectUri"u8, address.Base + CompanyAccounts.CallbackPath);
            writer.WriteString("mailServer"u8, mailServer?.Host);
        });
    }

    private static async Task SetAsync(HttpContext http)
    {
        var (silo, body, sending, refusal) = await PeopleEndpoints.ReadAsync<CompanySettingsBody>(http);
        var (asker, cancel) = (http.Caller.Asker, http.RequestAborted);
        var id = CompanyAccounts.SettingsOf(asker.Tenant);
        // who says which provider to believe can be anybody
        refusal ??= (await silo.Access.FindAsync(asker, cancel)).IsEverything ? null : AccessPolicy.Forbidden;
        refusal ??= Check.Line("clientSecret", body!.ClientSecret, 1_000); // no refusal, so a body
        var answer = refusal is null
            ? await silo.Commands.TellAsync(asker, Kind, id, new CompanySignInCommand.Set(body!.Label, body.Issuer, body.ClientId, body.Enabled), sending, cancel)
            : Answer.Refused(id, refusal);
        if (answer.Succeeded && body!.ClientSecret is { Length: > 0 } secret) // succeeded, so a body
        {
            await http.RequestServices.GetRequiredService<CompanyAccounts>().KeepSecretAsync(asker.Tenant, secret, cancel);
            answer = await silo.Commands.TellAsync(asker, Kind, id, new CompanySignInCommand.SetSecret(), sending with { CommandId = null, ExpectedVersion = null }, cancel);
        }

        var isReachable = answer.Succeeded && body!.Enabled && await http.RequestServices.GetRequiredService<CompanyAccounts>().CanReachAsync(body.Issuer.Trim(), cancel);
        await (answer.Succeeded ? CommandRequest.WriteAsync(http, 200, answer, $",\"reachable\":{(isReachable ? "true" : "false")}") : PeopleEndpoints.AnswerAsync(http, answer, 200));
    }
}
