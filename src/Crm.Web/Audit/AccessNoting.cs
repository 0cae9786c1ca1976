using Crm.Silo.Hosting;
using Crm.Web.Http;

namespace Crm.Web.Audit;

/// <summary>Notes searches, reads of masked fields and refused tries, once they are answered.</summary>
public static class AccessNoting
{
    extension(IApplicationBuilder app)
    {
        public void UseAccessNoting() => app.Use(static next => async http =>
        {
            await next(http);
            if (http.Features.Get<Caller>() is { } caller && http.GetEndpoint()?.Metadata.GetMetadata<RouteRight>() is { } right)
            {
                Note(http, caller, right);
            }
        });
    }

    extension(HttpContext http)
    {
        /// <summary>Notes what this request does in its sender's access log.</summary>
        public void NoteAccess(string type, string? slice, Guid? record, string? detail)
        {
            var caller = http.Caller;
            http.RequestServices.GetRequiredService<CrmSilo>().AccessNotes.Note(
                caller.Asker, type, slice, record, detail, http.Connection.RemoteIpAddress?.ToString(), caller.By == Session.SenderOf.Key ? "key" : "session");
        }
    }

    private static void Note(HttpContext http, Caller caller, RouteRight right)
    {
        var silo = http.RequestServices.GetRequiredService<CrmSilo>();
        var slice = silo.Slices.OfKind(right.Kind);
        Guid? record = CommandRequest.TryReadId(http, out var id) ? id : null;
        if (http.Response.StatusCode is 403 || (http.Response.StatusCode == 404 && record is not null))
        {
            http.NoteAccess("refused", slice.Slice.Plural, record, right.Verb);
        }
        else if (http.Response.StatusCode == 200 && right.Verb == "read")
        {
            if (http.Request.Query["q"] is [{ Length: > 0 } q])
            {
                http.NoteAccess("search", slice.Slice.Plural, null, q);
            }

            if (silo.Access.Of(caller.Asker).Of(slice.Slice).Mask is { MasksAny: true })
            {
                http.NoteAccess("masked-read", slice.Slice.Plural, record, null);
            }
        }
    }
}
