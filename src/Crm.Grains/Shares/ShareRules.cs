using System.Diagnostics;
using static Crm.Grains.Shares.ShareCommand;
using static Crm.Grains.Shares.ShareEvent;

namespace Crm.Grains.Shares;

/// <summary>A share's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class ShareRules
{
    public static readonly IReadOnlySet<string> Rights = new HashSet<string> { "read", "edit" };

    public static readonly IReadOnlySet<string> WithKinds = new HashSet<string> { "user", "department" };

    /// <summary>Says what <paramref name="command"/> does to <paramref name="share"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="ShareRefusals"/> entry.</returns>
    public static Decision<ShareEvent> Decide(Share share, ShareCommand command, DateTimeOffset now) => (share, command) switch
    {
        (_, Give g) when Wrong(g) is { } wrong => wrong,                                                        // SH1
        (Share.Given given, Give g) => given.Right == g.Right ? [] : [new RightChanged(given.Right, g.Right)],  // SH2
        (_, Give g) => [new Gave(g.Kind, g.RecordId, g.WithKind, g.WithId, g.Right)],                           // SH1, SH3
        (Share.Unknown, End) => ShareRefusals.NotFound,
        (Share.Given, End) => [new WasEnded()],                                                                 // SH3
        (Share.Ended, End) => [],
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {share.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Share Evolve(Share share, ShareEvent happened) => (share, happened) switch
    {
        (_, Gave e) => new Share.Given(e.Right),
        (Share.Given, RightChanged e) => new Share.Given(e.To),
        (_, WasEnded) => new Share.Ended(),
        _ => share,
    };

    public static Holder Holder(Share share) => share is Share.Unknown ? default : new(OwnerId: null, Exists: true);

    private static Refusal? Wrong(Give g) =>
        Check.Required("right", g.Right) ?? Check.OneOf("right", g.Right, Rights) ?? Check.OneOf("withKind", g.WithKind, WithKinds) ?? Check.Id("withId", g.WithId);
}
