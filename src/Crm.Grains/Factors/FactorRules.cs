using System.Diagnostics;
using static Crm.Grains.Factors.FactorCommand;
using static Crm.Grains.Factors.FactorEvent;

namespace Crm.Grains.Factors;

/// <summary>What a person can prove themselves with, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class FactorRules
{
    /// <summary>Most passkeys of one person.</summary>
    public const int MostPasskeys = 20;

    private static readonly Factor.Known Nothing = new(HasTotp: false, [], null);

    /// <summary>Says what <paramref name="command"/> does to <paramref name="factor"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="FactorRefusals"/> entry.</returns>
    public static Decision<FactorEvent> Decide(Factor factor, FactorCommand command, DateTimeOffset now) => (Of(factor), command) switch
    {
        (_, AddPasskey a) when (Check.Required("credentialId", a.CredentialId, 2_000) ?? Check.Required("name", a.Name, 100)) is { } wrong => wrong,  // FA2
        (_, LinkCompany l) when Check.Required("issuer", l.Issuer, 500) is { } wrong => wrong,                  // FA3
        ({ HasTotp: true }, EnrolTotp) => [],                                                                   // FA1
        (_, EnrolTotp) => [new TotpEnrolled()],                                                                 // FA1
        ({ HasTotp: true }, RemoveTotp) => [new TotpRemoved()],                                                 // FA1
        (_, RemoveTotp) => [],
        ({ HasTotp: true }, RenewCodes) => [new CodesRenewed()],                                                // FA1
        (_, RenewCodes) => FactorRefusals.TotpMissing,
        (var known, AddPasskey a) when known.Passkeys.Contains(a.CredentialId) => [],                           // FA2
        ({ Passkeys.Count: >= MostPasskeys }, AddPasskey) => FactorRefusals.TooManyPasskeys,                    // FA2
        (_, AddPasskey a) => [new PasskeyAdded(a.CredentialId, a.Name.Trim())],                                 // FA2
        (var known, RemovePasskey r) => known.Passkeys.Contains(r.CredentialId) ? [new PasskeyRemoved(r.CredentialId)] : [],  // FA2
        (var known, LinkCompany l) => known.Company == l.Issuer ? [] : [new CompanyLinked(l.Issuer)],           // FA3
        ({ HasTotp: false, Passkeys.Count: 0, Company: null }, Reset) => [],                                    // FA4
        (_, Reset) => [new WasReset()],                                                                         // FA4
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {factor.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Factor Evolve(Factor factor, FactorEvent happened) => (Of(factor), happened) switch
    {
        (var known, TotpEnrolled) => known with { HasTotp = true },
        (var known, TotpRemoved) => known with { HasTotp = false },
        (var known, PasskeyAdded e) => known with { Passkeys = [.. known.Passkeys, e.CredentialId] },
        (var known, PasskeyRemoved e) => known with { Passkeys = [.. known.Passkeys.Where(id => id != e.CredentialId)] },
        (var known, CompanyLinked e) => known with { Company = e.Issuer },
        (_, WasReset) => Nothing,
        (var known, _) => known,
    };

    public static Holder Holder(Factor factor) => new(OwnerId: null, Exists: factor is Factor.Known);

    private static Factor.Known Of(Factor factor) => factor as Factor.Known ?? Nothing;
}
