using Crm.Grains.Handovers;

namespace Crm.Grains.Tests.Handovers;

public sealed class HandoverRulesTests() : RuleSpec<Handover, HandoverCommand, HandoverEvent, HandoverCard>(HandoverSlice.Definition)
{
    private static readonly Guid Leaver = Guid.Parse("01990000-0000-7000-8000-0000000000e1");
    private static readonly HandoverEvent.Requested Requested = new(Leaver, [Ada], [], [new("leads", 2)], WasActive: true);
    private static readonly HandoverCommand.Request Request = new(Leaver, [Ada], [], [new("leads", 2)], WasActive: true);

    [Fact]
    public void HO1_a_hand_over_goes_from_one_to_others()
    {
        Given().When(Request).ThenEvents(Requested).Card.Should().BeEquivalentTo(new { FromId = Leaver, Status = "running", WasActive = true });
        Given().When(Request with { To = [] }).ThenRefused("field-required", "to");
        Given().When(Request with { To = [Ada, Leaver] }).ThenRefused("handover-to-oneself", "to");
        Given().When(Request with { To = [.. Enumerable.Repeat(Ada, 51)] }).ThenRefused("field-required", "to");
        Given().When(Request with { Shares = [new("leads", [Leaver])] }).ThenRefused("handover-to-oneself", "to");
        Given().When(Request with { FromId = Guid.Empty }).ThenRefused("field-required", "fromId");
        Given().When(new HandoverCommand.Finish()).ThenRefused(HandoverRefusals.NotFound);
    }

    [Fact]
    public void HO2_a_person_is_handed_over_once_at_a_time()
    {
        HandoverRules.Claims(new Handover.Running(Leaver, 0)).Should().Equal($"handover:{Leaver}");
        HandoverRules.Claims(new Handover.Undoing(Leaver, 0)).Should().Equal($"handover:{Leaver}");
        HandoverRules.Claims(new Handover.Done(Leaver, default)).Should().BeEmpty();
    }

    [Fact]
    public void HO3_progress_only_grows()
    {
        var one = new HandoverEvent.Progressed([new("leads", 1)], 0);
        Given(Requested).When(new HandoverCommand.Progress([new("leads", 1)], 0)).ThenEvents(one).Card.Should().BeEquivalentTo(new { Given = new[] { new HandoverCount("leads", 1) } });
        Given(Requested, one).When(new HandoverCommand.Progress([new("leads", 1)], 0)).ThenNothing();
        Given(Requested).When(new HandoverCommand.Progress([new("leads", -1)], 0)).ThenRefused("number-out-of-range", "given");
        Given(Requested).When(new HandoverCommand.RequestUndo()).ThenRefused(HandoverRefusals.OutOfOrder);
    }

    [Fact]
    public void HO4_a_hand_over_is_taken_back_for_seven_days()
    {
        var finished = new HandoverEvent.Finished(Monday.AddDays(7));
        Given(Requested).When(new HandoverCommand.Finish(), at: Monday).ThenEvents(finished).Card.Should().BeEquivalentTo(new { Status = "done", UndoUntil = Monday.AddDays(7) });
        Given(Requested, finished).When(new HandoverCommand.RequestUndo(), at: Monday.AddDays(7)).ThenEvents(new HandoverEvent.UndoRequested());
        Given(Requested, finished).When(new HandoverCommand.RequestUndo(), at: Monday.AddDays(7).AddMilliseconds(1)).ThenRefused(HandoverRefusals.TooLate);
        Given(Requested, finished, new HandoverEvent.UndoRequested()).When(new HandoverCommand.UndoProgress(1, 1))
            .ThenEvents(new HandoverEvent.UndoProgressed(1, 1)).Card.Should().BeEquivalentTo(new { Status = "undoing", Undone = 1, Kept = 1 });
        Given(Requested, finished, new HandoverEvent.UndoRequested()).When(new HandoverCommand.FinishUndo()).ThenEvents(new HandoverEvent.UndoFinished()).Card.Should().BeEquivalentTo(new { Status = "undone" });
    }
    [Fact]
    public void HO5_what_is_not_seen_is_not_handed_over() => Given().When(Request with { SeesAll = false }).ThenRefused(HandoverRefusals.Unseen);
}
