using System.Text.Json.Serialization;

namespace Crm.Grains.CompanySignIns;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="CompanySignInCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Known), "known")]
public abstract record CompanySignIn
{
    private CompanySignIn() { }

    public static CompanySignIn Initial { get; } = new Unknown();

    public sealed record Unknown : CompanySignIn;

    public sealed record Known(string Label, string Issuer, string ClientId, bool IsEnabled) : CompanySignIn;
}
