using System.Text.Json.Serialization;

namespace Crm.Grains.Factors;

/// <summary>What has happened to what a person can prove themselves with. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(TotpEnrolled), "factor-totp-enrolled-v1")]
[JsonDerivedType(typeof(TotpRemoved), "factor-totp-removed-v1")]
[JsonDerivedType(typeof(CodesRenewed), "factor-codes-renewed-v1")]
[JsonDerivedType(typeof(PasskeyAdded), "factor-passkey-added-v1")]
[JsonDerivedType(typeof(PasskeyRemoved), "factor-passkey-removed-v1")]
[JsonDerivedType(typeof(CompanyLinked), "factor-company-linked-v1")]
[JsonDerivedType(typeof(WasReset), "factor-reset-v1")]
public abstract record FactorEvent
{
    private FactorEvent() { }

    public sealed record TotpEnrolled : FactorEvent;

    public sealed record TotpRemoved : FactorEvent;

    public sealed record CodesRenewed : FactorEvent;

    public sealed record PasskeyAdded(string CredentialId, string Name) : FactorEvent;

    public sealed record PasskeyRemoved(string CredentialId) : FactorEvent;

    public sealed record CompanyLinked(string Issuer) : FactorEvent;

    public sealed record WasReset : FactorEvent;
}
