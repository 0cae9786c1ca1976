namespace Crm.Grains.Factors;

/// <summary>What may be asked of what a person can prove themselves with. A command states intent and may be refused.</summary>
public abstract record FactorCommand
{
    private FactorCommand() { }

    /// <summary>An authenticator app shows the right codes.</summary>
    public sealed record EnrolTotp : FactorCommand;

    public sealed record RemoveTotp : FactorCommand;

    /// <summary>New recovery codes were made; the old ones are void.</summary>
    public sealed record RenewCodes : FactorCommand;

    /// <param name="CredentialId">In base64url.</param>
    /// <param name="Name">What the person calls the device.</param>
    public sealed record AddPasskey(string CredentialId, string Name) : FactorCommand;

    public sealed record RemovePasskey(string CredentialId) : FactorCommand;

    /// <summary>The person's account at the company's provider signs them in from now on.</summary>
    public sealed record LinkCompany(string Issuer) : FactorCommand;

    /// <summary>An administrator takes everything away, for somebody who lost their devices.</summary>
    public sealed record Reset : FactorCommand;
}
