using Crm.Grains.Exports;

namespace Crm.Grains.Tests.Exports;

public sealed class ExportRulesTests() : RuleSpec<Export, ExportCommand, ExportEvent, ExportCard>(ExportSlice.Definition)
{
    private static readonly ExportOrder Order = new("leads", "csv", "status eq \"open\"", "-createdAt", null, null);
    private static readonly ExportCommand.Request Request = new(Order, Ada, "sales", Rows: 30, NeedsApproval: false, Unfinished: 0, RowsLeft: 100);
    private static readonly ExportEvent.Requested Requested = new(Order, Ada, "sales", 30, NeedsApproval: false);
    private static readonly ExportEvent.Requested Large = Requested with { NeedsApproval = true };
    private static readonly ExportEvent.Finished Finished = new(30, 4, Tuesday);

    [Fact]
    public void EX1_an_export_is_of_a_list_as_csv_or_xlsx()
    {
        Given().When(Request).ThenEvents(Requested).Card.Should().BeEquivalentTo(new { OwnerId = Ada, Slice = "leads", Format = "csv", Filter = Order.Filter, Sort = Order.Sort, Status = "queued", Rows = 30 });
        Given().When(Request with { Order = Order with { Format = "pdf" } }).ThenRefused("enum-invalid", "format");
        Given(Requested).When(Request).ThenNothing();
    }

    [Fact]
    public void EX2_a_try_without_the_right_is_recorded()
    {
        Given().When(new ExportCommand.Deny(Order, Ada)).ThenEvents(new ExportEvent.Denied(Order, Ada)).Card.Should().BeEquivalentTo(new { OwnerId = Ada, Status = "denied" });
        Given(new ExportEvent.Denied(Order, Ada)).When(new ExportCommand.Deny(Order, Ada)).ThenNothing();
        Given(new ExportEvent.Denied(Order, Ada)).When(new ExportCommand.Start()).ThenRefused(ExportRefusals.NotReady);
    }

    [Fact]
    public void EX3_a_third_export_at_once_is_not_begun() => Given().When(Request with { Unfinished = 2 }).ThenRefused(ExportRefusals.TooMany);

    [Fact]
    public void EX4_nobody_takes_more_rows_than_are_left_today()
    {
        Given().When(Request with { RowsLeft = 29 }).ThenRefused(ExportRefusals.OverQuota);
        Given().When(Request with { RowsLeft = 30 }).ThenEvents(Requested);
    }

    [Fact]
    public void EX5_a_large_export_waits_for_somebody_else()
    {
        Given().When(Request with { NeedsApproval = true }).ThenEvents(Large).Card.Should().BeEquivalentTo(new { Status = "waiting" });
        Given(Large).When(new ExportCommand.Approve(Ada)).ThenRefused(ExportRefusals.OwnExport);
        Given(Large).When(new ExportCommand.Approve(Bob)).ThenEvents(new ExportEvent.Approved(Bob)).Card.Should().BeEquivalentTo(new { Status = "queued", DecidedById = Bob });
        Given(Large).When(new ExportCommand.Refuse(" too much ", Bob)).ThenEvents(new ExportEvent.Refused(Bob, "too much")).Card.Should().BeEquivalentTo(new { Status = "refused", Reason = "too much" });
        Given(Large).When(new ExportCommand.Start()).ThenRefused(ExportRefusals.NotReady);
        Given(Requested).When(new ExportCommand.Approve(Bob)).ThenRefused(ExportRefusals.NotWaiting);
        Given().When(new ExportCommand.Approve(Bob)).ThenRefused(ExportRefusals.NotFound);
    }

    [Fact]
    public void EX6_an_export_runs_to_its_end_or_fails()
    {
        Given(Requested).When(new ExportCommand.Start()).ThenEvents(new ExportEvent.Started()).Card.Should().BeEquivalentTo(new { Status = "running" });
        Given(Requested, new ExportEvent.Started()).When(new ExportCommand.Start()).ThenNothing();
        Given(Requested, new ExportEvent.Started()).When(new ExportCommand.Fail("why")).ThenEvents(new ExportEvent.Failed("why")).Card.Should().BeEquivalentTo(new { Status = "failed", Reason = "why" });
    }

    [Fact]
    public void EX7_the_file_is_for_its_requester_and_each_download_is_recorded()
    {
        var done = Given(Requested, new ExportEvent.Started(), Finished);
        done.When(new ExportCommand.NoteDownload(Ada)).ThenEvents(new ExportEvent.Downloaded(Ada)).Card.Should().BeEquivalentTo(new { Status = "done", Downloads = 1 });
        Given(Requested, new ExportEvent.Started(), Finished).When(new ExportCommand.NoteDownload(Bob)).ThenRefused(ExportRefusals.NotFound);
        Given(Requested).When(new ExportCommand.NoteDownload(Ada)).ThenRefused(ExportRefusals.NotReady);
    }

    [Fact]
    public void EX8_the_file_is_deleted_after_a_day()
    {
        var done = Given(Requested, new ExportEvent.Started()).When(new ExportCommand.Finish(30, 4), at: Monday).ThenEvents(Finished);
        done.Clocks.Should().Equal(new Clock("expire", Tuesday));
        var expired = Given(Requested, new ExportEvent.Started(), Finished).When(new ExportCommand.Expire()).ThenEvents(new ExportEvent.Expired());
        expired.Card.Should().BeEquivalentTo(new { Status = "expired" });
        expired.Clocks.Should().BeEmpty();
    }
}
