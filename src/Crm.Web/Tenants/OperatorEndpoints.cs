using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.Tenants;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Tenants;
using Crm.Web.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Crm.Web.Tenants;

/// <param name="Key">1 to 40 of a-z, 0-9 and <c>-</c>; it cannot be changed.</param>
/// <param name="Currency">Default: CNY.</param>
/// <param name="TimeZone">Default: Asia/Shanghai.</param>
/// <param name="Locale">Default: zh-CN.</param>
/// <param name="FileMegabytes">See <see cref="LimitFilesBody"/>.</param>
public sealed record OpenTenantBody(
    string Key,
    string Name,
    FirstAdmin Admin,
    [property: JsonConverter(typeof(CodeConverter))] string? Currency = null,
    string? TimeZone = null,
    [property: JsonConverter(typeof(CodeConverter))] string? Locale = null,
    int? FileMegabytes = null);

/// <param name="Megabytes">How much the tenant's files may take, in MB of 1,048,576 bytes; 0 for no limit, null for what the server's settings say.</param>
public sealed record LimitFilesBody(int? Megabytes);

/// <param name="Reason">For people.</param>
public sealed record SuspendTenantBody(string? Reason = null);

/// <param name="Name">The tenant's name, typed again.</param>
public sealed record DeleteTenantBody(string Name);

/// <summary>What the operator of the server does to tenants. With the operator's key; no user of any tenant gets in.</summary>
public static class OperatorEndpoints
{
    extension(IEndpointRouteBuilder routes)
    {
        public void MapOperator()
        {
            var tenants = routes.MapGroup("/api/operator/tenants").WithTags("Operator").AllowAnonymous();
            tenants.MapRead("", Guarded(ListAsync));
            tenants.MapPost("", Guarded(OpenAsync)).DescribeCommand<OpenTenantBody>("open", 201);
            tenants.MapRead("/{key}", Guarded(FindAsync));
            tenants.MapRead("/{key}/export", Guarded(ExportAsync));
            tenants.MapPost("/{key}/limit-files", Guarded(LimitFilesAsync)).DescribeCommand<LimitFilesBody>("limit-files", 200);
            tenants.MapPost("/{key}/suspend", Guarded(SuspendAsync)).DescribeCommand<SuspendTenantBody>("suspend", 200);
            tenants.MapPost("/{key}/resume", Guarded(ResumeAsync)).DescribeCommand<EmptyBody>("resume", 200);
            tenants.MapPost("/{key}/delete", Guarded(DeleteAsync)).DescribeCommand<DeleteTenantBody>("delete", 200);
        }
    }

    private static RequestDelegate Guarded(RequestDelegate handler) => async http =>
    {
        if (await http.RequestServices.GetRequiredService<OperatorDoor>().OpensAsync(http))
        {
            await handler(http);
        }
    };

    private static string KeyOf(HttpContext http) => http.GetRouteValue("key") as string ?? "";

    private static async Task ListAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var all = await silo.TenantDesk.ListAsync(http.RequestAborted);
        await JsonAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartArray("items"u8);
            foreach (var tenant in all)
            {
                Write(writer, tenant);
            }

