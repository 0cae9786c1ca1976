using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crm.Runtime;

/// <summary>The address of one grain. A key is unique across tenants and kinds; under another's key there is nothing.</summary>
/// <param name="Tenant">The organisation it belongs to: 1 to 40 of a-z, 0-9 and <c>-</c>.</param>
/// <param name="Kind">What it is; a <see cref="IGrainBehaviour.Kind"/>.</param>
/// <param name="Key"><see cref="NewKey"/> for things that are created, <see cref="Named"/> for things that have a name.</param>
public readonly record struct GrainId(string Tenant, string Kind, Guid Key)
{
    /// <summary>A key that nobody has: a UUID of version 7 (RFC 9562, 5.7), so that keys are in the order of time.</summary>
    public static Guid NewKey(DateTimeOffset at)
    {
        Span<byte> key = stackalloc byte[RandomBytes.Size];
        RandomBytes.Next().CopyTo(key);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, at.ToUnixTimeMilliseconds() << 16);
        time[..6].CopyTo(key);
        key[6] = (byte)((key[6] & 0x0f) | 0x70);
        key[8] = (byte)((key[8] & 0x3f) | 0x80);
        return new(key, bigEndian: true);
    }

    /// <summary>The grain that a name stands for: always the same, in each tenant another.</summary>
    public static GrainId Named(string tenant, string kind, string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}/{kind}/{name}"), hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80); // version 8 of RFC 9562: custom
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new(tenant, kind, new Guid(hash[..16], bigEndian: true));
    }

    public override string ToString() => $"{Tenant}/{Kind}/{Key}";
}
