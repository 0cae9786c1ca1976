using Crm.Grains.Mails;

namespace Crm.Grains.Tests.Mails;

public sealed class MailRulesTests() : RuleSpec<Mail, MailCommand, MailEvent, MailCard>(MailSlice.Definition)
{
    private static readonly MailCommand.Queue Queue = new(Ada, " ada@example.com ", "reset");
    private static readonly MailEvent.Queued Queued = new(Ada, "ada@example.com", "reset");

    [Fact]
    public void MA1_a_queued_mail_is_handed_to_the_mail_server()
    {
        var history = Given().When(Queue).ThenEvents(Queued);
        history.Card.Should().Be(new MailCard(It, 1, Ada, "ada@example.com", "reset", "waiting", 0, null, Tuesday, null));
        history.When(Queue).ThenNothing();
        MailRules.Effects(It, Queued).Should().Equal(new Effect("mail", It.ToString(), It.ToString()));
        MailRules.Effects(It, new MailEvent.Delivered()).Should().BeEmpty();
    }

    [Fact]
    public void MA1_what_cannot_be_is_refused_by_field()
    {
        Given().When(Queue with { To = "nobody" }).ThenRefused("email-invalid", "to");
        Given().When(Queue with { Topic = "spam" }).ThenRefused("enum-invalid", "topic");
        Given().When(new MailCommand.Resend()).ThenRefused(MailRefusals.NotFound);
    }

    [Fact]
    public void MA2_a_failed_try_is_counted_and_a_sent_mail_is_sent_for_good()
    {
        var failed = Given(Queued).When(new MailCommand.NoteFailure("busy")).ThenEvents(new MailEvent.Failed("busy"));
        failed.Card.Should().BeEquivalentTo(new { Attempts = 1, Problem = "busy", Status = "waiting" });
        var sent = failed.When(new MailCommand.NoteSent()).ThenEvents(new MailEvent.Delivered());
        sent.Card.Should().BeEquivalentTo(new { Status = "sent", Problem = (string?)null, SentAt = Tuesday });
        sent.When(new MailCommand.NoteSent()).ThenNothing();
        sent.When(new MailCommand.NoteFailure("late")).ThenNothing();
        sent.When(new MailCommand.Hold("given-up")).ThenNothing();
    }

    [Fact]
    public void MA3_without_a_mail_server_it_is_held()
    {
        var held = Given(Queued).When(new MailCommand.Hold("no-server")).ThenEvents(new MailEvent.PutAside("no-server"));
        held.Card.Should().BeEquivalentTo(new { Status = "held", Problem = "no-server" });
        held.When(new MailCommand.Hold("no-server")).ThenNothing();
        Given(Queued).When(new MailCommand.Hold("mood")).ThenRefused("enum-invalid", "reason");
        MailTimeline.Describe(new MailEvent.PutAside("no-server")).Changes.Should().Equal(new FieldChange("status", "waiting", "held"));
    }

    [Fact]
    public void MA4_a_held_mail_can_be_sent_again_and_a_sent_one_cannot()
    {
        var resent = Given(Queued, new MailEvent.PutAside("no-server")).When(new MailCommand.Resend()).ThenEvents(new MailEvent.Resent());
        resent.Card.Should().BeEquivalentTo(new { Status = "waiting", Problem = (string?)null });
        resent.When(new MailCommand.Resend()).ThenNothing();
        Given(Queued, new MailEvent.Delivered()).When(new MailCommand.Resend()).ThenRefused(MailRefusals.IsSent);
        MailRules.Effects(It, new MailEvent.Resent()).Should().ContainSingle();
    }

    [Fact]
    public void MA5_every_look_is_recorded()
    {
        var read = Given(Queued).When(new MailCommand.Open()).ThenEvents(new MailEvent.WasRead());
        read.When(new MailCommand.Open()).ThenEvents(new MailEvent.WasRead());
        Given().When(new MailCommand.Open()).ThenRefused(MailRefusals.NotFound);
    }
}
