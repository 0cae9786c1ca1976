using System.Diagnostics;
using static Crm.Grains.AccessLogs.AccessLogCommand;
using static Crm.Grains.AccessLogs.AccessLogEvent;

namespace Crm.Grains.AccessLogs;

/// <summary>An access log's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class AccessLogRules
{
    /// <summary>search: a full-text search; export: an export requested or fetched; masked-read: records with masked fields; refused: a record or right that was refused.</summary>
    public static readonly IReadOnlySet<string> Types = new HashSet<string> { "search", "export", "masked-read", "refused" };

    /// <summary>Says what <paramref name="command"/> does to <paramref name="log"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if there is nothing to note), or one <see cref="AccessLogRefusals"/> entry.</returns>
    public static Decision<AccessLogEvent> Decide(AccessLog log, AccessLogCommand command, DateTimeOffset now) => (log, command) switch
    {
        (AccessLog.Kept kept, Note n) when kept.PersonId != n.PersonId => AccessLogRefusals.OtherPerson,        // AG1
        (_, Note n) when Check.Day("day", n.Day) is { } wrong => wrong,
        (_, Note n) when n.Notes.Select(note => Erasure.Wrong(note.Type, note.Slice, note.Detail, note.From, note.Via) ?? Erasure.Wrong(note.At)).FirstOrDefault(wrong => wrong is not null) is { } wrong => wrong,
        (_, Note { Notes.Count: 0, Peak: <= 0 }) => [],
        (_, Note n) => [new Noted(n.PersonId, n.Day, n.Notes, n.Peak)],                                         // AG2
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {log.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static AccessLog Evolve(AccessLog log, AccessLogEvent happened) => happened is Noted e ? new AccessLog.Kept(e.PersonId) : log;

    public static Holder Holder(AccessLog log) => log is AccessLog.Kept kept ? new(kept.PersonId, Exists: true) : default;
}
