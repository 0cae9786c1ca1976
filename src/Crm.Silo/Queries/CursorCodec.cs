using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Crm.Runtime.Cards;

namespace Crm.Silo.Queries;

/// <summary>
/// Turns the place where a page of a list ended into an opaque text and back. A text that was changed, or that belongs to another tenant
/// or another query, is not accepted. Thread safe.
/// </summary>
/// <remarks>
/// The text is base64url of: version, id, values, and the first 16 bytes of an HMAC-SHA256 over those, the tenant and the query's hash.
/// The last two are not inside: whoever sends the cursor back must be asking as that tenant and for that query.
/// </remarks>
public sealed class CursorCodec
{
    /// <summary>Longest cursor, in characters.</summary>
    public const int MaxLength = 2_000;

    private const byte Version = 1;
    private const int MacBytes = 16;
    private const int MaxBytes = MaxLength / 4 * 3;
    private const int HeaderBytes = 1 + 8 + 1;
    private readonly byte[] _key;

    /// <param name="key">At least 32 secret bytes, the same on every server of the installation.</param>
    /// <exception cref="ArgumentException">The key is shorter than 32 bytes.</exception>
    public CursorCodec(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length < 32)
        {
            throw new ArgumentException($"A cursor key has at least 32 bytes; this one has {key.Length}.", nameof(key));
        }

        _key = [.. key];
    }

    private enum Tag : byte
    {
        Null,
        Integer,
        Text,
        Bytes,
    }

    /// <summary>A hash of everything that makes a query the same query: path, filter, sort, search text, asked-for owner.</summary>
    public static ulong HashQuery(params ReadOnlySpan<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(length, part?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(Encoding.UTF8.GetBytes(part ?? ""));
        }

        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset());
    }

    /// <summary>The cursor for the page after a place.</summary>
    /// <exception cref="ArgumentException">More than 255 values, or so long ones that the cursor passes <see cref="MaxLength"/>.</exception>
    public string Encode(CardPlace place, string tenant, ulong queryHash)
    {
        var values = place.SortValues;
        var body = new ArrayBufferWriter<byte>(256);
        body.Write([Version]);
        BinaryPrimitives.WriteInt64BigEndian(body.GetSpan(8), place.Row);
        body.Advance(8);
        body.Write([values.Count <= byte.MaxValue ? (byte)values.Count : throw new ArgumentException("Too many sort values.", nameof(place))]);
        foreach (var value in values)
        {
            Write(body, value);
        }

        body.Write(Sign(body.WrittenSpan, tenant, queryHash));
        return body.WrittenCount <= MaxBytes
            ? Base64Url.EncodeToString(body.WrittenSpan)
            : throw new ArgumentException($"A cursor has at most {MaxBytes} bytes; these values make it {body.WrittenCount}.", nameof(place));
    }

    /// <summary>Reads a cursor back.</summary>
    /// <returns>False (<c>cursor-invalid</c>) when it was not made by us for this tenant and this query, or is too long.</returns>
    public bool TryDecode(string text, string tenant, ulong queryHash, [NotNullWhen(true)] out CardPlace? place)
    {
        place = null;
        if (text is null || text.Length is 0 or > MaxLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MaxBytes + 3];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length < HeaderBytes + MacBytes)
        {
            return false;
        }

        var body = bytes[..(length - MacBytes)];
        if (!CryptographicOperations.FixedTimeEquals(Sign(body, tenant, queryHash), bytes[(length - MacBytes)..length]) || body[0] != Version)
        {
            return false;
        }

        place = new(ReadValues(body[HeaderBytes..], count: body[HeaderBytes - 1]), BinaryPrimitives.ReadInt64BigEndian(body[1..]));
        return true;
    }

    private byte[] Sign(ReadOnlySpan<byte> body, string tenant, ulong queryHash)
    {
        var tenantBytes = Encoding.UTF8.GetBytes(tenant);
        Span<byte> bound = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(bound, queryHash);
        BinaryPrimitives.WriteInt32BigEndian(bound[8..], tenantBytes.Length);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData("crm-cursor"u8);
        mac.AppendData(bound);
        mac.AppendData(tenantBytes);
        mac.AppendData(body);
        return mac.GetHashAndReset()[..MacBytes];
    }

    private static void Write(ArrayBufferWriter<byte> body, CardValue value)
    {
        if (value.IsInteger)
        {
            body.Write([(byte)Tag.Integer]);
            BinaryPrimitives.WriteInt64BigEndian(body.GetSpan(8), value.Integer);
            body.Advance(8);
        }
        else if (value.Text is { } text)
        {
            Write(body, Tag.Text, Encoding.UTF8.GetBytes(text));
        }
        else if (value.Bytes is { } bytes)
        {
            Write(body, Tag.Bytes, bytes);
        }
        else
        {
            body.Write([(byte)Tag.Null]);
        }
    }

    private static void Write(ArrayBufferWriter<byte> body, Tag tag, byte[] bytes)
    {
        body.Write([(byte)tag]);
        BinaryPrimitives.WriteInt32BigEndian(body.GetSpan(4), bytes.Length);
        body.Advance(4);
        body.Write(bytes);
    }

    /// <summary>Reads what <see cref="Write(ArrayBufferWriter{byte}, CardValue)"/> wrote; the signature has been checked, so it is well formed.</summary>
    private static CardValue[] ReadValues(ReadOnlySpan<byte> body, int count)
    {
        var values = new CardValue[count];
        for (var i = 0; i < count; i++)
        {
            var tag = (Tag)body[0];
            body = body[1..];
            if (tag == Tag.Integer)
            {
                values[i] = CardValue.Of(BinaryPrimitives.ReadInt64BigEndian(body));
                body = body[8..];
            }
            else if (tag != Tag.Null)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(body);
                var bytes = body.Slice(4, length);
                values[i] = tag == Tag.Text ? CardValue.Of(Encoding.UTF8.GetString(bytes)) : CardValue.Of(bytes.ToArray());
                body = body[(4 + length)..];
            }
        }

        return values;
    }
}
