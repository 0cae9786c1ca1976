using System.Security.Cryptography;
using System.Text;

namespace Crm.Runtime;

/// <summary>The address of one grain. A key is unique across tenants and kinds; under another's key there is nothing.</summary>
/// <param name="Tenant">The organisation it belongs to: 1 to 40 of a-z, 0-9 and <c>-</c>.</param>
/// <param name="Kind">What it is; a <see cref="IGrainBehaviour.Kind"/>.</param>
/// <param name="Key">UUIDv7 for things that are created, <see cref="Named"/> for things that have a name.</param>
public readonly record struct GrainId(string Tenant, string Kind, Guid Key)
{
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
