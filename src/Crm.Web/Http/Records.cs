using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Web.Http;

/// <summary>Reading of every slice: list, record, timeline.</summary>
public static class Records
{
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] ReadMethods = ["GET", "HEAD"];
    private static readonly string[] ListKeys = ["filter", "sort", "q", "fields", "cursor", "limit", "total"];
    private static readonly string[] TimelineKeys = ["limit", "cursor"];
    private static readonly Refusal CursorInvalid = Refusal.Invalid("cursor-invalid", "This cursor is not of this list.", "cursor");

    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps the reads of a slice.</summary>
        public void MapReads(string kind)
        {
            group.MapRead("", http => ListAsync(http, kind)).Needs(kind, "read");
            group.MapRead("/groups", http => RecordGroups.AnswerAsync(http, kind)).Needs(kind, "read");
            group.MapRead("/{id}", http => FindAsync(http, kind)).Needs(kind, "read");
            group.MapRead("/{id}/timeline", http => TimelineAsync(http, kind)).Needs(kind, "read");
        }

        /// <summary>Maps a GET that answers HEAD too.</summary>
        public IEndpointConventionBuilder MapRead(string pattern, RequestDelegate handler)
        {
            return group.MapMethods(pattern, ReadMethods, handler).Describe();
        }
    }

    /// <summary>Refuses query keys that the endpoint does not know; unknown ones are more often typos than wishes.</summary>
    internal static Refusal? CheckQuery(HttpContext http, ReadOnlySpan<string> known)
    {
        foreach (var (key, values) in http.Request.Query)
        {
            if (!known.Contains(key) || values.Count != 1)
            {
                return Refusal.Invalid("query-invalid", values.Count == 1 ? $"There is no query parameter '{key}' here." : $"The query parameter '{key}' is there twice.", key);
            }
        }

        return null;
    }

    internal static Refusal? CheckLimit(int limit) => limit is < 1 or > 200 ? Refusal.Invalid("paging-invalid", "A page has 1 to 200 items.", "limit") : null;

    internal static async Task WriteJsonAsync(HttpContext http, byte[] json)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(json, http.RequestAborted);
        }
    }

    private static async Task ListAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var query = http.Request.Query;
        var limit = ReadLimit(query["limit"]);
        var refusal = CheckQuery(http, ListKeys);
        var request = new ListRequest(query["filter"], query["sort"], query["q"], query["fields"], query["cursor"], limit, query["total"] == "true");
        var answer = refusal is null ? await silo.Cards.ListAsync(http.Caller.Asker, silo.Slices.OfKind(kind), request, http.RequestAborted) : new ListAnswer([], null, null, refusal);
        if (answer.Refusal is { } no)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(no), no);
            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in answer.Items)
        {
            writer.WriteRawValue(item, skipInputValidation: true);
        }

        writer.WriteEndArray();
        if (answer.Next is { } next)
        {
            writer.WriteString("next"u8, next);
        }

        if (answer.Total is { } total)
        {
            writer.WriteNumber("total"u8, total);
        }

        writer.WriteEndObject();
    }

    private static async Task FindAsync(HttpContext http, string kind)
    {
        if (!CommandRequest.TryReadId(http, out var id))
        {
            await Problems.WriteAsync(http, 400, CommandRequest.IdInvalid);
            return;
        }

        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (await silo.Cards.FindAsync(http.Caller.Asker, silo.Slices.OfKind(kind), id, http.RequestAborted) is { } card)
        {
            await WriteJsonAsync(http, card);
        }
        else
        {
            await Problems.WriteAsync(http, 404, Crm.Silo.Rights.AccessPolicy.NotFound);
        }
    }

    private static async Task TimelineAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var slice = silo.Slices.OfKind(kind);
        var limit = ReadLimit(http.Request.Query["limit"]);
        var isCursor = TimelinePlace.TryRead(http.Request.Query["cursor"], out var place);
        Guid id = default;
        var refusal = CheckQuery(http, TimelineKeys)
            ?? (CommandRequest.TryReadId(http, out id) ? null : CommandRequest.IdInvalid)
            ?? CheckLimit(limit)
            ?? (isCursor ? null : CursorInvalid);
        if (refusal is not null)
        {
            await Problems.WriteAsync(http, 400, refusal);
            return;
        }

        // one more than is shown, to know whether there is more
        if (await silo.Cards.HistoryAsync(http.Caller.Asker, slice, id, place.Own == 0 ? null : place.Own, place.Own == 0 ? 1 : limit + 1, http.RequestAborted) is not { } entries)
        {
            await Problems.WriteAsync(http, 404, Crm.Silo.Rights.AccessPolicy.NotFound);
            return;
        }

        var own = place.IsOwnOver ? [] : entries;
        if (place.Own is not null and not 0 && (own.Count == 0 || own[0].Position != place.Own))
        {
            await Problems.WriteAsync(http, 400, CursorInvalid);
            return;
        }

        var ofFiles = await silo.Files.HistoryAsync(http.Caller.Asker.Tenant, kind, id, place.From ?? long.MaxValue, limit + 1, http.RequestAborted);
        var merged = own.Concat(ofFiles).OrderByDescending(entry => entry.Position).Take(limit + 1).ToList();
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var entry in merged.Take(limit))
        {
            await TimelineJson.WriteAsync(writer, silo, http.Caller.Asker, silo.Slices.OfKind(entry.Kind), entry, http.RequestAborted);
        }

        writer.WriteEndArray();
        if (merged.Count > limit)
        {
            var next = merged[limit].Position;
            writer.WriteString("next"u8, new TimelinePlace(own.FirstOrDefault(entry => entry.Position <= next)?.Position ?? 0, next).ToString());
        }

        writer.WriteEndObject();
    }

    /// <summary>Zero when it is no number, which no list accepts.</summary>
    internal static int ReadLimit(string? text, int otherwise = 50) => text is null ? otherwise : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 0;
}

