using Crm.Grains.Kernel;
using Crm.Web.Http;
using Microsoft.Net.Http.Headers;

namespace Crm.Web.Hosting;

/// <summary>Serves the built web UI.</summary>
public static class UiFiles
{
    extension(WebApplication app)
    {
        /// <summary>Files with a hash in their name are kept for a year, all others are asked for again.</summary>
        public void UseUiFiles() => app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = static file => file.Context.Response.Headers.CacheControl =
                file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache",
        });

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

        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers[HeaderNames.CacheControl] = "no-cache";
        await http.Response.SendFileAsync(page);
    }
}
