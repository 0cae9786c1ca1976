using System.Diagnostics;
using static Crm.Grains.Handovers.HandoverCommand;
using static Crm.Grains.Handovers.HandoverEvent;

namespace Crm.Grains.Handovers;

/// <summary>A hand-over's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class HandoverRules
{
    /// <summary>How long a hand-over can be taken back.</summary>
    public static readonly TimeSpan UndoTime = TimeSpan.FromDays(7);

    /// <summary>Most people that one slice is shared among.</summary>
    public const int MostPeople = 50;

    /// <summary>Says what <paramref name="command"/> does to <paramref name="handover"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="HandoverRefusals"/> entry.</returns>
    public static Decision<HandoverEvent> Decide(Handover handover, HandoverCommand command, DateTimeOffset now) => (handover, command) switch
    {
        (Handover.Unknown, Request r) when Wrong(r) is { } wrong => wrong,                                      // HO1
        (Handover.Unknown, Request { SeesAll: false }) => HandoverRefusals.Unseen,                              // HO5
        (Handover.Unknown, Request r) => [new Requested(r.FromId, r.To, r.Shares, r.Planned, r.WasActive)],
        (Handover.Unknown, _) => HandoverRefusals.NotFound,
        (_, Request) => [],

        (_, Progress p) when p.Refused < 0 || p.Given.Any(given => given.Count < 0) => HandoverRefusals.CountsInvalid,
        (_, UndoProgress { Undone: < 0 } or UndoProgress { Kept: < 0 }) => HandoverRefusals.CountsInvalid,

        (Handover.Running running, Progress p) => Handled(p.Given, p.Refused) > running.Handled ? [new Progressed(p.Given, p.Refused)] : [],  // HO3
        (Handover.Running, Finish) => [new Finished(now + UndoTime)],
        (Handover.Done, Finish or Progress) => [],
        (Handover.Done done, RequestUndo) => now > done.UndoUntil ? HandoverRefusals.TooLate : [new UndoRequested()],  // HO4
        (Handover.Undoing, RequestUndo) => [],
        (Handover.Undoing undoing, UndoProgress u) => (long)u.Undone + u.Kept > undoing.Handled ? [new UndoProgressed(u.Undone, u.Kept)] : [],  // HO3
        (Handover.Undoing, FinishUndo) => [new UndoFinished()],
        (Handover.Undone, RequestUndo or UndoProgress or FinishUndo) => [],
        (_, Progress or Finish or RequestUndo or UndoProgress or FinishUndo) => HandoverRefusals.OutOfOrder,
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {handover.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Handover Evolve(Handover handover, HandoverEvent happened) => (handover, happened) switch
    {
        (_, Requested e) => new Handover.Running(e.FromId, Handled: 0),
        (Handover.Running running, Progressed e) => running with { Handled = Handled(e.Given, e.Refused) },
        (Handover.Running running, Finished e) => new Handover.Done(running.FromId, e.UndoUntil),
        (Handover.Done done, UndoRequested) => new Handover.Undoing(done.FromId, Handled: 0),
        (Handover.Undoing undoing, UndoProgressed e) => undoing with { Handled = (long)e.Undone + e.Kept },
        (_, UndoFinished) => new Handover.Undone(),
        _ => handover,
    };

    /// <summary>The person, while records of his are on the way (HO2).</summary>
    public static IReadOnlyList<string> Claims(Handover handover) => handover switch
    {
        Handover.Running running => [$"handover:{running.FromId}"],
        Handover.Undoing undoing => [$"handover:{undoing.FromId}"],
        _ => [],
    };

    public static Holder Holder(Handover handover) => handover is Handover.Unknown ? default : new(OwnerId: null, Exists: true);

    private static long Handled(IReadOnlyList<HandoverCount> given, int refused) => given.Sum(each => (long)each.Count) + refused;

    private static Refusal? Wrong(Request r) =>
        Check.Id("fromId", r.FromId)
        ?? r.Shares.Select(share => Check.Slug("shares", share.Slice) ?? WrongPeople(share.To, r.FromId)).FirstOrDefault(wrong => wrong is not null)
        ?? WrongPeople(r.To, r.FromId);

    private static Refusal? WrongPeople(IReadOnlyList<Guid> to, Guid from) =>
        to.Count is 0 or > MostPeople || to.Contains(Guid.Empty) ? HandoverRefusals.ToNobody
        : to.Contains(from) ? HandoverRefusals.ToOneself
        : null;
}
