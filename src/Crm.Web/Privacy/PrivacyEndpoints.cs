using System.Text.Json;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Privacy;
using Crm.Silo.Rights;
using Crm.Web.Audit;
using Crm.Web.Http;

namespace Crm.Web.Privacy;

/// <summary>What a person may ask of us about himself: to have all that is kept, and to be forgotten (SEC-05).</summary>
public static class PrivacyEndpoints
{
    private const int PageSize = 500;

    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps handing out and erasing the person that a slice's records are about.</summary>
        public void MapPrivacy(string kind)
        {
            group.MapRead("/{id}/personal-data", http => HandOutAsync(http, kind)).Needs(kind, "export");
            group.MapPost("/{id}/erase", (RequestDelegate)(http => EraseAsync(http, kind))).DescribeCommand<EmptyBody>("erase", 200).Needs(kind, "erase");
        }
    }

    private static async Task EraseAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var slice = silo.Slices.OfKind(kind);
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<EmptyBody>(), mayBeEmpty: true, http.RequestAborted);
        Sending sending = default;
        var refusal = (CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid) ?? body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        object? command = null;
        if (refusal is null)
        {
            var card = await silo.Cards.FindAsync<object>(asker, slice, id, http.RequestAborted);
            command = card is null ? null : Erasures.CommandFor(card);
            refusal = command is null ? AccessPolicy.NotFound : null;
            // what is kept was read at this version
            sending = sending with { ExpectedVersion = sending.ExpectedVersion ?? (card as ICard)?.Version };
        }

        var answer = refusal is null
            ? await silo.Commands.TellAsync(asker, kind, id, command!, sending, http.RequestAborted) // no refusal, so a command
            : Answer.Refused(id, refusal);
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 200, answer));
    }

    private static async Task HandOutAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var slice = silo.Slices.OfKind(kind);
        if (!CommandRequest.TryReadId(http, out var id))
        {
            await Problems.WriteAsync(http, 400, CommandRequest.IdInvalid);
            return;
        }

        if (await silo.Cards.FindAsync(asker, slice, id, http.RequestAborted) is not { } card)
        {
            await Problems.WriteAsync(http, 404, AccessPolicy.NotFound);
            return;
        }

        var access = await silo.Access.FindAsync(asker, http.RequestAborted);
        var whole = slice.FactsOf(slice.ReadCard((await silo.Store.LoadAsync(new GrainId(asker.Tenant, kind, id), http.RequestAborted))?.Card ?? card));
        if (!access.Covers(access.Of(slice.Slice).ScopeOf("export"), whole))
        {
            await Problems.WriteAsync(http, 403, AccessPolicy.Forbidden);
            return;
        }

        http.NoteAccess("export", slice.Slice.Plural, id, "personal-data");
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{kind}-{id}.json\"";
        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, Records.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, kind);
        writer.WriteInstant("takenAt"u8, silo.Time.GetUtcNow());
        writer.WriteString("takenBy"u8, asker.Id);
        writer.WritePropertyName("record"u8);
        writer.WriteRawValue(card, skipInputValidation: true);
        writer.WriteStartArray("history"u8);
        for (long? from = null; ;)
        {
            var entries = await silo.Cards.HistoryAsync(asker, slice, id, from, PageSize, http.RequestAborted) ?? [];
            foreach (var entry in entries)
            {
                await TimelineJson.WriteAsync(writer, silo, asker, slice, entry, http.RequestAborted);
            }

            if (entries.Count == 0 || entries[^1].Previous == 0)
            {
                break;
            }

            from = entries[^1].Previous;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
