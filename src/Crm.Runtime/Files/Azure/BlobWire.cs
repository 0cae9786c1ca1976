using System.Net;
using System.Security.Cryptography;

namespace Crm.Runtime.Files.Azure;

/// <summary>What the service answered.</summary>
/// <param name="Code">The service's word for what is wrong; empty when nothing is.</param>
/// <param name="Tries">How often it was sent. When more than once, an earlier one may have taken effect without our hearing of it.</param>
internal sealed record BlobAnswer(HttpResponseMessage Message, string Code, int Tries) : IDisposable
{
    public HttpStatusCode Status => Message.StatusCode;

    public string ETag => Message.Headers.ETag?.ToString() ?? throw new FileStoreException("Azure Blob gave no ETag.");

    public DateTimeOffset ModifiedAt => Message.Content.Headers.LastModified ?? throw new FileStoreException("Azure Blob gave no Last-Modified.");

    public void Dispose() => Message.Dispose();
}

/// <summary>Sends requests, again and again with growing pauses as long as the service is only busy or away.</summary>
internal sealed class BlobWire(HttpClient http, BlobAccount account, BlobStoreOptions options, TimeProvider time)
{
    public const int MostTries = 6;

    /// <summary>Sends a request until the service says something about it.</summary>
    /// <exception cref="FileStoreException">It did not within all tries, or it does not let us in.</exception>
    public async Task<BlobAnswer> SendAsync(BlobRequest request, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            string reason;
            TimeSpan? wished = null;
            try
            {
                var response = await SendOnceAsync(request, cancel);
                var code = CodeOf(response);
                if (response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError))
                {
                    return response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized ? throw Refused(response, code) : new(response, code, tries);
                }

                reason = $"{(int)response.StatusCode} {code}";
                wished = response.Headers.RetryAfter?.Delta;
                response.Dispose();
            }
            catch (Exception away) when (away is HttpRequestException or IOException and not FileStoreException or TimeoutException)
            {
                reason = away.Message;
            }

            if (tries == MostTries)
            {
                throw new FileStoreException($"Azure Blob ({account}) could not be reached in {tries} tries: {reason}");
            }

            await PauseAsync(tries, wished, cancel);
        }
    }

    /// <summary>Waits before the next try: twice as long each time, and for each of us another time, so that we do not come back all at once.</summary>
    public Task PauseAsync(int tries, TimeSpan? wished, CancellationToken cancel)
    {
        var most = options.FirstPause * Math.Pow(2, tries - 1);
        var pause = most * (0.5 + RandomNumberGenerator.GetInt32(1_000) / 2_000.0);
        return Task.Delay(wished > pause ? wished.Value : pause, time, cancel);
    }

    /// <summary>What is to be thrown for an answer that nothing else is said about.</summary>
    public static FileStoreException Unexpected(string doing, BlobAnswer answer) => new($"Azure Blob answered {(int)answer.Status} {answer.Code} while {doing}.");

    private async Task<HttpResponseMessage> SendOnceAsync(BlobRequest request, CancellationToken cancel)
    {
        using var message = request.Make(account, time.GetUtcNow());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var end = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), patience, options.Patience, Timeout.InfiniteTimeSpan); // it is this one
        try
        {
            return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {options.Patience.TotalSeconds:0} s");
        }
    }

    private FileStoreException Refused(HttpResponseMessage response, string code)
    {
        response.Dispose();
        return new($"Azure Blob ({account}) does not let us in: {code}. Check the key, or the signature's rights and times, and this machine's clock.");
    }

    private static string CodeOf(HttpResponseMessage response) =>
        response.IsSuccessStatusCode ? "" : response.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : response.ReasonPhrase ?? "";
}