/// <summary>Where a page of a timeline begins. A record's files have entries of their own between the record's.</summary>
/// <param name="Own">The record's own entry to begin at; 0 when they are all shown, null for the newest.</param>
/// <param name="From">No entry of a file after this one.</param>
internal readonly record struct TimelinePlace(long? Own, long? From)
{
    public bool IsOwnOver => Own == 0;

    public static bool TryRead(Microsoft.Extensions.Primitives.StringValues cursor, out TimelinePlace place)
    {
        place = default;
        if (cursor is not [{ } text])
        {
            return true;
        }

        var at = text.IndexOf('-', StringComparison.Ordinal);
        if (!long.TryParse(at < 0 ? text : text[..at], NumberStyles.None, CultureInfo.InvariantCulture, out var own)
            || !long.TryParse(at < 0 ? text : text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var from) || from < 1 || own > from)
        {
            return false;
        }

        place = new(own, from);
        return true;
    }

    public override string ToString() => Own == From ? string.Create(CultureInfo.InvariantCulture, $"{From}") : string.Create(CultureInfo.InvariantCulture, $"{Own}-{From}");
}

/// <summary>Journal entries as the timeline shows them.</summary>
internal static class TimelineJson
{
    /// <summary>The event that says what an opportunity begins with.</summary>
    private const string Conversion = "lead-converted-v1";

    private const int MostEntries = 200;

    /// <summary>Answers the newest entries of a grain that is no record of a list: a tenant's settings, its role book, its fields.</summary>
    public static async Task AnswerAsync(HttpContext http, GrainId grain)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var (asker, slice) = (http.Caller.Asker, silo.Slices.OfKind(grain.Kind));
        var entries = await silo.Store.ReadHistoryAsync(grain, null, MostEntries, http.RequestAborted);
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var entry in entries)
        {
            await WriteAsync(writer, silo, asker, slice, entry, http.RequestAborted);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static async Task WriteAsync(Utf8JsonWriter writer, CrmSilo silo, Asker asker, ISliceBehaviour slice, JournalEntry entry, CancellationToken cancel)
    {
        var access = silo.Access.Of(asker);
        var mask = access.Of(slice.Slice).Mask is { ConcealsAny: true } some ? some : null;
        var facts = slice.Describe(entry);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, entry.Version);
        writer.WriteNumber("position"u8, entry.Position);
        writer.WriteInstant("at"u8, entry.At);
        var name = access.NameShown(silo.Slices.OfKind("user").Slice, await People.UserNames.FindAsync(silo, asker.Tenant, entry.By, cancel));
        writer.WriteStartObject("by"u8);
        writer.WriteString("kind"u8, entry.ByKind.ToString().ToLowerInvariant());
        writer.WriteString("id"u8, entry.By);
        writer.WriteString("name"u8, name);
        writer.WriteEndObject();
        writer.WriteString("type"u8, entry.Type);
        writer.WriteStartArray("changes"u8);
        foreach (var change in facts.Changes)
        {
            if (mask?.Of(change.Field) == FieldAccess.Hidden)
            {
                continue;
            }

            var isShown = mask?.Shows(change.Field) ?? true;
            writer.WriteStartObject();
            writer.WriteString("field"u8, change.Field);
            // of anything but a text every part says too much
            var isText = !isShown && slice.CardsWith(access.FieldsOf(slice.Slice)).Find(change.Field) is null or { Type: CardFieldType.Text };
            writer.WriteString("from"u8, isShown || change.From is null ? change.From : FieldMask.Mask(isText ? change.From : ""));
            writer.WriteString("to"u8, isShown || change.To is null ? change.To : FieldMask.Mask(isText ? change.To : ""));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WritePropertyName("activity"u8);
        if (facts.Activity is { } activity)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, activity.Type);
            writer.WriteString("text"u8, activity.Text);
            writer.WriteInstant("happenedAt"u8, activity.HappenedAt);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WritePropertyName("data"u8);
        // the event as it was recorded has all fields, under names of its own, and some of other slices
        if (entry.Payload.Length > 0 && !access.ConcealsAny && (entry.Type != Conversion || access.MayEver(silo.Slices.OfKind("opportunity").Slice, "read")))
        {
            writer.WriteRawValue(entry.Payload, skipInputValidation: true);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteEndObject();
    }
}
