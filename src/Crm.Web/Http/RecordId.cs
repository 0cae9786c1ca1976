using System.Globalization;
using System.Text;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Commands;

namespace Crm.Web.Http;

/// <summary>What every command's request carries besides its body: record, version, idempotency key.</summary>
internal static class CommandRequest
{
    /// <summary>Reads the record's id from the route.</summary>
    public static bool TryReadId(HttpContext http, out Guid id) =>
        Guid.TryParseExact(http.GetRouteValue("id") as string, "D", out id);

    public static readonly Refusal IdInvalid = Refusal.Invalid("id-invalid", "An id is a UUID such as 0199c5a2-7b1e-7c3d-9f00-3a5b8c7d2e41.", "id");

    /// <summary>Reads how the command is to be sent; a refusal when the headers cannot be right.</summary>
    public static Refusal? Read(HttpContext http, byte[] fingerprint, out Sending sending)
    {
        var caller = http.Caller;
        sending = new(caller.By == Session.SenderOf.Key ? SenderKind.Key : SenderKind.User);
        if (http.Request.Headers.TryGetValue("Idempotency-Key", out var keys))
        {
            if (keys is not [{ Length: > 0 and <= 255 } key] || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                return Refusal.Invalid("idempotency-key-invalid", "An Idempotency-Key has 1 to 255 printable ASCII characters.");
            }

            sending = sending with { CommandId = $"http/{caller.Asker.Id:N}/{http.Request.Path}/{key}", Fingerprint = fingerprint };
        }

        if (http.Request.Headers.TryGetValue("If-Match", out var tags))
        {
            if (tags is not [{ Length: >= 3 } tag] || tag[0] != '"' || tag[^1] != '"' || !long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                return Refusal.Invalid("etag-invalid", "If-Match is the version in double quotes, such as \"3\".");
            }

            sending = sending with { ExpectedVersion = version };
        }

        return null;
    }

    /// <summary>The answer to a command that took effect, with its version as ETag. Only bytes: this is the hottest line of the server.</summary>
    public static Task WriteAsync(HttpContext http, int status, in Answer answer, string? extra = null)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.ETag = $"\"{answer.Version}\"";
        var body = Encoding.UTF8.GetBytes($"{{\"id\":\"{answer.Id}\",\"version\":{answer.Version}{extra}}}");
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }
}
