using System.Text.Json.Serialization;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Grains.Opportunities;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Audit;
using Crm.Web.Exports;
using Crm.Web.Files;
using Crm.Web.Http;
using Crm.Web.Opportunities;
using Crm.Web.Privacy;
using Crm.Web.Rights;
using Crm.Web.Tenants;

namespace Crm.Web.Leads;

/// <param name="CustomerId">An existing customer to join; default: one of the lead's company or mobile if there is one, else a new one.</param>
/// <param name="Opportunity">None: only a customer and a contact come of it.</param>
/// <param name="KeepStep">Whether the lead's planned step becomes the opportunity's. A step that no opportunity takes over has to be ended with false.</param>
public sealed record ConvertBody(Guid? CustomerId = null, ConvertOpportunityBody? Opportunity = null, bool KeepStep = true);

/// <param name="Stage">Default: the first of the pipeline.</param>
public sealed record ConvertOpportunityBody(
    string Name, string Pipeline, Money Amount, [property: JsonConverter(typeof(CodeConverter))] string? Stage = null, DateOnly? ExpectedCloseOn = null);

/// <param name="Ids">1 to 1,000 leads.</param>
/// <param name="OwnerId">Null gives them back to nobody.</param>
public sealed record BulkAssignBody(IReadOnlyList<Guid> Ids, Guid? OwnerId);

public static class LeadEndpoints
{
    private const int LargestBatch = 1_000;

    /// <summary>How long a conversion is waited for before it is answered as still under way.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly Refusal Pending = Refusal.Conflict("conversion-pending", "The lead is converted; its customer, contact and opportunity are still being made.");

    extension(IEndpointRouteBuilder routes)
    {
        public void MapLeads()
        {
            var leads = routes.MapGroup("/api/leads").WithTags("Leads");
            leads.MapReads("lead");
            leads.MapShares("lead");
            leads.MapFiles("lead");
            leads.MapExport("lead");
            leads.MapRestore("lead");
            leads.MapPrivacy("lead");
            leads.MapPost("", (RequestDelegate)CaptureAsync).DescribeCommand<LeadCommand.Capture>("capture", 201).Needs("lead", "create");
            leads.MapPost("/assign", (RequestDelegate)AssignManyAsync).DescribeCommand<BulkAssignBody>("assign-many", 200).Needs("lead", "assign");
            leads.MapPost("/{id}/convert", (RequestDelegate)ConvertAsync).DescribeCommand<ConvertBody>("convert", 200).Needs("lead", "convert").PartOf("customers");
            leads.MapVerb<LeadCommand.Amend>("lead", "amend");
            leads.MapVerb<LeadCommand.Assign>("lead", "assign", OwnerExistsAsync);
            leads.MapVerb<ActivityDraft>("lead", "log-activity", activity => new LeadCommand.LogActivity(activity));
            leads.MapVerb<Step>("lead", "plan-step", step => new LeadCommand.PlanStep(step));
            leads.MapVerb<LeadCommand.CompleteStep>("lead", "complete-step", mayBeEmpty: true);
            leads.MapVerb<LeadCommand.Qualify>("lead", "qualify", mayBeEmpty: true);
            leads.MapVerb<LeadCommand.RuleOut>("lead", "rule-out");
            leads.MapVerb<LeadCommand.Reopen>("lead", "reopen", mayBeEmpty: true);
        }
    }

