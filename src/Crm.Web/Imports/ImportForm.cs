using System.Buffers;
using System.Globalization;
using System.Text;
using Crm.Grains.Kernel;
using Crm.Silo.Hosting;
using Crm.Silo.Imports;
using Crm.Silo.Imports.Files;
using Crm.Web.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Crm.Web.Imports;

/// <summary>
/// The form of an import as it comes in: its file straight to the disk, its few other fields into memory. Whoever sends too much is read to the
/// end all the same, up to a limit, because a client that is cut off while sending seldom sees why.
/// </summary>
/// <param name="Mapping">Null when none was sent.</param>
/// <param name="OwnerId">As it was sent.</param>
internal sealed record ImportForm(string FileName, IReadOnlyDictionary<string, string?>? Mapping, string? Source, Guid? OwnerId)
{
    /// <summary>Largest file of any kind, in bytes. What is between this and the limit of its format is answered as too large for an import.</summary>
    private const long MaxFileBytes = 100L << 20;

    private const long MaxBodyBytes = 160L << 20;
    private const int MaxFieldBytes = 256 * 1_024;
    private const int MaxParts = 20;
    private const int MaxBoundary = 200;
    private const int LongestFileName = 200;

    private static readonly Refusal NotMultipart = Refusal.Invalid("unsupported-media-type", "Send multipart/form-data.");
    private static readonly Refusal FileTooLarge = Refusal.Invalid("file-too-large", "The file is too large.", "file");
    private static readonly Refusal TooManyParts = Refusal.Invalid("file-too-large", $"A form of more than {MaxParts} parts is not one of ours.");
    private static readonly Refusal NoFile = Refusal.Invalid("field-required", "The form has no part 'file' with a file name.", "file");
    private static readonly Refusal DiskFull = Refusal.Conflict("storage-full", "The disk is full; nothing was changed.");

    private static readonly string[] Names = ["file", "mapping", "source", "ownerId"];

    /// <summary>Reads a request's form; its file goes to <paramref name="file"/>.</summary>
    public static async Task<(ImportForm? Form, Refusal? Refusal)> ReadAsync(HttpContext http, ReceivedFile file, CancellationToken cancel)
    {
        var request = http.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return (null, NotMultipart);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > MaxBoundary)
        {
            return (null, Malformed("The content type names no boundary."));
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBodyBytes;
        }

