namespace Crm.Grains.CompanySignIns;

/// <summary>Every "no" of a company sign-in.</summary>
public static class CompanySignInRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("The company sign-in has not been set up.");
    public static readonly Refusal IssuerInvalid = Refusal.Invalid("issuer-invalid", "An issuer is an https address without query, user or fragment, as the provider states it.", "issuer");
}
