using System.Text.Json.Serialization;

namespace Crm.Grains.Shares;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="ShareCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Given), "given")]
[JsonDerivedType(typeof(Ended), "ended")]
public abstract record Share
{
    private Share() { }

    public static Share Initial { get; } = new Unknown();

    public sealed record Unknown : Share;

    /// <param name="Right">One of <see cref="ShareRules.Rights"/>.</param>
    public sealed record Given(string Right) : Share;

    public sealed record Ended : Share;
}
