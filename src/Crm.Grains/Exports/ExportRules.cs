using System.Diagnostics;
using static Crm.Grains.Exports.ExportCommand;
using static Crm.Grains.Exports.ExportEvent;

namespace Crm.Grains.Exports;

/// <summary>An export's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class ExportRules
{
    /// <summary>Exports that one person may have unfinished at the same time.</summary>
    public const int MostUnfinished = 2;

    /// <summary>How long the file of an export is kept.</summary>
    public static readonly TimeSpan FileLifetime = TimeSpan.FromDays(1);

    public static readonly IReadOnlySet<string> Formats = new HashSet<string> { "csv", "xlsx" };

    /// <summary>Says what <paramref name="command"/> does to <paramref name="export"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="ExportRefusals"/> entry.</returns>
    public static Decision<ExportEvent> Decide(Export export, ExportCommand command, DateTimeOffset now) => (export, command) switch
    {
        (Export.Unknown, Request r) when Wrong(r.Order) is { } wrong => wrong,                                  // EX1
        (Export.Unknown, Request r) when Check.Line("role", r.Role) is { } wrong => wrong,
        (Export.Unknown, Request { Unfinished: >= MostUnfinished }) => ExportRefusals.TooMany,                  // EX3
        (Export.Unknown, Request r) when r.Rows > r.RowsLeft => ExportRefusals.OverQuota,                       // EX4
        (Export.Unknown, Request r) => [new Requested(r.Order, r.RequesterId, r.Role, r.Rows, r.NeedsApproval)],
        (_, Request) => [],
        (Export.Unknown, Deny d) when Wrong(d.Order) is { } wrong => wrong,
        (Export.Unknown, Deny d) => [new Denied(d.Order, d.RequesterId)],                                       // EX2
        (_, Deny) => [],
        (Export.Unknown, _) => ExportRefusals.NotFound,
        (Export.Waiting waiting, Approve a) when waiting.RequesterId == a.ById => ExportRefusals.OwnExport,     // EX5
        (Export.Waiting, Approve a) => [new Approved(a.ById)],
        (_, Approve) => ExportRefusals.NotWaiting,
        (_, Refuse r) when Check.Note("reason", r.Reason, longest: 2_000) is { } wrong => wrong,
        (Export.Waiting, Refuse r) => [new Refused(r.ById, Normal.Text(r.Reason))],                             // EX5
        (_, Refuse) => ExportRefusals.NotWaiting,
        (Export.Queued, Start) => [new Started()],                                                              // EX6
        (Export.Running, Start) => [],
        (_, Start) => ExportRefusals.NotReady,
        (Export.Running, Finish f) => [new Finished(f.Rows, f.Kilobytes, now + FileLifetime)],
        (_, Finish) => [],
        (Export.Queued or Export.Running, Fail f) when Check.Note("reason", f.Reason) is { } wrong => wrong,
        (Export.Queued or Export.Running, Fail f) => [new Failed(f.Reason)],
        (_, Fail) => [],
        (Export.Done done, NoteDownload n) => done.RequesterId == n.ById ? [new Downloaded(n.ById)] : ExportRefusals.NotFound, // EX7
        (_, NoteDownload) => ExportRefusals.NotReady,
        (Export.Done, Expire) => [new Expired()],                                                               // EX8
        (_, Expire) => [],
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {export.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Export Evolve(Export export, ExportEvent happened) => (export, happened) switch
    {
        (_, Requested e) => e.NeedsApproval ? new Export.Waiting(e.RequesterId) : new Export.Queued(e.RequesterId),
        (_, Denied e) => new Export.Closed(e.RequesterId),
        (Export.Waiting e, Approved) => new Export.Queued(e.RequesterId),
        (Export.Waiting e, Refused) => new Export.Closed(e.RequesterId),
        (Export.Queued e, Started) => new Export.Running(e.RequesterId),
        (Export.Running e, Finished f) => new Export.Done(e.RequesterId, f.KeptUntil),
        (Export.Queued e, Failed) => new Export.Closed(e.RequesterId),
        (Export.Running e, Failed) => new Export.Closed(e.RequesterId),
        (Export.Done e, Expired) => new Export.Closed(e.RequesterId),
        _ => export,
    };

    public static IReadOnlyList<Clock> Clocks(Export export) => export is Export.Done done ? [new("expire", done.KeptUntil)] : []; // EX8

    public static Holder Holder(Export export) => export switch
    {
        Export.Waiting e => new(e.RequesterId, Exists: true),
        Export.Queued e => new(e.RequesterId, Exists: true),
        Export.Running e => new(e.RequesterId, Exists: true),
        Export.Done e => new(e.RequesterId, Exists: true),
        Export.Closed e => new(e.RequesterId, Exists: true),
        _ => default,
    };

    private static Refusal? Wrong(ExportOrder order) =>
        Check.Required("slice", order.Slice) ?? Check.Required("format", order.Format) ?? Check.OneOf("format", order.Format, Formats)
        ?? Check.Line("filter", order.Filter, longest: 4_000) ?? Check.Line("sort", order.Sort) ?? Check.Line("q", order.Q) ?? Check.Line("fields", order.Fields, longest: 2_000);
}
