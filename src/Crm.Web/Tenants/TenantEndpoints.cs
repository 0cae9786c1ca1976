using System.Text.Json;
using Crm.Grains.Attachments;
using Crm.Grains.Kernel;
using Crm.Grains.Tenants;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Tenants;
using Crm.Web.Http;

namespace Crm.Web.Tenants;

/// <param name="On">Whether the tenant works with the module.</param>
public sealed record ModuleBody(bool On);

/// <summary>A tenant's settings and modules, for its own administrators. Which tenant is said by the sign-in alone.</summary>
public static class TenantEndpoints
{
    private const string Kind = "tenant";

    private static readonly Refusal ModuleUnknown = Refusal.NotFound("There is no such module.");

    extension(IEndpointRouteBuilder routes)
    {
        public void MapTenant()
        {
            var tenant = routes.MapGroup("/api/tenant").WithTags("Tenant");
            tenant.MapRead("", ReadAsync).Needs(Kind, "read");
            tenant.MapRead("/timeline", TimelineAsync).Needs(Kind, "read");
            tenant.MapPost("/amend", (RequestDelegate)AmendAsync).DescribeCommand<TenantCommand.Amend>("amend", 200).Needs(Kind, "amend");
            tenant.MapPost("/modules/{module}", (RequestDelegate)SwitchAsync).DescribeCommand<ModuleBody>("switch-module", 200).Needs(Kind, "switch-module");
        }
    }

    private static async Task ReadAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var tenant = http.Caller.Asker.Tenant;
        var info = silo.Tenants.Find(tenant);
        var card = (await silo.TenantDesk.FindAsync(tenant, http.RequestAborted))?.Card;
        var off = (await silo.Access.OrganisationAsync(tenant, http.RequestAborted)).ModulesOff;
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteString("key"u8, info.Key);
        writer.WriteNumber("version"u8, card?.Version ?? 0);
        writer.WriteString("name"u8, info.Name);
        writer.WriteString("currency"u8, info.Currency);
        writer.WriteString("timeZone"u8, info.TimeZone.Id);
        writer.WriteString("locale"u8, info.Locale);
        WriteFiles(writer, await silo.FileRoom.ReadAsync(tenant, http.RequestAborted));
        writer.WriteStartArray("modules"u8);
        foreach (var module in ModuleCatalog.All)
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, module.Key);
            writer.WriteBoolean("on"u8, !off.Contains(module.Key));
            writer.WriteBoolean("switchedOff"u8, card?.ModulesOff.Contains(module.Key) == true);
            writer.WriteTexts("needs"u8, module.Needs);
            writer.WriteTexts("slices"u8, module.Slices);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes what the files of a tenant take and may take.</summary>
    internal static void WriteFiles(Utf8JsonWriter writer, FileUse use)
    {
        writer.WriteStartObject("files"u8);
        writer.WriteNumber("bytes"u8, use.Attached);
        writer.WriteNumber("removedBytes"u8, use.Removed);
        if (use.Limit is { } limit)
        {
            writer.WriteNumber("limitBytes"u8, limit);
        }
        else
        {
            writer.WriteNull("limitBytes"u8);
        }

        writer.WriteEndObject();
    }

    private static Task TimelineAsync(HttpContext http) => TimelineJson.AnswerAsync(http, TenantDirectory.GrainOf(http.Caller.Asker.Tenant));

    private static async Task AmendAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<TenantCommand.Amend>(), mayBeEmpty: false, http.RequestAborted);
        await TellAsync(http, body.Refusal, body.Fingerprint, () => body.Value!); // asked only without a refusal, so with a body
    }

    private static async Task SwitchAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<ModuleBody>(), mayBeEmpty: false, http.RequestAborted);
        var module = http.GetRouteValue("module") as string ?? "";
        await TellAsync(http, body.Refusal ?? (ModuleCatalog.Knows(module) ? null : ModuleUnknown), body.Fingerprint, () => new TenantCommand.SwitchModule(module, body.Value!.On)); // as above
    }

    private static async Task TellAsync(HttpContext http, Refusal? refusal, byte[] fingerprint, Func<TenantCommand> toCommand)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var grain = TenantDirectory.GrainOf(asker.Tenant);
        Sending sending = default;
        refusal ??= CommandRequest.Read(http, fingerprint, out sending);
        if (refusal is null)
        {
            await silo.TenantDesk.EnsureOpenAsync(asker.Tenant, http.RequestAborted);
        }

        var answer = refusal is null ? await silo.Commands.TellAsync(asker, Kind, grain.Key, toCommand(), sending, http.RequestAborted) : Answer.Refused(grain.Key, refusal);
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 200, answer));
    }
}