            writer.WriteEndArray();
        });
    }

    private static async Task FindAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        await (await silo.TenantDesk.FindAsync(KeyOf(http), http.RequestAborted) is { } tenant
            ? JsonAnswer.WriteAsync(http, 200, writer => WriteMembers(writer, tenant))
            : RefuseAsync(http, TenantRefusals.NotFound));
    }

    private static async Task OpenAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<OpenTenantBody>(), mayBeEmpty: false, http.RequestAborted);
        if (body.Refusal is { } malformed)
        {
            await RefuseAsync(http, malformed);
            return;
        }

        var wish = body.Value!; // no refusal, so a body
        var command = new TenantCommand.Open(wish.Name, wish.Currency ?? "CNY", wish.TimeZone ?? "Asia/Shanghai", wish.Locale ?? "zh-CN");
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var (password, refusal) = await TenantSetup.CreateAsync(silo, http.RequestServices.GetRequiredService<Credentials>(), wish.Key, command, wish.Admin, wish.FileMegabytes, http.RequestAborted);
        await (refusal is { } no ? RefuseAsync(http, no) : JsonAnswer.WriteAsync(http, 201, writer =>
        {
            writer.WriteString("key"u8, wish.Key);
            writer.WriteStartObject("admin"u8);
            writer.WriteString("login"u8, wish.Admin.Login);
            writer.WriteString("password"u8, password);
            writer.WriteEndObject();
        }));
    }

    private static async Task LimitFilesAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<LimitFilesBody>(), mayBeEmpty: false, http.RequestAborted);
        await ChangeAsync(http, body.Refusal, (silo, key) => silo.TenantDesk.LimitFilesAsync(key, body.Value!.Megabytes, http.RequestAborted)); // no refusal, so a body
    }

    private static async Task SuspendAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<SuspendTenantBody>(), mayBeEmpty: true, http.RequestAborted);
        await ChangeAsync(http, body.Refusal, (silo, key) => silo.TenantDesk.SuspendAsync(key, body.Value?.Reason, http.RequestAborted));
    }

    private static async Task ResumeAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<EmptyBody>(), mayBeEmpty: true, http.RequestAborted);
        await ChangeAsync(http, body.Refusal, (silo, key) => silo.TenantDesk.ResumeAsync(key, http.RequestAborted));
    }

    private static async Task DeleteAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<DeleteTenantBody>(), mayBeEmpty: false, http.RequestAborted);
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var refusal = body.Refusal
            ?? await TenantSetup.DeleteAsync(silo, http.RequestServices, KeyOf(http), body.Value!.Name, http.RequestAborted); // no refusal, so a body
        await (refusal is { } no ? RefuseAsync(http, no) : JsonAnswer.WriteAsync(http, 200, writer => writer.WriteBoolean("deleted"u8, true)));
    }

    private static async Task ExportAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (await silo.TenantDesk.FindAsync(KeyOf(http), http.RequestAborted) is not { } tenant)
        {
            await RefuseAsync(http, TenantRefusals.NotFound);
            return;
        }

        http.Response.ContentType = "application/zip";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{tenant.Info.Key}.zip\"";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            // the compressor writes the last bytes of each file without waiting; all the others it sends as they come
            http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            await TenantArchive.WriteAsync(silo.Store, tenant.Info, http.Response.Body, silo.Time.GetUtcNow(), http.RequestAborted);
        }
    }

    private static async Task ChangeAsync(HttpContext http, Refusal? refusal, Func<CrmSilo, string, ValueTask<Answer>> change)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var key = KeyOf(http);
        refusal ??= silo.Store.Tenants.Contains(key) ? null : TenantRefusals.NotFound;
        var answer = refusal is null ? await change(silo, key) : Answer.Refused(default, refusal);
        await (answer.Refusal is { } no ? RefuseAsync(http, no) : FindAsync(http));
    }

    private static Task RefuseAsync(HttpContext http, Refusal refusal) => Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);

    private static void Write(Utf8JsonWriter writer, TenantOverview tenant)
    {
        writer.WriteStartObject();
        WriteMembers(writer, tenant);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, TenantOverview tenant)
    {
        writer.WriteString("key"u8, tenant.Info.Key);
        writer.WriteString("name"u8, tenant.Info.Name);
        writer.WriteString("currency"u8, tenant.Info.Currency);
        writer.WriteString("timeZone"u8, tenant.Info.TimeZone.Id);
        writer.WriteString("locale"u8, tenant.Info.Locale);
        writer.WriteString("status"u8, tenant.Info.IsSuspended ? "suspended" : "active");
        writer.WriteString("reason"u8, tenant.Card?.Reason);
        writer.WriteNumber("events"u8, tenant.Events);
        TenantEndpoints.WriteFiles(writer, tenant.Files);
    }
}
