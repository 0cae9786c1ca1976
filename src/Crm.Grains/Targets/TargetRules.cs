using System.Diagnostics;
using static Crm.Grains.Targets.TargetCommand;
using static Crm.Grains.Targets.TargetEvent;

namespace Crm.Grains.Targets;

/// <summary>A target's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class TargetRules
{
    /// <summary>Says what <paramref name="command"/> does to <paramref name="target"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="TargetRefusals"/> entry.</returns>
    public static Decision<TargetEvent> Decide(Target target, TargetCommand command, DateTimeOffset now) => (target, command) switch
    {
        (_, Set s) when Wrong(s) is { } wrong => wrong,                                                         // TG1
        (Target.Unknown, Set s) => [new Agreed(s.Pipeline, s.Month, s.OwnerId, s.Amount)],
        (Target.Known known, Set s) when (known.Pipeline, known.Month, known.OwnerId) != (s.Pipeline, s.Month, s.OwnerId) => TargetRefusals.OtherTarget,  // TG3
        (Target.Known known, Set s) => known.Amount == s.Amount ? [] : [new Changed(known.Amount, s.Amount)],   // TG2
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {target.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Target Evolve(Target target, TargetEvent happened) => (target, happened) switch
    {
        (_, Agreed e) => new Target.Known(e.Pipeline, e.Month, e.OwnerId, e.Amount),
        (Target.Known known, Changed e) => known with { Amount = e.To },
        _ => target,
    };

    /// <summary>What there is one target of (TG2).</summary>
    public static IReadOnlyList<string> Claims(Target target) =>
        target is Target.Known known ? [$"target:{known.Pipeline}|{known.Month}|{known.OwnerId?.ToString() ?? "-"}"] : [];

    public static Holder Holder(Target target) => target is Target.Known ? new(OwnerId: null, Exists: true) : default;

    private static Refusal? Wrong(Set s) =>
        Check.Slug("pipeline", s.Pipeline)
        ?? Check.Month("month", s.Month)
        ?? Check.Amount("amount", s.Amount);
}
