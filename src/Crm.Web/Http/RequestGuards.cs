using Crm.Grains.Kernel;
using Crm.Web.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Crm.Web.Http;

/// <summary>What every request must hold before it is routed.</summary>
public static class RequestGuards
{
    private const int MostQueryKeys = 50;
    private const string Methods = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

    private static readonly string Policy = PolicyOf(nonce: null);

    private static readonly Refusal Csrf = Refusal.Invalid("csrf", "With the session cookie, send the header X-CRM: 1 from our own pages.");

    private static readonly Refusal OriginForbidden = Refusal.Invalid("origin-forbidden", "A socket is opened by our own pages only, or with an API key.");

    extension(IApplicationBuilder app)
    {
        /// <summary>Answers security headers, and refuses what no endpoint wants.</summary>
        public IApplicationBuilder UseRequestGuards() => app.Use(static next => http =>
        {
            SetHeaders(http);
            return Check(http) is { } refused ? Problems.WriteAsync(http, refused.Status, refused.Refusal) : Respond(http, next);
        });

        /// <summary>Refuses what another site makes a signed-in browser do.</summary>
        public IApplicationBuilder UseCsrfGuard() => app.Use(static next => http =>
            IsForged(http) ? Problems.WriteAsync(http, 403, Csrf)
            : IsForeignSocket(http) ? Problems.WriteAsync(http, 403, OriginForbidden)
            : next(http));
    }

    private static Task Respond(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = 204;
            http.Response.Headers.Allow = Methods;
            return Task.CompletedTask;
        }

        return next(http);
    }

    private static void SetHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        if (http.Request.Path.StartsWithSegments("/api"))
        {
            headers.CacheControl = "no-store";
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        }
        else
        {
            headers.ContentSecurityPolicy = Policy;
        }
    }

    /// <summary>What a page may load and run: our own files, and styles that carry the page's nonce. Nothing inline, nothing from elsewhere, in no frame.</summary>
    internal static string PolicyOf(string? nonce) =>
        $"default-src 'none'; script-src 'self'; style-src 'self'{(nonce is null ? "" : $" 'nonce-{nonce}'")}; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    private static (int Status, Refusal Refusal)? Check(HttpContext http)
    {
        var request = http.Request;
        if (HasDoubtfulEnd(request))
        {
            http.Response.Headers.Connection = "close";
            return (400, Refusal.Invalid("request-ambiguous", "Send either Content-Length or, by HTTP/1.1, Transfer-Encoding: chunked."));
        }

        // methods are told apart by case (RFC 9110, 9.1), and routing does not: `get` is no method of ours
        if (request.Method.AsSpan().ContainsAnyInRange('a', 'z'))
        {
            http.Response.Headers.Allow = Methods;
            return (405, Refusal.Invalid("method-not-allowed", "Methods are written in capital letters."));
        }

        var path = request.Path.Value ?? "";
        if (path.Contains("//", StringComparison.Ordinal) || path.AsSpan().ContainsAny('\0', ';', '\\') || IsDoubtful(http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? path))
        {
            return (404, Refusal.NotFound("There is nothing here."));
        }

        if (request.QueryString.HasValue && request.Path.StartsWithSegments("/api"))
        {
            return CheckQuery(request.Query) is { } wrong ? (400, wrong) : null;
        }

        return null;
    }

    /// <summary>
    /// Whether two servers could have two ideas of where the body ends, which is how requests are smuggled. The framework takes several codings,
    /// chunked twice, and chunks of HTTP/1.0; of two lengths it keeps one, and the other under a name of its own.
    /// </summary>
    private static bool HasDoubtfulEnd(HttpRequest request)
    {
        var coding = request.Headers.TransferEncoding;
        return request.Headers.ContainsKey("X-Content-Length")
            || (coding.Count > 0 && (request.Headers.ContentLength is not null || request.Protocol != HttpProtocol.Http11 || coding is not [var only] || !string.Equals(only, "chunked", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether a target as it was sent has dot segments, which the path has resolved already, or slashes that only some servers take for such.</summary>
    private static bool IsDoubtful(string target)
    {
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = target.AsSpan(0, end < 0 ? target.Length : end);
        return path.Contains("/.", StringComparison.Ordinal) || path.Contains("%2e", StringComparison.OrdinalIgnoreCase) || path.Contains("%2f", StringComparison.OrdinalIgnoreCase) || path.Contains("..", StringComparison.Ordinal);
    }

    private static Refusal? CheckQuery(IQueryCollection query)
    {
        if (query.Count > MostQueryKeys)
        {
            return Refusal.Invalid("query-invalid", $"At most {MostQueryKeys} query parameters.");
        }

        foreach (var (key, values) in query)
        {
            if (values.Count != 1 || key.Length == 0 || !key.All(char.IsAsciiLetterOrDigit))
            {
                return Refusal.Invalid("query-invalid", "Each query parameter is a plain name, given once.");
            }
        }

        return null;
    }

    /// <summary>
    /// A browser lets any site open a socket anywhere, cookie included, and says only where from. A key is sent by a program, which says nothing.
    /// </summary>
    private static bool IsForeignSocket(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/live") || http.Features.Get<Caller>() is { By: SenderOf.Key })
        {
            return false;
        }

        var origin = http.Request.Headers.Origin;
        return origin.Count == 0 ? IsSocket(http) : origin is not [{ } one] || !Uri.TryCreate(one, UriKind.Absolute, out var from) || !IsOwn(http, from);
    }

    // the framework's own word for it is not known yet: it is the hub's route that asks for sockets
    private static bool IsSocket(HttpContext http) =>
        http.Request.Headers.Upgrade.Any(upgrade => upgrade?.Contains("websocket", StringComparison.OrdinalIgnoreCase) == true) || http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static bool IsOwn(HttpContext http, Uri from) =>
        string.Equals(from.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase)
        || string.Equals(from.Authority, http.RequestServices.GetRequiredService<CrmSettings>().PublicUrl?.Authority, StringComparison.OrdinalIgnoreCase);

    private static bool IsForged(HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || !request.Path.StartsWithSegments("/api"))
        {
            return false;
        }

        // a bearer key is not sent by a browser on its own, but other Authorization headers are: only a key that was recognised counts
        var hasCookie = request.Cookies.ContainsKey(Callers.CookieName(http)) && http.Features.Get<Caller>() is not { By: SenderOf.Key };
        var isForeign = request.Headers["Sec-Fetch-Site"] is ["cross-site"];
        return isForeign || (hasCookie && request.Headers["X-CRM"] is not ["1"]);
    }
}
