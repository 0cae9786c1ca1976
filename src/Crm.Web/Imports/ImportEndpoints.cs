using System.Security.Cryptography;
using System.Text;
using Crm.Grains.Imports;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Imports;
using Crm.Silo.Imports.Files;
using Crm.Silo.Rights;
using Crm.Web.Http;

namespace Crm.Web.Imports;

/// <summary>The form of an import, for the OpenAPI document.</summary>
/// <param name="File">CSV or XLSX.</param>
/// <param name="Mapping">JSON: from columns to fields or null. Columns left out are mapped by their names.</param>
/// <param name="Source">Of rows that name none.</param>
/// <param name="OwnerId">Of the leads it makes.</param>
public sealed record ImportUpload(IFormFile File, string? Mapping, string? Source, Guid? OwnerId);

public static class ImportEndpoints
{
    private static readonly string[] ErrorColumns = ["row", "column", "reason", "value", "code"];

    extension(IEndpointRouteBuilder routes)
    {
        public void MapImports()
        {
            var imports = routes.MapGroup("/api/imports").WithTags("Imports");
            imports.MapReads("import");
            imports.MapRead("/{id}/errors", ErrorsAsync).Needs("import", "read");
            imports.MapUpload("", "create", 202, RequestAsync);
            imports.MapUpload("/preview", "preview", 200, PreviewAsync);
            imports.MapPost("/{id}/undo", (RequestDelegate)UndoAsync).DescribeCommand<ImportCommand.RequestUndo>("undo", 202).Needs("import", "request-undo");
        }
    }

    extension(RouteGroupBuilder group)
    {
        private void MapUpload(string pattern, string verb, int status, RequestDelegate handler)
        {
            var endpoint = group.MapPost(pattern, handler).Needs("import", "create");
            ((IEndpointConventionBuilder)endpoint).Add(builder =>
            {
                builder.Metadata.Add(new CommandMetadata(verb, typeof(ImportUpload), status));
                builder.Metadata.Add(DescribedMethod.Info);
                builder.Metadata.Add(new Microsoft.AspNetCore.Http.Metadata.AcceptsMetadata(["multipart/form-data"], typeof(ImportUpload)));
                builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(CommandReply), ["application/json"]));
            });
        }
    }

    private static async Task RequestAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        await using var file = silo.Imports.Receive(GrainId.NewKey(silo.Time.GetUtcNow()));
        var (form, refusal) = await ImportForm.ReadAsync(http, file, http.RequestAborted);
        Sending sending = default;
        refusal ??= CommandRequest.Read(http, FingerprintOf(file, form!), out sending) // no refusal, so a form
            ?? await People.UserNames.CheckOwnerAsync(silo, http.Caller.Asker, form!.OwnerId, http.RequestAborted);
        var answer = refusal is null
            ? await silo.Imports.RequestAsync(http.Caller.Asker, file, new(form!.FileName, form.Mapping, form.Source, form.OwnerId), sending, http.RequestAborted)
            : Answer.Refused(file.Import, refusal);
        await AnswerAsync(http, answer);
    }

    private static async Task PreviewAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        await using var file = silo.Imports.Receive(GrainId.NewKey(silo.Time.GetUtcNow()));
        var (form, refusal) = await ImportForm.ReadAsync(http, file, http.RequestAborted);
        ImportPreview? preview = null;
        if (refusal is null)
        {
            (preview, refusal) = await silo.Imports.PreviewAsync(http.Caller.Asker, file, form!.FileName, http.RequestAborted); // no refusal, so a form
        }

        await (refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : WritePreviewAsync(http, preview!)); // no refusal, so a preview
    }

    private static async Task UndoAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<ImportCommand.RequestUndo>(), mayBeEmpty: true, http.RequestAborted);
        Sending sending = default;
        var refusal = (CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid) ?? body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var answer = refusal is null
            ? await silo.Commands.TellAsync(http.Caller.Asker, "import", id, new ImportCommand.RequestUndo(), sending, http.RequestAborted)
            : Answer.Refused(id, refusal);
        await AnswerAsync(http, answer);
    }

    private static async Task ErrorsAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var asker = http.Caller.Asker;
        var refusal = CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid;
        if (refusal is null && await silo.Cards.FindAsync(asker, silo.Slices.OfKind("import"), id, http.RequestAborted) is null)
        {
            refusal = AccessPolicy.NotFound;
        }

        if (refusal is not null)
        {
            await Problems.WriteAsync(http, Problems.StatusOf(refusal), refusal);
            return;
        }

        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"import-errors-{id}.csv\"";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var areShown = ImportProblems.AreShown(silo.Access.Of(asker));
        await using var csv = new CsvWriter(http.Response.Body);
        await csv.WriteRowAsync(ErrorColumns, http.RequestAborted);
        await foreach (var problem in silo.ImportHistory.ProblemsAsync(new GrainId(asker.Tenant, "import", id), http.RequestAborted))
        {
            var row = problem.Row.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await csv.WriteRowAsync([row, problem.Column, problem.Message, areShown ? problem.Value : null, problem.Code], http.RequestAborted);
        }
    }

    private static Task AnswerAsync(HttpContext http, Answer answer) => answer.Refusal is { } refused
        ? Problems.WriteAsync(http, Problems.StatusOf(refused), refused)
        : CommandRequest.WriteAsync(http, 202, answer);

    private static async Task WritePreviewAsync(HttpContext http, ImportPreview preview)
    {
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteTexts("columns"u8, preview.Columns);
        writer.WriteStartArray("rows"u8);
        foreach (var row in preview.Rows)
        {
            writer.WriteTexts(row);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("mapping"u8);
        foreach (var column in preview.Columns)
        {
            writer.WriteString(column, preview.Mapping[column]);
        }

        writer.WriteEndObject();
        writer.WriteTexts("fields"u8, preview.Fields);
        writer.WriteNumber("rowCount"u8, preview.RowCount);
        writer.WriteEndObject();
    }

    /// <summary>Of all that was sent, so that an Idempotency-Key sent again with something else is noticed.</summary>
    private static byte[] FingerprintOf(ReceivedFile file, ImportForm form)
    {
        var mapping = form.Mapping is { } chosen ? string.Join('\n', chosen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}\t{pair.Value}")) : "-";
        return SHA256.HashData([.. file.Hash(), .. Encoding.UTF8.GetBytes($"{form.Source}\n{form.OwnerId}\n{mapping}")]);
    }
}
