using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Silo.Rights;

namespace Crm.Silo.Files;

/// <summary>What a link to a file opens, for whom, and how long.</summary>
/// <param name="Until">Seconds since 1970.</param>
public sealed record FileTicket(string Tenant, Guid By, string Name, string Role, string Kind, Guid Record, Guid File, long Until);

/// <summary>Signs and reads links to files. A link works without signing in, for its one file and for minutes.</summary>
public sealed class FileLinks(byte[] key, TimeProvider time)
{
    /// <summary>How long a link works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int SignatureLength = 32;

    /// <summary>Makes a link's secret part: letters, digits, <c>-</c> and <c>_</c>.</summary>
    public (string Token, DateTimeOffset Until) Sign(Asker asker, string kind, Guid record, Guid file)
    {
        var until = time.GetUtcNow() + Lifetime;
        var ticket = JsonSerializer.SerializeToUtf8Bytes(new(asker.Tenant, asker.Id, asker.Name, asker.Role, kind, record, file, until.ToUnixTimeSeconds()), FileTicketJson.Default.FileTicket);
        return (Base64Url.EncodeToString([.. SignatureOf(ticket), .. ticket]), DateTimeOffset.FromUnixTimeSeconds(until.ToUnixTimeSeconds()));
    }

    /// <summary>What a link opens; null when it is none of ours, was changed or has run out.</summary>
    public FileTicket? Read(string token)
    {
        if (token.Length > 4_096 || !Base64Url.IsValid(token) || Base64Url.DecodeFromChars(token) is not { Length: > SignatureLength } bytes)
        {
            return null;
        }

        var ticket = bytes.AsSpan(SignatureLength);
        return CryptographicOperations.FixedTimeEquals(SignatureOf(ticket), bytes.AsSpan(0, SignatureLength))
            && JsonSerializer.Deserialize(ticket, FileTicketJson.Default.FileTicket) is { } read && time.GetUtcNow().ToUnixTimeSeconds() < read.Until ? read : null;
    }

    private byte[] SignatureOf(ReadOnlySpan<byte> ticket) => HMACSHA256.HashData(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.ASCII.GetBytes("file-links")), ticket);
}

[JsonSerializable(typeof(FileTicket))]
internal sealed partial class FileTicketJson : JsonSerializerContext;