        try
        {
            var parts = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 * 1_024 };
            return await ReadPartsAsync(parts, file, cancel);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, FileTooLarge);
        }
        catch (Exception broken) when (broken is InvalidDataException or (IOException and not BadHttpRequestException) && !http.RequestAborted.IsCancellationRequested)
        {
            return (null, Malformed("The form cannot be read; its parts or their ends are missing."));
        }
    }

    private static async Task<(ImportForm? Form, Refusal? Refusal)> ReadPartsAsync(MultipartReader parts, ReceivedFile file, CancellationToken cancel)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        Refusal? refusal = null;
        for (var number = 1; await parts.ReadNextSectionAsync(cancel) is { } part; number++)
        {
            refusal = number > MaxParts ? TooManyParts : refusal ?? await ReadPartAsync(part, fields, file, cancel);
        }

        if (refusal is not null)
        {
            return (null, refusal);
        }

        if (!fields.TryGetValue("file", out var fileName))
        {
            return (null, NoFile);
        }

        var (mapping, badMapping) = ReadMapping(fields.GetValueOrDefault("mapping"));
        if (badMapping is not null)
        {
            return (null, badMapping);
        }

        var ownerId = Guid.Empty;
        var hasOwner = fields.TryGetValue("ownerId", out var owner) && owner.Length > 0;
        if (hasOwner && !Guid.TryParseExact(owner, "D", out ownerId))
        {
            return (null, CommandRequest.IdInvalid with { Field = "ownerId" });
        }

        return (new(fileName, mapping, fields.GetValueOrDefault("source") is { Length: > 0 } source ? source : null, hasOwner ? ownerId : null), null);
    }

    private static async Task<Refusal?> ReadPartAsync(MultipartSection part, Dictionary<string, string> fields, ReceivedFile file, CancellationToken cancel)
    {
        var named = ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition);
        var name = named ? HeaderUtilities.RemoveQuotes(disposition!.Name).Value ?? "" : ""; // parsed
        var refusal =
            name.Length == 0 ? Malformed("A part of the form has no name.")
            : !Names.Contains(name) ? Refusal.Invalid("unknown-field", $"The form has no field '{name}'.", name)
            : fields.ContainsKey(name) ? Malformed($"The part '{name}' is there twice.")
            : null;
        if (refusal is not null)
        {
            return refusal;
        }

        if (name == "file")
        {
            var sent = disposition!.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName; // a part with a name has one
            fields[name] = Tame(HeaderUtilities.RemoveQuotes(sent).Value);
            return await ReceiveAsync(part.Body, file, cancel);
        }

        var (text, tooLong) = await ReadTextAsync(part.Body, name, cancel);
        fields[name] = text;
        return tooLong;
    }

    private static async Task<Refusal?> ReceiveAsync(Stream body, ReceivedFile file, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1_024);
        try
        {
            var received = 0L;
            while (await body.ReadAsync(buffer, cancel) is > 0 and var read)
            {
                received += read;
                // one byte more than any format may have is enough to know that it is too large
                var room = (int)Math.Clamp(TableFileLimits.Default.MaxCsvBytes + 1 - file.Length, 0, read);
                if (room > 0 && await TryWriteAsync(file, buffer.AsMemory(0, room), cancel) is { } full)
                {
                    return full;
                }
            }

            return received > MaxFileBytes ? FileTooLarge : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<Refusal?> TryWriteAsync(ReceivedFile file, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            await file.WriteAsync(bytes, cancel);
            return null;
        }
        catch (IOException)
        {
            return DiskFull;
        }
    }

    private static async Task<(string Text, Refusal? Refusal)> ReadTextAsync(Stream body, string name, CancellationToken cancel)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[4_096];
        while (await body.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            if (bytes.Length + read > MaxFieldBytes)
            {
                return ("", Refusal.Invalid("body-too-large", $"The field '{name}' has more than {MaxFieldBytes} bytes.", name));
            }

            bytes.Write(buffer, 0, read);
        }

        try
        {
            return (new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer(), 0, (int)bytes.Length), null);
        }
        catch (DecoderFallbackException)
        {
            return ("", Refusal.Invalid("encoding-invalid", $"The field '{name}' is not valid UTF-8.", name));
        }
    }

    private static (IReadOnlyDictionary<string, string?>? Mapping, Refusal? Refusal) ReadMapping(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return (null, null);
        }

        var read = JsonBody.Parse(Encoding.UTF8.GetBytes(text), WebJson.Strict.TypeInfo<Dictionary<string, string?>>(), mayBeEmpty: false, wantsFingerprint: false);
        return (read.Value, read.Refusal is { } refusal ? refusal with { Field = "mapping" } : null);
    }

    /// <summary>The name of a file without path and control characters, cut to a length that can be shown.</summary>
    private static string Tame(string? name)
    {
        var last = name.AsSpan()[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var tame = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && rune != Rune.ReplacementChar)
            {
                tame.Append(rune.ToString());
            }
        }

        var whole = tame.ToString().Trim();
        if (whole.Length == 0)
        {
            return "unnamed";
        }

        if (whole.Length <= LongestFileName)
        {
            return whole;
        }

        var extension = Path.GetExtension(whole) is { Length: <= 10 } kept ? kept : "";
        var cut = LongestFileName - extension.Length;
        return string.Concat(whole.AsSpan(0, char.IsHighSurrogate(whole[cut - 1]) ? cut - 1 : cut), extension);
    }

    private static Refusal Malformed(string sentence) => Refusal.Invalid("multipart-invalid", sentence);
}
