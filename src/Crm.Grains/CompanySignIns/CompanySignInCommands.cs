namespace Crm.Grains.CompanySignIns;

/// <summary>What may be asked of a tenant's company sign-in. A command states intent and may be refused.</summary>
public abstract record CompanySignInCommand
{
    private CompanySignInCommand() { }

    /// <param name="Label">What the button says.</param>
    /// <param name="Issuer">The provider's address, under which it describes itself (OpenID Connect Discovery).</param>
    /// <param name="ClientId">What the provider knows this CRM as.</param>
    public sealed record Set(string Label, string Issuer, string ClientId, bool Enabled) : CompanySignInCommand;

    /// <summary>A new client secret was stored, elsewhere.</summary>
    public sealed record SetSecret : CompanySignInCommand;
}
