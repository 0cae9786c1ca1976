using System.Diagnostics;
using static Crm.Grains.CompanySignIns.CompanySignInCommand;
using static Crm.Grains.CompanySignIns.CompanySignInEvent;

namespace Crm.Grains.CompanySignIns;

/// <summary>A tenant's company sign-in, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class CompanySignInRules
{
    /// <summary>Says what <paramref name="command"/> does to <paramref name="setting"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="CompanySignInRefusals"/> entry.</returns>
    public static Decision<CompanySignInEvent> Decide(CompanySignIn setting, CompanySignInCommand command, DateTimeOffset now) => (setting, command) switch
    {
        (_, Set s) when Wrong(s) is { } wrong => wrong,                                                         // CS1
        (CompanySignIn.Known known, Set s) when known == new CompanySignIn.Known(s.Label.Trim(), s.Issuer.Trim(), s.ClientId.Trim(), s.Enabled) => [],
        (_, Set s) => [new Configured(s.Label.Trim(), s.Issuer.Trim(), s.ClientId.Trim(), s.Enabled)],          // CS1
        (CompanySignIn.Known, SetSecret) => [new SecretSet()],                                                  // CS2
        (CompanySignIn.Unknown, SetSecret) => CompanySignInRefusals.NotFound,
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {setting.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static CompanySignIn Evolve(CompanySignIn setting, CompanySignInEvent happened) => happened switch
    {
        Configured e => new CompanySignIn.Known(e.Label, e.Issuer, e.ClientId, e.Enabled),
        _ => setting,
    };

    public static Holder Holder(CompanySignIn setting) => setting is CompanySignIn.Known ? new(OwnerId: null, Exists: true) : default;

    private static Refusal? Wrong(Set s) =>
        Check.Required("label", s.Label, 60)
        ?? Check.Required("issuer", s.Issuer, 500)
        ?? (IsIssuer(s.Issuer.Trim()) ? null : CompanySignInRefusals.IssuerInvalid)
        ?? Check.Required("clientId", s.ClientId, 200);

    /// <summary>Plain http is for a provider on the same machine only: nobody listens between.</summary>
    private static bool IsIssuer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
