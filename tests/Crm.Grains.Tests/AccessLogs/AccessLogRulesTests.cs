using Crm.Grains.AccessLogs;

namespace Crm.Grains.Tests.AccessLogs;

public sealed class AccessLogRulesTests() : RuleSpec<AccessLog, AccessLogCommand, AccessLogEvent, AccessLogCard>(AccessLogSlice.Definition)
{
    private static readonly AccessNote Search = new(Monday, "search", "leads", null, "腾讯", "10.0.0.1", "session", 2);
    private static readonly AccessLogEvent.Noted Noted = new(Ada, MondayDay, [Search], 0);

    [Fact]
    public void AG1_a_log_is_of_one_person()
    {
        Given(Noted).Holder.Should().Be(new Holder(Ada, Exists: true));
        Given(Noted).When(new AccessLogCommand.Note(Bob, MondayDay, [Search], 0)).ThenRefused(AccessLogRefusals.OtherPerson);
    }

    [Fact]
    public void AG2_what_was_read_and_tried_is_noted_and_counted()
    {
        Given().When(new AccessLogCommand.Note(Ada, MondayDay, [Search], 0)).ThenEvents(Noted)
            .Card.Should().BeEquivalentTo(new { OwnerId = Ada, Day = MondayDay, Searches = 2, Exports = 0, MaskedReads = 0, Refusals = 0, Peak = 0 });
        Given(Noted).When(new AccessLogCommand.Note(Ada, MondayDay, [Search with { Type = "refused", Count = 1 }], 40)).ThenEvents(new AccessLogEvent.Noted(Ada, MondayDay, [Search with { Type = "refused", Count = 1 }], 40))
            .Card.Should().BeEquivalentTo(new { Searches = 2, Refusals = 1, Peak = 40 });
        Given(Noted).When(new AccessLogCommand.Note(Ada, MondayDay, [], 0)).ThenNothing();
    }
}