    private static async Task CaptureAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<LeadCommand.Capture>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var refusal = body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)
            ?? await People.UserNames.CheckOwnerAsync(silo, asker, body.Value?.OwnerId, http.RequestAborted);
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var capture = body.Value!; // no refusal, so a body
        // what a salesperson types in is that person's own
        capture = capture.OwnerId is not null || !silo.Access.Of(asker).OwnsWhatIsMade(silo.Slices.OfKind("lead").Slice) ? capture : capture with { OwnerId = asker.Id };
        var (answer, isDuplicate) = await silo.Leads.CaptureAsync(asker, capture, GrainId.NewKey(silo.Time.GetUtcNow()), sending with { ExpectedVersion = null }, http.RequestAborted);
        await (answer.Refusal is { } refused
            ? Problems.WriteAsync(http, Problems.StatusOf(refused), refused)
            : CommandRequest.WriteAsync(http, isDuplicate ? 200 : 201, answer, isDuplicate ? ",\"duplicate\":true" : null));
    }

    private static async Task ConvertAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<ConvertBody>(), mayBeEmpty: true, http.RequestAborted);
        Sending sending = default;
        var refusal = (CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid) ?? body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var gathered = refusal is null ? await GatherConversionAsync(silo, asker, id, body.Value ?? new(), http.RequestAborted) : refusal;
        if (gathered.Refusal is { } no)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(no), no);
            return;
        }

        var answer = await silo.Commands.TellAsync(asker, "lead", id, gathered.Command!, sending, http.RequestAborted); // no refusal, so a command
        if (answer.Refusal is { } refused)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refused), refused);
            return;
        }

        await WaitForConversionAsync(silo, asker.Tenant, answer.Position, http.RequestAborted);
        var system = Asker.System(asker.Tenant);
        var lead = await silo.Leads.FindAsync(system, id, http.RequestAborted);
        // a step that failed (a full disk, say) is tried again later: until then the records have no final names to answer with
        var isMade = lead is { ContactId: { } contact } && await silo.Cards.FindAsync(system, silo.Slices.OfKind("contact"), contact, http.RequestAborted) is not null
            && (lead.OpportunityId is not { } made || await silo.Cards.FindAsync(system, silo.Slices.OfKind("opportunity"), made, http.RequestAborted) is not null);
        if (!isMade)
        {
            await Problems.WriteAsync(http, 503, Pending);
            return;
        }

        var opportunity = lead?.OpportunityId is { } opportunityId ? $"\"{opportunityId}\"" : "null";
        await CommandRequest.WriteAsync(http, 200, answer, $",\"customerId\":\"{lead?.CustomerId}\",\"contactId\":\"{lead?.ContactId}\",\"opportunityId\":{opportunity}");
    }

    /// <summary>Waits until a conversion has been taken further, or for as long as a caller can be kept waiting.</summary>
    private static async Task WaitForConversionAsync(CrmSilo silo, string tenant, long position, CancellationToken aborted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(LongestWait);
        try
        {
            await silo.Conversion.ReachedAsync(tenant, position, patience.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            // a disk that takes nothing stops the reaction as well: waiting on would keep the server from ending
        }
    }

    private static async ValueTask<Gathered> GatherConversionAsync(CrmSilo silo, Asker asker, Guid id, ConvertBody body, CancellationToken cancel)
    {
        if (await silo.Leads.FindAsync(asker, id, cancel) is not { } lead)
        {
            return AccessPolicy.NotFound;
        }

        ConvertedOpportunity? opportunity = null;
        if (body.Opportunity is { } wanted)
        {
            var (stage, wrong) = await StageLookup.FindAsync(silo, asker.Tenant, wanted.Pipeline, wanted.Stage, "opportunity.", cancel);
            if (wrong is not null)
            {
                return wrong;
            }

            var amount = wanted.Amount.Or(silo.Tenants.Find(asker.Tenant).Currency);
            // as if it were made by hand: what the role may not fill in there is not filled in on the way
            if (silo.Access.Of(asker).MayFill(silo.Slices.OfKind("opportunity").Slice, new OpportunityCommand.Create(wanted.Name, stage, amount, default, ExpectedCloseOn: wanted.ExpectedCloseOn)) is { } forbidden)
            {
                return forbidden with { Field = $"opportunity.{forbidden.Field}" };
            }

            opportunity = new(wanted.Name, wanted.Pipeline, stage.Key, stage.WinRate, amount, wanted.ExpectedCloseOn);
        }

        if (body.CustomerId is { } chosen && await silo.Cards.FindAsync(asker, silo.Slices.OfKind("customer"), chosen, cancel) is null)
        {
            return Refusal.Invalid("reference-not-found", "There is no such customer.", "customerId");
        }

        var known = body.CustomerId ?? await silo.Leads.FindCustomerAsync(asker, lead, cancel);
        var now = silo.Time.GetUtcNow();
        return Gathered.Of(new LeadCommand.Convert(
            known ?? GrainId.NewKey(now), known is null, GrainId.NewKey(now), opportunity is null ? null : GrainId.NewKey(now), opportunity, body.KeepStep));
    }

    private static async Task AssignManyAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<BulkAssignBody>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var refusal = (http.Request.Headers.ContainsKey("Idempotency-Key")
                ? null
                : Refusal.Invalid("idempotency-key-required", "A batch is sent again when its answer is lost: send an Idempotency-Key."))
            ?? body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)
            ?? body.Value!.Ids.Count switch // no refusal, so a body
            {
                0 => Refusal.Invalid("batch-empty", "Name at least one lead.", "ids"),
                > LargestBatch => Refusal.Invalid("batch-too-large", $"At most {LargestBatch:N0} leads at once.", "ids"),
                _ => null,
            }
            ?? await People.UserNames.CheckOwnerAsync(silo, asker, body.Value!.OwnerId, http.RequestAborted)
            ?? await CheckKeyAsync(silo, asker, body.Value.Ids, sending, http.RequestAborted);
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var assign = new LeadCommand.Assign(body.Value!.OwnerId); // no refusal, so a body
        var answers = await Task.WhenAll(body.Value.Ids.Distinct().Select(id =>
            silo.Commands.TellAsync(asker, "lead", id, assign, sending with { CommandId = CommandIdOf(sending, id), ExpectedVersion = null }, http.RequestAborted).AsTask()));
        await using var writer = new System.Text.Json.Utf8JsonWriter(http.Response.BodyWriter, Records.WriterOptions);
        http.Response.ContentType = "application/json; charset=utf-8";
        writer.WriteStartObject();
        writer.WriteStartArray("results"u8);
        foreach (var answer in answers)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, answer.Id);
            if (answer.Refusal is { } refused)
            {
                writer.WriteString("code"u8, refused.Code);
            }
            else
            {
                writer.WriteNumber("version"u8, answer.Version);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A key that was used for another batch is refused before anything of this one is done.</summary>
    private static async ValueTask<Refusal?> CheckKeyAsync(CrmSilo silo, Asker asker, IReadOnlyList<Guid> ids, Sending sending, CancellationToken cancel)
    {
        foreach (var id in ids)
        {
            if (await silo.Store.FindHandledAsync(asker.Tenant, CommandIdOf(sending, id), cancel) is { } handled && !handled.Fingerprint.AsSpan().SequenceEqual(sending.Fingerprint))
            {
                return Refusal.Invalid("idempotency-key-reused", "This Idempotency-Key was used for another request.");
            }
        }

        return null;
    }

    private static string CommandIdOf(Sending sending, Guid id) => $"{sending.CommandId}/{id:N}";

    private static async ValueTask<Gathered> OwnerExistsAsync(CrmSilo silo, Asker asker, Guid id, LeadCommand.Assign assign, CancellationToken cancel) =>
        await People.UserNames.CheckOwnerAsync(silo, asker, assign.OwnerId, cancel) is { } wrong ? wrong : Gathered.Of(assign);
}
