using Crm.Grains.Alerts;

namespace Crm.Grains.Tests.Alerts;

public sealed class AlertRulesTests() : RuleSpec<Alert, AlertCommand, AlertEvent, AlertCard>(AlertSlice.Definition)
{
    private static readonly AlertCommand.Raise Raise = new("unusual-reading", Ada, Bob, null, 500, 60, "mask");
    private static readonly AlertEvent.Raised Raised = new("unusual-reading", Ada, Bob, null, 500, 60, "mask");

    [Fact]
    public void AL1_an_alert_is_about_a_person_and_for_the_manager()
    {
        var raised = Given().When(Raise).ThenEvents(Raised);
        raised.Card.Should().BeEquivalentTo(new { Id = It, PersonId = Ada, OwnerId = Bob, Count = 500, Usual = 60, Step = "mask", Status = "open", RaisedAt = Tuesday }, options => options.Excluding(card => card.RaisedAt));
        raised.Holder.Should().Be(new Holder(Bob, Exists: true));
        Given().When(Raise with { Type = "x" }).ThenRefused("enum-invalid", "type");
        Given().When(Raise with { Step = "x" }).ThenRefused("enum-invalid", "step");
        Given().When(Raise with { PersonId = Guid.Empty }).ThenRefused("field-required", "personId");
    }

    [Fact]
    public void AL2_raising_it_again_changes_nothing() => Given(Raised).When(Raise).ThenNothing();

    [Fact]
    public void AL3_somebody_else_releases_it()
    {
        Given(Raised).When(new AlertCommand.Release("looked into", Bob)).ThenEvents(new AlertEvent.Released("looked into")).Card.Should().BeEquivalentTo(new { Status = "released", Note = "looked into" });
        Given(Raised).When(new AlertCommand.Release(null, Ada)).ThenRefused(AlertRefusals.OwnAlert);
        Given(Raised, new AlertEvent.Released(null)).When(new AlertCommand.Release(null, Bob)).ThenNothing();
        Given().When(new AlertCommand.Release(null, Bob)).ThenRefused(AlertRefusals.NotFound);
    }
}
