using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Runtime.Journal;

/// <summary>
/// Links the entries of a tenant's journal: each hash covers the one before, the entry's place and facts, and the hash of its payload.
/// The payload itself is covered only through (salt, payload hash), so that it can be erased and the chain still verifies.
/// </summary>
public static class HashChain
{
    public const int Size = 32;

    /// <summary>What the first entry of a tenant links to.</summary>
    public static byte[] Root(string tenant) => SHA256.HashData(Encoding.UTF8.GetBytes($"crm-journal/{tenant}"));

    public static byte[] HashPayload(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> payload)
    {
        var length = salt.Length + payload.Length;
        Span<byte> joined = length <= 2_048 ? stackalloc byte[length] : new byte[length];
        salt.CopyTo(joined);
        payload.CopyTo(joined[salt.Length..]);
        return SHA256.HashData(joined);
    }

    public static byte[] Link(
        ReadOnlySpan<byte> previous, long position, DateTimeOffset at, string kind, Guid key, long version, string type, SenderKind byKind, Guid by, ReadOnlySpan<byte> payloadHash)
    {
        Span<byte> link = stackalloc byte[Size + 8 + 8 + 16 + 8 + 1 + 16 + Size + 3 * (kind.Length + type.Length) + 1];
        previous.CopyTo(link);
        var rest = link[Size..];
        BinaryPrimitives.WriteInt64BigEndian(rest, position);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], at.ToUnixTimeMilliseconds());
        key.TryWriteBytes(rest[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(rest[32..], version);
        rest[40] = (byte)byKind;
        by.TryWriteBytes(rest[41..], bigEndian: true, out _);
        payloadHash.CopyTo(rest[57..]);
        rest = rest[(57 + Size)..];
        var written = Encoding.UTF8.GetBytes(kind, rest);
        rest[written++] = 0;
        written += Encoding.UTF8.GetBytes(type, rest[written..]);
        return SHA256.HashData(link[..(Size + 57 + Size + written)]);
    }
}
