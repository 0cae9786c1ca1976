using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Runtime.Files.Azure;

/// <summary>One request of the Blob service's REST API. It can be sent as often as needed; each time it is signed anew.</summary>
/// <param name="Path">The container, and the blob's name after a slash; nothing in it needs escaping.</param>
/// <param name="Query">Names in lower case, values as they are.</param>
/// <param name="Headers">Names in lower case.</param>
internal sealed record BlobRequest(HttpMethod Method, string Path, IReadOnlyList<(string Name, string Value)> Query, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body = default)
{
    private const string Version = "2021-12-02";

    /// <summary>The message, signed with the account's key or carrying its signature.</summary>
    public HttpRequestMessage Make(BlobAccount account, DateTimeOffset now)
    {
        var query = string.Join('&', Query.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}").Append(account.Signature).Where(part => !string.IsNullOrEmpty(part)));
        var message = new HttpRequestMessage(Method, new Uri($"{account.Endpoint}/{Path}{(query.Length == 0 ? "" : "?")}{query}"));
        if (Method == HttpMethod.Put)
        {
            message.Content = new ReadOnlyMemoryContent(Body);
            message.Content.Headers.ContentLength = Body.Length;
            if (Body.Length > 0)
            {
                message.Content.Headers.ContentMD5 = Md5(Body.Span);
            }
        }

        foreach (var (name, value) in Headers.Append(("x-ms-version", Version)).Append(("x-ms-date", now.UtcDateTime.ToString("R", CultureInfo.InvariantCulture))))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (account.Key is { } key)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{account.Name}:{Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(TextToSign(account, message))))}");
        }

        return message;
    }

    /// <summary>As "Authorize with Shared Key" in the service's reference has it.</summary>
    private string TextToSign(BlobAccount account, HttpRequestMessage message)
    {
        var text = new StringBuilder();
        text.Append(Method.Method).Append('\n')
            .Append("\n\n") // content encoding, content language
            .Append(Body.Length == 0 ? "" : Body.Length.ToString(CultureInfo.InvariantCulture)).Append('\n')
            .Append(Body.Length == 0 ? "" : Convert.ToBase64String(message.Content!.Headers.ContentMD5!)).Append('\n') // Make has set both
            .Append("\n\n\n") // content type, date, if-modified-since
            .Append(HeaderOf("if-match")).Append('\n')
            .Append(HeaderOf("if-none-match")).Append('\n')
            .Append("\n\n"); // if-unmodified-since, range: ours is x-ms-range
        foreach (var (name, values) in message.Headers.Where(header => header.Key.StartsWith("x-ms-", StringComparison.Ordinal)).OrderBy(header => header.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(':').Append(string.Join(',', values)).Append('\n');
        }

        text.Append('/').Append(account.Name).Append(message.RequestUri!.AbsolutePath); // Make gave one
        foreach (var (name, value) in Query.OrderBy(pair => pair.Name, StringComparer.Ordinal))
        {
            text.Append('\n').Append(name).Append(':').Append(value);
        }

        return text.ToString();
    }

    private string HeaderOf(string name) => Headers.FirstOrDefault(header => header.Name == name).Value ?? "";

    // CA5351: nobody is kept out by it; the service compares it with what arrived
#pragma warning disable CA5351
    private static byte[] Md5(ReadOnlySpan<byte> body) => MD5.HashData(body);
#pragma warning restore CA5351
}
