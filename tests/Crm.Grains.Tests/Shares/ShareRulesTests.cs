using Crm.Grains.Shares;

namespace Crm.Grains.Tests.Shares;

public sealed class ShareRulesTests() : RuleSpec<Share, ShareCommand, ShareEvent, ShareCard>(ShareSlice.Definition)
{
    private static readonly Guid Lead = Guid.Parse("01990000-0000-7000-8000-000000000001");
    private static readonly ShareCommand.Give ToRead = new("lead", Lead, "user", Ada, "read");
    private static readonly ShareEvent.Gave Gave = new("lead", Lead, "user", Ada, "read");

    [Fact]
    public void SH1_a_record_is_shared_with_a_person_or_a_department()
    {
        Given().When(ToRead).ThenEvents(Gave).Card.Should().BeEquivalentTo(new { Id = It, Version = 1, Kind = "lead", RecordId = Lead, WithKind = "user", WithId = Ada, Right = "read" });
        Given().When(ToRead with { Right = "own" }).ThenRefused("enum-invalid", "right");
        Given().When(ToRead with { WithKind = "team" }).ThenRefused("enum-invalid", "withKind");
        Given().When(ToRead with { WithId = Guid.Empty }).ThenRefused("field-required", "withId");
    }

    [Fact]
    public void SH2_sharing_again_changes_the_right()
    {
        Given(Gave).When(ToRead with { Right = "edit" }).ThenEvents(new ShareEvent.RightChanged("read", "edit")).Card.Should().BeEquivalentTo(new { Right = "edit" });
        Given(Gave).When(ToRead).ThenNothing();
    }

    [Fact]
    public void SH3_a_share_is_ended_and_given_again()
    {
        Given(Gave).When(new ShareCommand.End()).ThenEvents(new ShareEvent.WasEnded()).Card.Should().BeNull();
        Given(Gave, new ShareEvent.WasEnded()).When(new ShareCommand.End()).ThenNothing();
        Given(Gave, new ShareEvent.WasEnded()).When(ToRead).ThenEvents(Gave).Card.Should().NotBeNull();
        Given().When(new ShareCommand.End()).ThenRefused(ShareRefusals.NotFound);
    }

    [Fact]
    public void SH2_the_timeline_says_what_changed() =>
        ShareTimeline.Describe(new ShareEvent.RightChanged("read", "edit")).Changes.Should().Equal(new FieldChange("right", "read", "edit"));
}
