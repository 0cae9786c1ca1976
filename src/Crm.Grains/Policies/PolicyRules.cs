using System.Diagnostics;
using static Crm.Grains.Policies.PolicyCommand;
using static Crm.Grains.Policies.PolicyEvent;

namespace Crm.Grains.Policies;

/// <summary>A policy's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class PolicyRules
{
    /// <summary>tell: only say so; mask: the person sees mobiles, e-mails and amounts masked until released; stop: the person sees nothing until released.</summary>
    public static readonly IReadOnlySet<string> Steps = new HashSet<string> { "tell", "mask", "stop" };

    private const int MostRows = 100_000_000;

    /// <summary>Says what <paramref name="command"/> does to <paramref name="policy"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one refusal.</returns>
    public static Decision<PolicyEvent> Decide(Policy policy, PolicyCommand command, DateTimeOffset now) => command switch
    {
        SetLimits s when Wrong(s.Limits) is { } wrong => wrong,                                                 // PO1, PO2
        SetLimits s => policy is Policy.Written && s.Limits == policy.Now() ? [] : [new LimitsSet(policy.Now(), s.Limits)],
        _ => throw new UnreachableException($"No rule for {command.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Policy Evolve(Policy policy, PolicyEvent happened) => happened is LimitsSet e ? new Policy.Written(e.To) : policy;

    public static Holder Holder(Policy policy) => new(OwnerId: null, Exists: policy is Policy.Written);

    private static Refusal? Wrong(PolicyLimits limits) =>
        Range("approveAboveRows", limits.ApproveAboveRows, 0, MostRows)
        ?? Range("dailyRows", limits.DailyRows, 0, MostRows)
        ?? Range("windowMinutes", limits.WindowMinutes, 1, 60)
        ?? Range("leastRecords", limits.LeastRecords, 10, 1_000_000)
        ?? Range("timesUsual", limits.TimesUsual, 2, 100)
        ?? Check.Required("limits.step", limits.Step) ?? Check.OneOf("limits.step", limits.Step, Steps);

    private static Refusal? Range(string field, int value, int least, int most) =>
        value >= least && value <= most ? null : PolicyRefusals.OutOfRange(field, least, most);
}
