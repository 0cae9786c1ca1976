using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Grains.Pipelines;
using Crm.Grains.Targets;
using Crm.Silo.Commands;
using Crm.Silo.Funnel;
using Crm.Silo.Hosting;
using Crm.Silo.Pipelines;
using Crm.Web.Http;

namespace Crm.Web.Pipelines;

/// <param name="Month">Such as <c>2026-11</c>.</param>
/// <param name="OwnerId">Null is the whole team.</param>
public sealed record TargetBody(string Pipeline, string Month, Money Amount, Guid? OwnerId = null);

public static class PipelineEndpoints
{
    private const string Kind = "pipeline";
    private static readonly Refusal NoSuchPipeline = PipelineRefusals.NotFound;

    extension(IEndpointRouteBuilder routes)
    {
        public void MapPipelines()
        {
            var pipelines = routes.MapGroup("/api/pipelines").WithTags("Pipelines");
            pipelines.MapRead("", ListAsync).Needs(Kind, "read");
            pipelines.MapRead("/{key}", FindAsync).Needs(Kind, "read");
            pipelines.MapPost("", (RequestDelegate)CreateAsync).DescribeCommand<PipelineCommand.Create>("create", 201).Needs(Kind, "create");
            MapStageVerb<PipelineCommand.Rename>(pipelines, "rename");
            MapStageVerb<PipelineCommand.AddStage>(pipelines, "add-stage");
            MapStageVerb<PipelineCommand.RenameStage>(pipelines, "rename-stage");
            MapStageVerb<PipelineCommand.RateStage>(pipelines, "rate-stage");
            MapStageVerb<PipelineCommand.ReorderStages>(pipelines, "reorder-stages", needsVersion: true);
            MapStageVerb<PipelineCommand.RetireStage>(pipelines, "retire-stage");
            MapStageVerb<PipelineCommand.RestoreStage>(pipelines, "restore-stage");
            MapStageVerb<PipelineCommand.Retire>(pipelines, "retire", mayBeEmpty: true);
            MapStageVerb<PipelineCommand.Restore>(pipelines, "restore", mayBeEmpty: true);

            var targets = routes.MapGroup("/api/targets").WithTags("Targets");
            targets.MapRead("", ListTargetsAsync).Needs("target", "read");
            targets.MapPut("", (RequestDelegate)SetTargetAsync).DescribeCommand<TargetBody>("set", 200).Needs("target", "set");
        }
    }

    private static void MapStageVerb<TCommand>(RouteGroupBuilder pipelines, string verb, bool mayBeEmpty = false, bool needsVersion = false) where TCommand : class =>
        pipelines.MapPost($"/{{key}}/{verb}", (RequestDelegate)(http => TellAsync<TCommand>(http, mayBeEmpty, needsVersion))).DescribeCommand<TCommand>(verb, 200).Needs(Kind, verb);

    private static async Task TellAsync<TCommand>(HttpContext http, bool mayBeEmpty, bool needsVersion) where TCommand : class
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var type = WebJson.Strict.TypeInfo<TCommand>();
        var body = await JsonBody.ReadAsync(http, type, mayBeEmpty, http.RequestAborted);
        Sending sending = default;
        var key = (string)http.GetRouteValue("key")!; // the route has it
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)
            ?? (needsVersion && sending.ExpectedVersion is null ? Refusal.Invalid("precondition-required", "This changes the whole order: send If-Match with the version you saw.") : null)
            ?? (await silo.Pipelines.FindAsync(http.Caller.Asker.Tenant, key, http.RequestAborted) is null ? NoSuchPipeline : null);
        await AnswerAsync(http, silo, Kind, PipelineDirectory.IdOf(http.Caller.Asker.Tenant, key).Key, refusal, body.Value ?? (mayBeEmpty ? JsonSerializer.Deserialize("{}"u8, type) : null), sending, 200);
    }

    private static async Task CreateAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<PipelineCommand.Create>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var tenant = http.Caller.Asker.Tenant;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)
            ?? (await silo.Pipelines.FindAsync(tenant, body.Value!.Key, http.RequestAborted) is { } existing // no refusal, so a body
                && (sending.CommandId is not { } commandId || await silo.Store.FindHandledAsync(tenant, commandId, http.RequestAborted) is null)
                    ? PipelineRefusals.KeyTaken with { Existing = existing.Id }
                    : null);
        await AnswerAsync(http, silo, Kind, PipelineDirectory.IdOf(tenant, body.Value?.Key ?? "").Key, refusal, body.Value, sending, 201);
    }

    private static async Task SetTargetAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<TargetBody>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var asker = http.Caller.Asker;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)
            ?? (await silo.Pipelines.FindAsync(asker.Tenant, body.Value!.Pipeline, http.RequestAborted) is null // no refusal, so a body
                ? Refusal.Invalid("pipeline-unknown", "There is no such pipeline.", "pipeline")
                : null)
            ?? await People.UserNames.CheckOwnerAsync(silo, asker, body.Value.OwnerId, http.RequestAborted);
        var target = body.Value;
        var id = target is null ? default : FunnelDesk.TargetId(asker.Tenant, target.Pipeline, target.Month, target.OwnerId).Key;
        var command = target is null ? null : new TargetCommand.Set(target.Pipeline, target.Month, target.Amount.Or(silo.Tenants.Find(asker.Tenant).Currency), target.OwnerId);
        await AnswerAsync(http, silo, "target", id, refusal, command, sending, 200);
    }

    private static async Task AnswerAsync(HttpContext http, CrmSilo silo, string kind, Guid id, Refusal? refusal, object? command, Sending sending, int status)
    {
        var answer = refusal is null ? await silo.Commands.TellAsync(http.Caller.Asker, kind, id, command!, sending, http.RequestAborted) : Answer.Refused(id, refusal); // no refusal, so a command
        await (answer.Refusal is { } no
            ? Problems.WriteAsync(http, Problems.StatusOf(no), no)
            : CommandRequest.WriteAsync(http, status, answer));
    }

    private static async Task ListAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var answer = await silo.Cards.ListPipelinesAsync(http.Caller.Asker, silo.Slices.OfKind(Kind), http.RequestAborted);
        await WriteItemsAsync(http, answer.Items);
    }

    private static async Task FindAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var id = PipelineDirectory.IdOf(http.Caller.Asker.Tenant, (string)http.GetRouteValue("key")!).Key; // the route has it
        if (await silo.Cards.FindPipelineAsync(http.Caller.Asker, silo.Slices.OfKind(Kind), id, http.RequestAborted) is { } card)
        {
            await Records.WriteJsonAsync(http, card);
        }
        else
        {
            await Problems.WriteAsync(http, 404, NoSuchPipeline);
        }
    }

    private static async Task ListTargetsAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (Records.CheckQuery(http, ["pipeline", "month"]) is { } refusal)
        {
            await Problems.WriteAsync(http, 400, refusal);
            return;
        }

        var parts = new List<string>();
        foreach (var key in (ReadOnlySpan<string>)["pipeline", "month"])
        {
            if (http.Request.Query[key] is [{ } value])
            {
                parts.Add($"{key} eq {JsonSerializer.Serialize(value, WebJson.Strict.TypeInfo<string>())}");
            }
        }

        var answer = await silo.Cards.ListAsync(http.Caller.Asker, silo.Slices.OfKind("target"), new(string.Join(" and ", parts), Limit: 200), http.RequestAborted);
        await WriteItemsAsync(http, answer.Items);
    }

    private static async Task WriteItemsAsync(HttpContext http, IEnumerable<byte[]> items)
    {
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in items)
        {
            writer.WriteRawValue(item, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
