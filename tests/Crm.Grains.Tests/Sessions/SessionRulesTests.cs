using Crm.Grains.Sessions;

namespace Crm.Grains.Tests.Sessions;

public sealed class SessionRulesTests() : RuleSpec<Session, SessionCommand, SessionEvent, SessionCard>(SessionSlice.Definition)
{
    private static readonly SessionEvent.Started Started = new(Ada, "password", "192.0.2.7", "Browser");
    private static readonly SessionCommand.Start Start = new(Ada, "password", "192.0.2.7", "Browser");

    [Fact]
    public void SE1_a_session_is_started_for_a_user_from_an_address() =>
        Given().When(Start).ThenEvents(Started).Card.Should().Be(new SessionCard(It, 1, Ada, "open", "password", null, "192.0.2.7", "Browser", Tuesday, null));

    [Fact]
    public void SE1_starting_it_again_changes_nothing_and_not_for_another_user()
    {
        Given(Started).When(Start).ThenNothing();
        Given(Started).When(Start with { UserId = Bob }).ThenRefused(SessionRefusals.Over);
    }

    [Fact]
    public void SE1_a_method_is_one_of_those_there_are()
    {
        Given().When(Start with { Method = "guess" }).ThenRefused("enum-invalid", "method");
        Given().When(Start with { UserId = Guid.Empty }).ThenRefused("field-required", "userId");
    }

    [Fact]
    public void SE2_a_refused_sign_in_is_recorded_and_never_becomes_a_session()
    {
        var refused = Given().When(new SessionCommand.Refuse(Ada, "password", "192.0.2.7", null)).ThenEvents(new SessionEvent.Denied(Ada, "password", "192.0.2.7", null));
        refused.Card.Should().BeEquivalentTo(new { Status = "refused", Reason = "password", OwnerId = Ada });
        refused.When(new SessionCommand.Refuse(Ada, "password", "192.0.2.7", null)).ThenNothing();
        refused.When(Start).ThenRefused(SessionRefusals.Over);
        Given().When(new SessionCommand.Refuse(Ada, "mood", null, null)).ThenRefused("enum-invalid", "reason");
    }

    [Fact]
    public void SE3_a_session_is_ended_once_and_for_good()
    {
        var ended = Given(Started).When(new SessionCommand.End("revoked")).ThenEvents(new SessionEvent.Closed("revoked"));
        ended.Card.Should().BeEquivalentTo(new { Status = "ended", Reason = "revoked", EndedAt = Tuesday });
        ended.When(new SessionCommand.End("signed-out")).ThenNothing();
        ended.When(Start).ThenRefused(SessionRefusals.Over);
        Given().When(new SessionCommand.End("revoked")).ThenRefused(SessionRefusals.NotFound);
        Given(Started).When(new SessionCommand.End("mood")).ThenRefused("enum-invalid", "reason");
        SessionTimeline.Describe(new SessionEvent.Closed("revoked")).Changes.Should().Equal(new FieldChange("status", "open", "ended"));
    }

    [Fact]
    public void SE4_a_session_belongs_to_its_user()
    {
        Given(Started).Holder.Should().Be(new Holder(Ada, Exists: true));
        Given(Started, new SessionEvent.Closed("revoked")).Holder.Should().Be(new Holder(Ada, Exists: true));
        Given(new SessionEvent.Denied(Ada, "password", null, null)).Holder.Should().Be(new Holder(Ada, Exists: true));
        Given().Holder.Exists.Should().BeFalse();
    }
}
