using System.Text.Json.Serialization;

namespace Crm.Grains.Factors;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="FactorCard"/>.</summary>
[JsonDerivedType(typeof(None), "none")]
[JsonDerivedType(typeof(Known), "known")]
public abstract record Factor
{
    private Factor() { }

    public static Factor Initial { get; } = new None();

    public sealed record None : Factor;

    /// <param name="Passkeys">Their credential ids.</param>
    /// <param name="Company">The issuer of the linked company account.</param>
    public sealed record Known(bool HasTotp, IReadOnlyList<string> Passkeys, string? Company) : Factor;
}
