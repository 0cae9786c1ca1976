using System.Diagnostics;
using static Crm.Grains.Alerts.AlertCommand;
using static Crm.Grains.Alerts.AlertEvent;

namespace Crm.Grains.Alerts;

/// <summary>An alert's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class AlertRules
{
    /// <summary>export-forbidden: an export was tried without the right; unusual-reading: far more of others' records were read than usual.</summary>
    public static readonly IReadOnlySet<string> Types = new HashSet<string> { "export-forbidden", "unusual-reading" };

    private static readonly IReadOnlySet<string> Steps = new HashSet<string> { "tell", "mask", "stop" };

    /// <summary>Says what <paramref name="command"/> does to <paramref name="alert"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="AlertRefusals"/> entry.</returns>
    public static Decision<AlertEvent> Decide(Alert alert, AlertCommand command, DateTimeOffset now) => (alert, command) switch
    {
        (Alert.Unknown, Raise r) when Wrong(r) is { } wrong => wrong,                                           // AL1
        (Alert.Unknown, Raise r) => [new Raised(r.Type, r.PersonId, r.ManagerId, r.Slice, r.Count, r.Usual, r.Step)],
        (_, Raise) => [],                                                                                       // AL2
        (_, Release r) when Check.Note("note", r.Note, longest: 2_000) is { } wrong => wrong,
        (Alert.Unknown, Release) => AlertRefusals.NotFound,
        (Alert.Open open, Release r) when open.PersonId == r.ById => AlertRefusals.OwnAlert,                    // AL3
        (Alert.Open, Release r) => [new Released(Normal.Text(r.Note))],
        (Alert.Closed, Release) => [],
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {alert.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Alert Evolve(Alert alert, AlertEvent happened) => (alert, happened) switch
    {
        (_, Raised e) => new Alert.Open(e.PersonId, e.ManagerId),
        (Alert.Open open, Released) => new Alert.Closed(open.ManagerId),
        _ => alert,
    };

    public static Holder Holder(Alert alert) => alert switch
    {
        Alert.Open open => new(open.ManagerId, Exists: true),
        Alert.Closed closed => new(closed.ManagerId, Exists: true),
        _ => default,
    };

    private static Refusal? Wrong(Raise r) => Check.OneOf("type", r.Type, Types) ?? Check.Id("personId", r.PersonId) ?? Check.OneOf("step", r.Step, Steps);
}
