using GrainId = Crm.Runtime.GrainId;

namespace Crm.Orleans.Grains;

/// <summary>Addresses of grains as the cluster's keys, and back.</summary>
internal static class GrainKeys
{
    public static string Of(GrainId grain) => $"{grain.Tenant}/{grain.Kind}/{grain.Key:N}";

    public static bool TryParse(string key, out GrainId grain)
    {
        var parts = key.Split('/');
        if (parts.Length >= 3 && Guid.TryParseExact(parts[2], "N", out var id))
        {
            grain = new(parts[0], parts[1], id);
            return true;
        }

        grain = default;
        return false;
    }

    /// <summary>The tenant in a key.</summary>
    public static ReadOnlySpan<char> TenantOf(ReadOnlySpan<char> key) => key.IndexOf('/') is var end and >= 0 ? key[..end] : key;
}
