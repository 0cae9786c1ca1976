using System.Globalization;
using System.Text.Json.Serialization;
using Crm.Grains.Exports;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Web.Audit;
using Crm.Web.Http;

namespace Crm.Web.Exports;

/// <param name="Format"><c>csv</c> or <c>xlsx</c>.</param>
/// <param name="Filter">As of the list; so are the others.</param>
public sealed record ExportBody(
    [property: JsonConverter(typeof(CodeConverter))] string Format = "csv", string? Filter = null, string? Sort = null, string? Q = null, string? Fields = null);

public sealed record RefuseExportBody(string? Reason = null);

public static class ExportEndpoints
{
    private const string Kind = "export";

    extension(IEndpointRouteBuilder routes)
    {
        public void MapExports()
        {
            var exports = routes.MapGroup("/api/exports").WithTags("Exports");
            exports.MapReads(Kind);
            exports.MapVerb<EmptyBody>(Kind, "approve", (_, asker, _, _, _) => ValueTask.FromResult(Gathered.Of(new ExportCommand.Approve(asker.Id))), mayBeEmpty: true);
            exports.MapVerb<RefuseExportBody>(Kind, "refuse", (_, asker, _, body, _) => ValueTask.FromResult(Gathered.Of(new ExportCommand.Refuse(body.Reason, asker.Id))), mayBeEmpty: true);
            exports.MapGet("/{id}/file", (RequestDelegate)FetchAsync).Describe().OpenToMembers("only its requester gets a file");
        }
    }

    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps the export of a slice's list.</summary>
        public void MapExport(string kind) =>
            group.MapPost("/export", (RequestDelegate)(http => RequestAsync(http, kind))).DescribeCommand<ExportBody>("export", 202).OpenToMembers("a try without the right is recorded before it is refused");
    }

    private static async Task RequestAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<ExportBody>(), mayBeEmpty: true, http.RequestAborted);
        Sending sending = default;
        if ((body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending)) is { } refusal)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        var slice = silo.Slices.OfKind(kind);
        var wish = body.Value ?? new();
        var order = new ExportOrder(slice.Slice.Plural, wish.Format, wish.Filter, wish.Sort, wish.Q, wish.Fields);
        var (answer, status) = await silo.Exports.RequestAsync(http.Caller.Asker, slice, order, sending, http.RequestAborted);
        if (answer.Refusal is { } no)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(no), no);
            return;
        }

        http.NoteAccess("export", slice.Slice.Plural, answer.Id, wish.Filter ?? wish.Q);
        await CommandRequest.WriteAsync(http, 202, answer, $",\"status\":\"{status}\"");
    }

    private static async Task FetchAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (!CommandRequest.TryReadId(http, out var id))
        {
            await Problems.WriteAsync(http, 400, CommandRequest.IdInvalid);
            return;
        }

        var by = http.Caller.By == Session.SenderOf.Key ? SenderKind.Key : SenderKind.User;
        var (file, card, refusal) = await silo.Exports.FetchAsync(http.Caller.Asker, id, new(by), http.RequestAborted);
        if (file is null || card is null)
        {
            var no = refusal ?? ExportRefusals.NotReady;
            await Problems.WriteAsync(http, Problems.StatusOf(no), no);
            return;
        }

        await using (file)
        {
            http.NoteAccess("export", card.Slice, id, "fetched");
            http.Response.ContentType = card.Format == "xlsx" ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
            http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"{card.Slice}-{card.RequestedAt.UtcDateTime:yyyy-MM-dd}-{id.ToString("N")[..8]}.{card.Format}\"");
            http.Response.ContentLength = file.File.Length;
            await file.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }
}
