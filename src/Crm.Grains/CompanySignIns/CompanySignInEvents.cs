using System.Text.Json.Serialization;

namespace Crm.Grains.CompanySignIns;

/// <summary>What has happened to a tenant's company sign-in. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Configured), "companysignin-set-v1")]
[JsonDerivedType(typeof(SecretSet), "companysignin-secret-set-v1")]
public abstract record CompanySignInEvent
{
    private CompanySignInEvent() { }

    public sealed record Configured(string Label, string Issuer, string ClientId, bool Enabled) : CompanySignInEvent;

    /// <summary>Says that it happened, not what to.</summary>
    public sealed record SecretSet : CompanySignInEvent;
}
