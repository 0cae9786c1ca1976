using Crm.Grains.Attachments;
using Crm.Grains.Kernel;
using Crm.Runtime.Files;
using Crm.Silo.Commands;
using Crm.Silo.Files;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Crm.Web.Files;

/// <summary>The files of records: sent as the request's body, fetched by a link that works for minutes.</summary>
public static class FileEndpoints
{
    private static readonly string[] UploadKeys = ["name"];
    private static readonly string[] ReadMethods = ["GET", "HEAD"];
    private static readonly Refusal NameInvalid = Refusal.Invalid("field-invalid", "A file's name has no slashes and no control characters.", "name");

    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps the files of a slice's records.</summary>
        public void MapFiles(string kind)
        {
            group.MapRead("/{id}/files", http => ListAsync(http, kind)).Needs(kind, "read");
            group.MapPost("/{id}/files", (RequestDelegate)(http => AttachAsync(http, kind))).Describe().Needs(kind, FileDesk.Verb);
            group.MapPost("/{id}/files/{file}/link", (RequestDelegate)(http => LinkAsync(http, kind))).Describe().Needs(kind, "read");
            group.MapPost("/{id}/files/{file}/remove", (RequestDelegate)(http => TellAsync(http, kind, new AttachmentCommand.Remove()))).DescribeCommand<EmptyBody>("remove-file", 200).Needs(kind, FileDesk.Verb);
            group.MapPost("/{id}/files/{file}/restore", (RequestDelegate)(http => TellAsync(http, kind, new AttachmentCommand.Restore()))).DescribeCommand<EmptyBody>("restore-file", 200).Needs(kind, FileDesk.Verb);
        }
    }

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps what links open.</summary>
        public void MapDownloads() => routes.MapMethods("/api/downloads/{token}", ReadMethods, (RequestDelegate)DownloadAsync).Describe().WithTags("Files").AllowAnonymous();
    }

    private static async Task ListAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (!CommandRequest.TryReadId(http, out var id))
        {
            await Problems.WriteAsync(http, 400, CommandRequest.IdInvalid);
            return;
        }

        if (await silo.Files.ListAsync(http.Caller.Asker, silo.Slices.OfKind(kind), id, http.RequestAborted) is not { } files)
        {
            await Problems.WriteAsync(http, 404, AccessPolicy.NotFound);
            return;
        }

        var slice = silo.Slices.OfKind("file");
        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var file in files)
        {
            writer.WriteRawValue(silo.Cards.Conceal(http.Caller.Asker, slice, slice.WriteCard(file)), skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteNumber("largestBytes"u8, silo.Files.LargestFile);
        writer.WriteEndObject();
    }

    private static async Task AttachAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var name = http.Request.Query["name"].ToString().Trim();
        Sending sending = default;
        var refusal = (CommandRequest.TryReadId(http, out var id) ? null : CommandRequest.IdInvalid)
            ?? Records.CheckQuery(http, UploadKeys)
            ?? (name.AsSpan().ContainsAny('/', '\\') || name.Any(char.IsControl) ? NameInvalid : null)
            // what is in the body is known when it has been read: the desk says what a repetition is told by
            ?? CommandRequest.Read(http, [], out sending);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // a little more, so that it is we who say what is too large
            size.MaxRequestBodySize = silo.Files.LargestFile + (1 << 20);
        }

        var answer = refusal is null
            ? await AttachAsync(http, silo, silo.Slices.OfKind(kind), id, name, sending)
            : Answer.Refused(id, refusal);
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 201, answer));
    }

    private static async Task<Answer> AttachAsync(HttpContext http, CrmSilo silo, ISliceBehaviour slice, Guid id, string name, Sending sending)
    {
        try
        {
            return await silo.Files.AttachAsync(http.Caller.Asker, slice, id, name, http.Request.ContentType, http.Request.Body, sending, http.RequestAborted);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Answer.Refused(id, silo.Files.TooLarge());
        }
    }

    private static async Task LinkAsync(HttpContext http, string kind)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (!TryReadIds(http, out var id, out var file) || await silo.Files.LinkAsync(http.Caller.Asker, silo.Slices.OfKind(kind), id, file, http.RequestAborted) is not { } link)
        {
            await Problems.WriteAsync(http, 404, AccessPolicy.NotFound);
            return;
        }

        await using var writer = JsonAnswer.Begin(http);
        writer.WriteStartObject();
        writer.WriteString("url"u8, $"/api/downloads/{link.Token}");
        writer.WriteInstant("expiresAt"u8, link.Until);
        writer.WriteEndObject();
    }

    private static async Task TellAsync(HttpContext http, string kind, AttachmentCommand command)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var body = await JsonBody.ReadAsync(http, WebJson.Strict.TypeInfo<EmptyBody>(), mayBeEmpty: true, http.RequestAborted);
        Sending sending = default;
        var refusal = (TryReadIds(http, out var id, out var file) ? null : AccessPolicy.NotFound) ?? body.Refusal ?? CommandRequest.Read(http, body.Fingerprint, out sending);
        var answer = refusal is null ? await silo.Files.TellAsync(http.Caller.Asker, silo.Slices.OfKind(kind), id, file, command, sending, http.RequestAborted) : Answer.Refused(id, refusal);
        await (answer.Refusal is { } no ? Problems.WriteAsync(http, Problems.StatusOf(no), no) : CommandRequest.WriteAsync(http, 200, answer));
    }

    private static async Task DownloadAsync(HttpContext http)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        if (await silo.Files.FollowAsync(http.Request.RouteValues["token"] as string ?? "", http.RequestAborted) is not var (asker, file) || silo.Tenants.Find(asker.Tenant).IsSuspended)
        {
            await Problems.WriteAsync(http, 404, FileDesk.LinkOver);
            return;
        }

        var etag = new EntityTagHeaderValue($"\"{file.Sha256}\"");
        if (!TryReadRange(http, file.Bytes, etag, out var from, out var length))
        {
            http.Response.Headers.ContentRange = new ContentRangeHeaderValue(file.Bytes).ToString();
            await Problems.WriteAsync(http, 416, Refusal.Invalid("range-invalid", "The file has no such part."));
            return;
        }

        try
        {
            // opened without a body to send too: who asks for the head is to hear that the bytes are away
            await using var content = await silo.Files.OpenAsync(asker.Tenant, file, from, length, http.RequestAborted) ?? throw new FileStoreException($"The file {file.Id} of '{asker.Tenant}' has no bytes.");
            silo.AccessNotes.Note(asker, "download", "files", file.Id, file.Name, http.Connection.RemoteIpAddress?.ToString(), "link");
            SetHeaders(http, file, silo.Access.Of(asker).Of(silo.Slices.OfKind("file").Slice).Mask?.Shows("name") == false ? file.Id.ToString() : file.Name, etag, from, length);
            if (!HttpMethods.IsHead(http.Request.Method))
            {
                await content.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
            }
        }
        catch (FileStoreException) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            await Problems.WriteAsync(http, 503, FileDesk.Unavailable);
        }
    }

    private static void SetHeaders(HttpContext http, AttachmentCard file, string name, EntityTagHeaderValue etag, long from, long length)
    {
        var headers = http.Response.Headers;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        headers.ContentDisposition = disposition.ToString();
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        headers.ETag = etag.ToString();
        headers.AcceptRanges = "bytes";
        http.Response.ContentType = file.MediaType;
        http.Response.ContentLength = length;
        if (length < file.Bytes)
        {
            http.Response.StatusCode = 206;
            headers.ContentRange = new ContentRangeHeaderValue(from, from + length - 1, file.Bytes).ToString();
        }
    }

    /// <summary>The part that is asked for; all of it when none is, when several are, or when it is of another file.</summary>
    private static bool TryReadRange(HttpContext http, long total, EntityTagHeaderValue etag, out long from, out long length)
    {
        (from, length) = (0, total);
        var wanted = http.Request.GetTypedHeaders();
        if (wanted.Range is not { Ranges: { Count: 1 } ranges } || (wanted.IfRange?.EntityTag is { } of && !of.Compare(etag, useStrongComparison: true)))
        {
            return true;
        }

        var range = ranges.First();
        if (range.From is { } first)
        {
            from = first;
            length = Math.Min(range.To ?? (total - 1), total - 1) - first + 1;
        }
        else
        {
            length = Math.Min(range.To ?? 0, total);
            from = total - length;
        }

        return length > 0;
    }

    private static bool TryReadIds(HttpContext http, out Guid id, out Guid file)
    {
        file = default;
        return CommandRequest.TryReadId(http, out id) && Guid.TryParseExact(http.Request.RouteValues["file"] as string, "D", out file);
    }
}
