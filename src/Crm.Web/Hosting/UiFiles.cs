using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Grains.Kernel;
using Crm.Web.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Crm.Web.Hosting;

/// <summary>Serves the built web UI.</summary>
public static class UiFiles
{
    /// <summary>Stands in the page where the nonce of the answer belongs.</summary>
    private const string NoncePlace = "__CSP_NONCE__";

    private static Known? _page;

    extension(WebApplication app)
    {
        /// <summary>Files with a hash in their name are kept for a year, all others are asked for again.</summary>
        public void UseUiFiles()
        {
            // the page is made anew for every request, so it is not served as a file
            app.Use(static next => http => http.Request.Path.Value is "/" or "/index.html" ? ServeAsync(http) : next(http));
            // looked for on disk, which nothing that is no file should wait for
            app.UseWhen(
                static http => !http.Request.Path.StartsWithSegments("/api") && !http.Request.Path.StartsWithSegments("/live"),
                static files =>
                {
                    files.UseDefaultFiles();
                    files.UseStaticFiles(new StaticFileOptions
                    {
                        OnPrepareResponse = static file => file.Context.Response.Headers.CacheControl =
                            file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache",
                    });
                });
        }

        /// <summary>
        /// Every page of the UI is the same file; what is not a page is not found. For requests that match no route only: a fallback route
        /// would also catch known paths asked with another method or content type, which deserve 405 and 415.
        /// </summary>
        public void UseUiPages() => app.Use(static next => http => http.GetEndpoint() is null ? ServeAsync(http) : next(http));
    }

    private static async Task ServeAsync(HttpContext http)
    {
        var request = http.Request;
        var environment = http.RequestServices.GetRequiredService<IWebHostEnvironment>();
        var page = environment.WebRootFileProvider.GetFileInfo("index.html");
        var isPage = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && !request.Path.StartsWithSegments("/api") && !request.Path.StartsWithSegments("/live") && !Path.HasExtension(request.Path.Value);
        if (!isPage || !page.Exists)
        {
            await Problems.WriteAsync(http, 404, Refusal.NotFound("There is nothing here."));
            return;
        }

        // styles that our own scripts add at run time carry this; nobody else knows it
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers[HeaderNames.CacheControl] = "no-cache";
        http.Response.Headers.ContentSecurityPolicy = RequestGuards.PolicyOf(nonce);
        var html = Encoding.UTF8.GetBytes((await ReadAsync(page)).Replace(NoncePlace, nonce, StringComparison.Ordinal));
        http.Response.ContentLength = html.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await http.Response.Body.WriteAsync(html, http.RequestAborted);
        }
    }

    private static async ValueTask<string> ReadAsync(IFileInfo page)
    {
        if (_page is { } known && known.At == page.LastModified)
        {
            return known.Html;
        }

        using var reader = new StreamReader(page.CreateReadStream(), Encoding.UTF8);
        var html = await reader.ReadToEndAsync();
        _page = new(page.LastModified, html);
        return html;
    }

    private sealed record Known(DateTimeOffset At, string Html);
}
