using Crm.Grains.Imports;

namespace Crm.Grains.Tests.Imports;

public sealed class ImportRulesTests() : RuleSpec<Import, ImportCommand, ImportEvent, ImportCard>(ImportSlice.Definition)
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly IReadOnlyDictionary<string, string?> Mapping = new Dictionary<string, string?> { ["姓名"] = "name", ["预算"] = "custom.budget", ["序号"] = null };
    private static readonly ImportCommand.Request Request = new("leads.csv", Hash, RowsTotal: 500, "exhibition", Ada, Mapping, ["序号", "姓名", "预算"]);
    private static readonly ImportEvent.Requested Requested = new("leads.csv", Hash, RowsTotal: 500, "exhibition", Ada, Mapping, ["序号", "姓名", "预算"]);
    private static readonly ImportEvent.Started Started = new();
    private static readonly ImportEvent.Progressed Progressed = new(Read: 100, Created: 90, Merged: 7, Refused: 3, [Problem(4)]);
    private static readonly ImportEvent.Finished Finished = new();
    private static readonly ImportEvent.Failed Failed = new("The disk is full.", "running");
    private static readonly ImportEvent[] Done = [Requested, Started, Progressed, Finished];

    [Fact]
    public void IM1_an_import_is_requested_for_a_file() =>
        Given().When(Request with { FileName = " leads.csv ", ContentHash = Hash.ToUpperInvariant() }).ThenEvents(Requested)
            .Card.Should().BeEquivalentTo(new ImportCard(It, 1, "leads.csv", "queued", 500, 0, 0, 0, 0, null, null, [], 0));

    [Fact]
    public void IM1_what_cannot_be_is_refused()
    {
        Given().When(Request with { FileName = "" }).ThenRefused("field-required", "fileName");
        Given().When(Request with { FileName = new string('a', 256) }).ThenRefused("field-too-long", "fileName");
        Given().When(Request with { ContentHash = "xyz" }).ThenRefused(ImportRefusals.HashInvalid);
        Given().When(Request with { RowsTotal = -1 }).ThenRefused("number-out-of-range", "rowsTotal");
        Given().When(Request with { Source = "Trade Fair" }).ThenRefused(ImportRefusals.SourceInvalid);
    }

    [Theory]
    [InlineData("姓名", "nickname")] // no field of a lead
    [InlineData("姓名", "custom.")]
    [InlineData("姓名", "ownerId")]
    [InlineData("电话", "mobile")] // no column of the file
    public void IM1_a_mapping_goes_from_columns_of_the_file_to_fields_of_a_lead(string column, string field) =>
        Given().When(Request with { Mapping = new Dictionary<string, string?> { [column] = field } }).ThenRefused(ImportRefusals.MappingInvalid);

    [Fact]
    public void IM1_requesting_it_again_is_no_event() => Given(Requested).When(Request).ThenNothing();

    [Fact]
    public void IM1_what_never_was_is_not_found() => Given().When(new ImportCommand.Start()).ThenRefused(ImportRefusals.NotFound);

    [Fact]
    public void IM2_the_content_is_claimed_from_the_request_on()
    {
        string[] claim = [$"import-file:{Hash}"];
        Given(Requested).Claims.Should().Equal(claim);
        Given(Requested, Started).Claims.Should().Equal(claim);
        Given(Done).Claims.Should().Equal(claim);
        Given([.. Done, new ImportEvent.UndoRequested("done")]).Claims.Should().Equal(claim);
    }

    [Fact]
    public void IM2_but_not_when_it_failed_or_was_undone()
    {
        Given(Requested, Started, Failed).Claims.Should().BeEmpty();
        Given([.. Done, new ImportEvent.UndoRequested("done"), new ImportEvent.UndoFinished()]).Claims.Should().BeEmpty();
    }

    [Fact]
    public void IM2_undoing_a_failed_import_does_not_claim_again_what_may_have_been_imported_since() =>
        Given(Requested, Started, Failed, new ImportEvent.UndoRequested("failed")).Claims.Should().BeEmpty();

    [Fact]
    public void IM3_an_import_is_queued_runs_and_is_done()
    {
        var running = Given(Requested with { RowsTotal = null }).When(new ImportCommand.Start()).ThenEvents(Started);
        running.Card.Should().BeEquivalentTo(new { Status = "running", StartedAt = Tuesday, EndedAt = (DateTimeOffset?)null });
        running.When(new ImportCommand.Start()).ThenNothing();
        var done = running.Then(Progressed).When(new ImportCommand.Finish(), at: Wednesday).ThenEvents(Finished);
        done.Card.Should().BeEquivalentTo(new { Status = "done", StartedAt = Tuesday, EndedAt = Wednesday, Total = 100, Read = 100 });
        done.When(new ImportCommand.Finish()).ThenNothing();
    }

    [Fact]
    public void IM3_anything_out_of_order_is_refused()
    {
        Given(Requested).When(new ImportCommand.Progress(1, 1, 0, 0, [])).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Requested).When(new ImportCommand.Finish()).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Requested).When(new ImportCommand.RequestUndo()).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Requested, Started).When(new ImportCommand.RequestUndo()).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Requested, Started).When(new ImportCommand.FinishUndo()).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Done).When(new ImportCommand.Start()).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Done).When(new ImportCommand.Progress(101, 101, 0, 0, [])).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Done).When(new ImportCommand.Fail("Why")).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Done).When(new ImportCommand.UndoProgress(1, 0)).ThenRefused(ImportRefusals.OutOfOrder);
        Given(Requested, Started, Failed).When(new ImportCommand.Start()).ThenRefused(ImportRefusals.OutOfOrder);
        ImportRefusals.OutOfOrder.Code.Should().Be("state-conflict");
    }

    [Fact]
    public void IM4_progress_carries_totals_so_far() =>
        Given(Requested, Started, Progressed).When(new ImportCommand.Progress(200, 180, 14, 6, [Problem(150)])).ThenEvents(new ImportEvent.Progressed(200, 180, 14, 6, [Problem(150)]))
            .Card.Should().BeEquivalentTo(new { Read = 200, Created = 180, Merged = 14, Refused = 6, Problems = new[] { Problem(4), Problem(150) } });

    [Fact]
    public void IM4_progress_that_read_no_further_is_no_event()
    {
        Given(Requested, Started, Progressed).When(new ImportCommand.Progress(100, 90, 7, 3, [Problem(4)])).ThenNothing();
        Given(Requested, Started, Progressed).When(new ImportCommand.Progress(50, 45, 3, 2, [])).ThenNothing();
        Given(Done).When(new ImportCommand.Progress(100, 90, 7, 3, [Problem(4)])).ThenNothing();
    }

    [Theory]
    [InlineData(10, -1, 0, 0)]
    [InlineData(10, 5, 5, 1)]
    [InlineData(10, int.MaxValue, int.MaxValue, int.MaxValue)]
    public void IM4_counts_that_cannot_be_are_refused(int read, int created, int merged, int refused) =>
        Given(Requested, Started).When(new ImportCommand.Progress(read, created, merged, refused, [])).ThenRefused(ImportRefusals.CountsInvalid);

    [Fact]
    public void IM5_the_card_keeps_the_first_100_problems_and_counts_them_all() =>
        Given(Requested, Started).When(new ImportCommand.Progress(300, 0, 0, 300, [.. Enumerable.Range(2, 300).Select(Problem)]))
            .ThenEvents(new ImportEvent.Progressed(300, 0, 0, 300, [.. Enumerable.Range(2, 300).Select(Problem)]))
            .Card.Should().BeEquivalentTo(new { Refused = 300, Problems = Enumerable.Range(2, 100).Select(Problem) });

    [Fact]
    public void IM5_a_long_value_is_shown_by_its_beginning() =>
        Given(Requested, Started).When(new ImportCommand.Progress(1, 0, 0, 1, [Problem(2) with { Value = new string('a', 32_767) }]))
            .ThenEvents(new ImportEvent.Progressed(1, 0, 0, 1, [Problem(2) with { Value = new string('a', 200) + "…" }]));

    [Fact]
    public void IM6_an_import_that_is_done_can_be_undone()
    {
        var undoing = Given(Done).When(new ImportCommand.RequestUndo()).ThenEvents(new ImportEvent.UndoRequested("done"));
        undoing.Card.Should().BeEquivalentTo(new { Status = "undoing" });
        undoing.When(new ImportCommand.RequestUndo()).ThenNothing();
        undoing.When(new ImportCommand.UndoProgress(40, 2)).ThenEvents(new ImportEvent.UndoProgressed(40, 2)).Card.Should().BeEquivalentTo(new { Kept = 2 });
        undoing.When(new ImportCommand.UndoProgress(40, 2)).ThenNothing();
        var undone = undoing.When(new ImportCommand.FinishUndo(), at: Wednesday).ThenEvents(new ImportEvent.UndoFinished());
        undone.Card.Should().BeEquivalentTo(new { Status = "undone", Kept = 2, EndedAt = Wednesday });
        undone.When(new ImportCommand.FinishUndo()).ThenNothing();
        undone.When(new ImportCommand.RequestUndo()).ThenNothing();
        undone.When(new ImportCommand.UndoProgress(41, 2)).ThenNothing();
    }

    [Fact]
    public void IM6_counts_of_an_undo_are_not_below_zero() => Given([.. Done, new ImportEvent.UndoRequested("done")]).When(new ImportCommand.UndoProgress(-1, 2)).ThenRefused(ImportRefusals.CountsInvalid);

    [Fact]
    public void IM6_a_failed_import_can_be_undone_too() =>
        Given(Requested, Started, Progressed, Failed).When(new ImportCommand.RequestUndo()).ThenEvents(new ImportEvent.UndoRequested("failed"));

    [Fact]
    public void IM7_a_failed_import_says_why_and_keeps_what_it_created()
    {
        var failed = Given(Requested, Started, Progressed).When(new ImportCommand.Fail(" The disk is full. "), at: Wednesday).ThenEvents(Failed);
        failed.Card.Should().BeEquivalentTo(new { Status = "failed", Created = 90, EndedAt = Wednesday, Problems = new[] { new ImportProblem(0, null, "import-failed", "The disk is full.", null), Problem(4) } });
        failed.When(new ImportCommand.Fail("Again")).ThenNothing();
        Given(Requested).When(new ImportCommand.Fail("The file is gone.")).ThenEvents(new ImportEvent.Failed("The file is gone.", "queued"));
        Given(Requested).When(new ImportCommand.Fail("")).ThenRefused("field-required", "reason");
    }

    [Fact]
    public void IM3_the_timeline_says_what_changed()
    {
        ImportTimeline.Describe(Started).Changes.Should().Equal(new FieldChange("status", "queued", "running"));
        ImportTimeline.Describe(Failed).Changes.Should().Equal(new FieldChange("status", "running", "failed"));
        ImportTimeline.Describe(new ImportEvent.UndoRequested("failed")).Changes.Should().Equal(new FieldChange("status", "failed", "undoing"));
    }

    private static ImportProblem Problem(int row) => new(row, "手机", "phone-invalid", "This is not a telephone number.", "n/a");
}
