using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Crm.Grains.Kernel;

namespace Crm.Web.Http;

/// <summary>A request's body as it was read, or why it cannot be used.</summary>
/// <param name="Value">Null when the body was empty and may be.</param>
public readonly record struct BodyResult<T>(T? Value, byte[] Fingerprint, Refusal? Refusal) where T : class;

/// <summary>
/// Reads JSON bodies strictly: one document, UTF-8, at most 1 MiB and 32 levels, no field twice, none unknown, none missing. What is wrong
/// is found out only once something is.
/// </summary>
public static class JsonBody
{
    /// <summary>Largest body, in bytes, also after unpacking.</summary>
    public const int MaxBytes = 1_048_576;

    private const int MaxDepth = 32;

    private static readonly Refusal Missing = Refusal.Invalid("body-required", "This request needs a JSON body.");
    private static readonly Refusal TooLarge = Refusal.Invalid("body-too-large", "A body has at most 1 MiB.");
    private static readonly Refusal Encoding = Refusal.Invalid("encoding-invalid", "The body is not valid UTF-8.");

    /// <param name="mayBeEmpty">Whether no body at all is a body of defaults.</param>
    public static async ValueTask<BodyResult<T>> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, bool mayBeEmpty, CancellationToken cancel) where T : class
    {
        var request = http.Request;
        if (request.ContentLength > MaxBytes)
        {
            return new(null, [], TooLarge);
        }

        if (request.ContentLength is 0 || (request.ContentLength is null && request.Headers.TransferEncoding.Count == 0))
        {
            return new(null, [], mayBeEmpty ? null : Missing);
        }

        if (WrongType(request) is { } wrongType)
        {
            return new(null, [], wrongType);
        }

        var body = await ReadAllAsync(request, cancel);
        if (body is null)
        {
            return new(null, [], TooLarge);
        }

        return Parse(body, type, mayBeEmpty, wantsFingerprint: request.Headers.ContainsKey("Idempotency-Key"));
    }

    internal static BodyResult<T> Parse<T>(byte[] body, JsonTypeInfo<T> type, bool mayBeEmpty, bool wantsFingerprint) where T : class
    {
        ReadOnlySpan<byte> json = body;
        if (json.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        if (json.IsEmpty)
        {
            return new(null, [], mayBeEmpty ? null : Missing);
        }

        if (!Utf8.IsValid(json))
        {
            return new(null, [], Encoding);
        }

        try
        {
            // what is null among the elements of a list is nowhere meant, and the serializer lets it pass
            return json.IndexOf("null"u8) >= 0 && JsonFault.NullInList(json) is { } hole ? new(null, [], hole)
                : JsonSerializer.Deserialize(json, type) is { } value
                ? new(value, wantsFingerprint ? SHA256.HashData(json) : [], null)
                : new(null, [], Refusal.Invalid("json-invalid", "The body is null."));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or NotSupportedException or FormatException or OverflowException)
        {
            return new(null, [], JsonFault.Of(json, failure as JsonException, MaxDepth));
        }
    }

    private static Refusal? WrongType(HttpRequest request)
    {
        if (request is { ContentType: "application/json", Headers.ContentEncoding.Count: 0 })
        {
            return null;
        }

        if (request.ContentType is not { } text || !MediaTypeHeaderValue.TryParse(text, out var type)
            || !string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase))
        {
            return Refusal.Invalid("unsupported-media-type", "Send application/json.");
        }

        if (type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return Encoding;
        }

        return request.Headers.ContentEncoding.Count == 0 || request.Headers.ContentEncoding is ["gzip" or "identity"]
            ? null
            : Refusal.Invalid("unsupported-encoding", "Only gzip is unpacked.");
    }

    /// <summary>Null when it is larger than allowed.</summary>
    private static async ValueTask<byte[]?> ReadAllAsync(HttpRequest request, CancellationToken cancel)
    {
        var isPacked = request.Headers.ContentEncoding is ["gzip"];
        if (request.ContentLength is { } length && !isPacked)
        {
            var exact = new byte[(int)length];
            await request.Body.ReadExactlyAsync(exact, cancel);
            return exact;
        }

        await using var unpacked = isPacked ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true) : request.Body;
        var all = new ArrayBufferWriter<byte>(4_096);
        try
        {
            while (await unpacked.ReadAsync(all.GetMemory(4_096), cancel) is > 0 and var read)
            {
                all.Advance(read);
                if (all.WrittenCount > MaxBytes)
                {
                    return null;
                }
            }
        }
        catch (InvalidDataException)
        {
            return "\0"u8.ToArray(); // not gzip: answered as the invalid JSON it is
        }

        return all.WrittenSpan.ToArray();
    }
}
