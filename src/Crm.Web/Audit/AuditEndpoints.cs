using System.Globalization;
using Crm.Grains.Alerts;
using Crm.Grains.Kernel;
using Crm.Grains.Policies;
using Crm.Silo.Audit;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Imports.Files;
using Crm.Silo.Policies;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Audit;

/// <param name="Field">As on the card; <c>custom.x</c> for the custom field x.</param>
/// <param name="Version">The version whose value is wanted back.</param>
public sealed record RestoreBody(string Field, long Version);

public sealed record ReleaseBody(string? Note = null);

public static class AuditEndpoints
{
    private const string Log = "accesslog";

    /// <summary>Anchors that are listed; all are checked.</summary>
    private const int MostAnchors = 100;

    private static readonly string[] SearchKeys = ["person", "kind", "record", "type", "field", "from", "to", "cursor", "limit"];
    private static readonly string[] ReportKeys = ["from", "to", "format"];
    private static readonly string[] AnchorKeys = ["chain"];
    private static readonly string[] ReportColumns = ["topic", "item", "count", "people"];
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(400);

    extension(IEndpointRouteBuilder routes)
    {
        public void MapAudit()
        {
            var audit = routes.MapGroup("/api/audit").WithTags("Audit");
            audit.MapRead("", SearchAsync).Needs(Log, "read");
            audit.MapRead("/report", ReportAsync).Needs(Log, "read");
            audit.MapRead("/anchors", AnchorsAsync).Needs(Log, "read");

            var alerts = routes.MapGroup("/api/alerts").WithTags("Audit");
            alerts.MapReads("alert");
            alerts.MapVerb<ReleaseBody>("alert", "release", (_, asker, _, body, _) => ValueTask.FromResult(Gathered.Of(new AlertCommand.Release(body.Note, asker.Id))), mayBeEmpty: true);

            var policies = routes.MapGroup("/api/policies").WithTags("Audit");
            policies.MapRead("", FindPolicyAsync).Needs("policy", "read");
            policies.MapPut("", (RequestDelegate)SetPolicyAsync).DescribeCommand<PolicyLimits>("set-limits", 200).Needs("policy", "set-limits");
        }
    }

    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps bringing a field of a record back to an earlier value, by the record's own amending and all its checks.</summary>
        public void MapRestore(string kind) =>
            group.MapPost("/{id}/restore", (RequestDelegate)(http => RestoreAsync(http, kind))).DescribeCommand<RestoreBody>("restore", 200).Needs(kind, "amend");
    }

    private static async Task RestoreAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<RestoreBody>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var refusal = (CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid) ?? body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        object? command = null;
        if (refusal is null)
        {
            (command, refusal) = await silo.Audit.RestorationAsync(asker, silo.Slices.OfKind(kind), id, body.Value!.Field, body.Value.Version, http.RequestAborted); // no refusal, so a body
        }

        var answer = refusal is null
            ? await silo.Commands.TellAsync(asker, kind, id, command!, sending, http.RequestAborted) // no refusal, so a command
            : Answer.Refused(id, refusal);
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 200, answer));
    }

    private static async Task SearchAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var (query, refusal) = Read(http, silo);
        var page = query is null ? new AuditPage([], null, refusal) : await silo.Audit.SearchAsync(asker, query, http.RequestAborted);
        if (page.Refusal is { } no)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(no), no);
            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var (entry, slice) in page.Entries)
        {
            var title = await TitleAsync(silo, asker, slice, entry.Key, http.RequestAborted);
            writer.WriteStartObject();
            writer.WriteString("kind"u8, entry.Kind);
            writer.WriteString("recordId"u8, entry.Key);
            writer.WriteString("recordName"u8, title);
            writer.WriteBoolean("erased"u8, entry.Payload.Length == 0);
            writer.WritePropertyName("entry"u8);
            await TimelineJson.WriteAsync(writer, silo, asker, slice, entry, http.RequestAborted);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (page.Next is { } next)
        {
            writer.WriteString("next"u8, next.ToString(CultureInfo.InvariantCulture));
        }

        writer.WriteEndObject();
    }

    /// <summary>What a record is called, unless its name is none of the asker's business.</summary>
    private static async ValueTask<string?> TitleAsync(CrmSilo silo, Asker asker, ISliceBehaviour slice, Guid id, CancellationToken cancel)
    {
        if (silo.Access.Of(asker).Of(slice.Slice).Mask is { ConcealsAny: true } || await silo.Cards.FindAsync<object>(asker, slice, id, cancel) is not { } card)
        {
            return null;
        }

        return slice.Headline(card).Title is { Length: > 0 } title ? title : null;
    }

    private static (AuditQuery? Query, Refusal? Refusal) Read(HttpContext http, CrmSilo silo)
    {
        var query = http.Request.Query;
        var limit = Records.ReadLimit(query["limit"]);
        if ((Records.CheckQuery(http, SearchKeys) ?? Records.CheckLimit(limit)) is { } wrong)
        {
            return (null, wrong);
        }

        Guid? person = null, record = null;
        DateTimeOffset? from = null, to = null;
        long? below = null;
        var kind = Text(query["kind"]);
        if (kind is not null && !silo.Slices.TryFindKind(kind, out _))
        {
            return (null, Invalid("kind", "There is no such kind of record."));
        }

        if (!TryId(query["person"], ref person))
        {
            return (null, Invalid("person", "A person is named by an id."));
        }

        if (!TryId(query["record"], ref record))
        {
            return (null, Invalid("record", "A record is named by an id."));
        }

        if (!TryMoment(query["from"], ref from) || !TryMoment(query["to"], ref to))
        {
            return (null, Invalid("from", "A moment is written 2026-11-01T00:00:00Z."));
        }

        if (query["cursor"] is [{ } cursor])
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                return (null, Refusal.Invalid("cursor-invalid", "This cursor is not of this list.", "cursor"));
            }

            below = position;
        }

        return (new(person, kind, record, Text(query["type"]), from, to, Text(query["field"]), below, limit), null);
    }

    private static async Task ReportAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        DateTimeOffset? from = null, to = null;
        var format = Text(http.Request.Query["format"]) ?? "json";
        var refusal = Records.CheckQuery(http, ReportKeys)
            ?? (TryMoment(http.Request.Query["from"], ref from) && TryMoment(http.Request.Query["to"], ref to) ? null : Invalid("from", "A moment is written 2026-11-01T00:00:00Z."))
            ?? (format is "json" or "csv" ? null : Invalid("format", "Use one of: csv, json."));
        var end = to ?? silo.Time.GetUtcNow();
        var start = from ?? end - DefaultPeriod;
        refusal ??= start < end && end - start <= LongestPeriod ? null : Invalid("to", "A report is of at most 400 days, and ends after it begins.");
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var lines = await silo.Compliance.ReportAsync(http.Caller.Asker.Tenant, start, end, http.RequestAborted);
        if (format == "csv")
        {
            http.Response.ContentType = "text/csv; charset=utf-8";
            http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"compliance-{start.UtcDateTime:yyyy-MM-dd}-{end.UtcDateTime:yyyy-MM-dd}.csv\"");
            await using var csv = new CsvWriter(http.Response.Body);
            await csv.WriteRowAsync(ReportColumns, http.RequestAborted);
            foreach (var line in lines)
            {
                await csv.WriteRowAsync([line.Topic, line.Item, line.Count.ToString(CultureInfo.InvariantCulture), line.People.ToString(CultureInfo.InvariantCulture)], http.RequestAborted);
            }

            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteInstant("from"u8, start);
        writer.WriteInstant("to"u8, end);
        writer.WriteNumber("head"u8, silo.Store.HeadOf(http.Caller.Asker.Tenant));
        writer.WriteStartArray("lines"u8);
        foreach (var line in lines)
        {
            writer.WriteStartObject();
            writer.WriteString("topic"u8, line.Topic);
            writer.WriteString("item"u8, line.Item);
            writer.WriteNumber("count"u8, line.Count);
            writer.WriteNumber("people"u8, line.People);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Where the chain ended from time to time, as written down beside the journal, and whether it still goes through there.</summary>
    private static async Task AnchorsAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var (tenant, chain) = (http.Caller.Asker.Tenant, Text(http.Request.Query["chain"]) ?? "false");
        if ((Records.CheckQuery(http, AnchorKeys) ?? (chain is "true" or "false" ? null : Invalid("chain", "Use one of: false, true."))) is { } refusal)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var head = silo.Store.HeadOf(tenant);
        var fault = await silo.Anchors.VerifyAsync(tenant, isWhole: chain == "true", http.RequestAborted);
        var anchors = await silo.Anchors.ReadAsync(tenant, http.RequestAborted);
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteNumber("head"u8, head);
        writer.WriteNumber("count"u8, anchors.Count);
        writer.WriteBoolean("wholeChain"u8, chain == "true");
        writer.WritePropertyName("fault"u8);
        if (fault is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteNumber("position"u8, fault.Position);
            writer.WriteString("reason"u8, fault.Reason);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("items"u8);
        foreach (var anchor in anchors.Reverse().Take(MostAnchors))
        {
            writer.WriteStartObject();
            writer.WriteInstant("at"u8, anchor.At);
            writer.WriteNumber("position"u8, anchor.Position);
            writer.WriteString("hash"u8, anchor.Hash);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static async Task FindPolicyAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var card = await silo.Policies.FindAsync(http.Caller.Asker.Tenant, http.RequestAborted);
        await Records.WriteJsonAsync(http, silo.Slices.OfKind("policy").WriteCard(card));
    }

    private static async Task SetPolicyAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<PolicyLimits>(), mayBeEmpty: false, http.RequestAborted);
        Sending sending = default;
        var policy = PolicyDirectory.Of(asker.Tenant);
        var answer = (body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)) is { } refusal
            ? Answer.Refused(policy.Key, refusal)
            : await silo.Commands.TellAsync(asker, "policy", policy.Key, new PolicyCommand.SetLimits(body.Value!), sending, http.RequestAborted); // no refusal, so a body
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 200, answer));
    }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues values) => values is [{ Length: > 0 } text] ? text : null;

    private static Refusal Invalid(string field, string sentence) => Refusal.Invalid("query-invalid", sentence, field);

    private static bool TryId(Microsoft.Extensions.Primitives.StringValues values, ref Guid? id)
    {
        if (Text(values) is not { } text)
        {
            return true;
        }

        id = Guid.TryParseExact(text, "D", out var parsed) ? parsed : null;
        return id is not null;
    }

    private static bool TryMoment(Microsoft.Extensions.Primitives.StringValues values, ref DateTimeOffset? at)
    {
        if (Text(values) is not { } text)
        {
            return true;
        }

        at = text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) && parsed.Year is >= 1900 and <= 9998 ? parsed : null;
        return at is not null;
    }
}
