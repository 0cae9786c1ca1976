using Crm.Grains.Attachments;

namespace Crm.Grains.Tests.Attachments;

public sealed class AttachmentRulesTests() : RuleSpec<Attachment, AttachmentCommand, AttachmentEvent, AttachmentCard>(AttachmentSlice.Definition)
{
    private static readonly Guid Lead = Guid.Parse("01990000-0000-7000-8000-000000000001");
    private static readonly string Hash = new('a', 64);
    private static readonly AttachmentCommand.Attach Attach = new("lead", Lead, "报价 2026.pdf", "application/pdf", 12, Hash);
    private static readonly AttachmentEvent.WasAttached Attached = new("lead", Lead, "报价 2026.pdf", "application/pdf", 12, Hash);
    private static readonly AttachmentEvent.WasRemoved Removed = new("报价 2026.pdf", Monday + AttachmentRules.RemovedFor);

    [Fact]
    public void FI1_a_file_has_a_name_a_type_bytes_and_their_hash()
    {
        Given().When(Attach).ThenEvents(Attached).Card.Should().BeEquivalentTo(new { Id = It, Version = 1, Kind = "lead", RecordId = Lead, Name = "报价 2026.pdf", Bytes = 12, Sha256 = Hash, Status = "attached" });
        Given().When(Attach with { Name = " " }).ThenRefused("field-required", "name");
        Given().When(Attach with { Name = new('x', 201) }).ThenRefused("field-too-long", "name");
        Given().When(Attach with { RecordId = Guid.Empty }).ThenRefused("field-required", "recordId");
        Given().When(Attach with { Bytes = 0 }).ThenRefused("file-empty", "file");
        Given().When(Attach with { Sha256 = new('A', 64) }).ThenRefused("field-invalid", "sha256");
    }

    [Fact]
    public void FI2_a_file_is_attached_once() => Given(Attached).When(Attach with { Name = "other.pdf" }).ThenNothing();

    [Fact]
    public void FI3_a_file_is_removed_and_brought_back()
    {
        Given(Attached).When(new AttachmentCommand.Remove(), at: Monday).ThenEvents(Removed).Card.Should().BeEquivalentTo(new { Status = "removed", RestorableUntil = Removed.Until });
        Given(Attached, Removed).When(new AttachmentCommand.Remove()).ThenNothing();
        Given(Attached, Removed).When(new AttachmentCommand.Restore()).ThenEvents(new AttachmentEvent.WasRestored("报价 2026.pdf")).Card.Should().BeEquivalentTo(new { Status = "attached", RestorableUntil = (DateTimeOffset?)null });
        Given(Attached).When(new AttachmentCommand.Restore()).ThenNothing();
        Given().When(new AttachmentCommand.Remove()).ThenRefused(AttachmentRefusals.NotFound);
    }

    [Fact]
    public void FI4_a_removed_file_is_gone_after_30_days()
    {
        AttachmentRules.Clocks(new Attachment.Removed("x", Removed.Until)).Should().Equal(new Clock(AttachmentRules.PurgeClock, Removed.Until));
        AttachmentRules.Clocks(new Attachment.Attached("x")).Should().BeEmpty();
        Given(Attached, Removed).When(new AttachmentCommand.Purge(), at: Removed.Until.AddTicks(-1)).ThenNothing();
        Given(Attached, Removed).When(new AttachmentCommand.Purge(), at: Removed.Until).ThenEvents(new AttachmentEvent.WasPurged()).Card.Should().BeEquivalentTo(new { Status = "purged" });
        Given(Attached).When(new AttachmentCommand.Purge()).ThenNothing();
        Given(Attached, Removed, new AttachmentEvent.WasPurged()).When(new AttachmentCommand.Restore()).ThenRefused(AttachmentRefusals.Gone);
    }

    [Fact]
    public void FI5_an_erased_file_leaves_nothing()
    {
        Given(Attached).When(new AttachmentCommand.Erase()).ThenEvents(new AttachmentEvent.WasErased()).Card.Should().BeNull();
        Given(Attached, Removed, new AttachmentEvent.WasPurged()).When(new AttachmentCommand.Erase()).ThenEvents(new AttachmentEvent.WasErased());
        Given().When(new AttachmentCommand.Erase()).ThenRefused(AttachmentRefusals.NotFound);
        Given(Attached, new AttachmentEvent.WasErased()).When(new AttachmentCommand.Remove()).ThenRefused(AttachmentRefusals.NotFound);
        Given(Attached, new AttachmentEvent.WasErased()).When(new AttachmentCommand.Erase()).ThenNothing();
        Given(Attached, new AttachmentEvent.WasErased()).When(Attach).ThenNothing();
    }

    [Fact]
    public void FI6_nothing_is_attached_or_brought_back_beyond_the_limit()
    {
        var use = new FileUse(Attached: 60, Removed: 20, Limit: 100);
        use.Attaching(40).Should().BeNull();
        use.Attaching(41)!.Code.Should().Be("files-full");
        use.Restoring(40).Should().BeNull();
        use.Restoring(41)!.Code.Should().Be("files-full");
        (use with { Attached = 150 }).Attaching(1)!.Code.Should().Be("files-full", "the limit may have been lowered");
        new FileUse(long.MaxValue / 2, 0, Limit: null).Attaching(long.MaxValue).Should().BeNull();
        new FileUse(99 << 20, 512 << 10, 100 << 20).Full().Sentence.Should().Contain("100 MB").And.Contain("99 MB are used").And.Contain("0.5 MB were removed");
    }

    [Fact]
    public void FI7_what_is_removed_frees_its_place_and_has_as_much_of_its_own()
    {
        new FileUse(Attached: 0, Removed: 100, Limit: 100).Attaching(100).Should().BeNull();
        new FileUse(Attached: 0, Removed: 150, Limit: 100).Attaching(51)!.Code.Should().Be("files-full");
        new FileUse(Attached: 0, Removed: 200, Limit: 100).Restoring(100).Should().BeNull("it is there already");
        var card = Given(Attached).When(new AttachmentCommand.Remove(), at: Monday).ThenEvents(Removed).Card!;
        AttachmentBoard.Tallies(card).Should().Equal(new Tally("removed", 1, 12));
        AttachmentBoard.Tallies(card with { Status = "attached" }).Should().Equal(new Tally("attached", 1, 12));
        AttachmentBoard.Tallies(card with { Status = "purged" }).Should().BeEmpty();
    }

    [Fact]
    public void FI3_the_timeline_says_which_file_came_and_went()
    {
        AttachmentTimeline.Describe(Attached).Changes.Should().Equal(new FieldChange("file", null, "报价 2026.pdf"));
        AttachmentTimeline.Describe(Removed).Changes.Should().Equal(new FieldChange("file", "报价 2026.pdf", null));
    }
}
