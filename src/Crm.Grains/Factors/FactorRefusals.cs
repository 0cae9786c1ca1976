namespace Crm.Grains.Factors;

/// <summary>Every "no" of a person's factors.</summary>
public static class FactorRefusals
{
    public static readonly Refusal TotpMissing = Refusal.Conflict("state-conflict", "There is no authenticator app to do this with.");
    public static readonly Refusal PasskeyMissing = Refusal.NotFound("There is no such passkey.");
    public static readonly Refusal TooManyPasskeys = Refusal.Conflict("passkey-limit", "A person has at most 20 passkeys; remove one first.");
}
