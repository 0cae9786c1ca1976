namespace Crm.Grains.Tests.Kernel;

public sealed class ActivityTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("note")]
    [InlineData("call")]
    [InlineData("visit")]
    [InlineData("meeting")]
    [InlineData("email")]
    [InlineData("message")]
    public void Each_type_of_the_API_is_one(string type) => new ActivityDraft(type, "Talked about prices").Wrong(Monday).Should().BeNull();

    [Fact]
    public void Without_a_moment_it_happened_now() =>
        new ActivityDraft("call", " Talked ").At(Monday).Should().Be(new Activity("call", "Talked", Monday));

    [Fact]
    public void It_may_be_written_down_later_and_by_a_clock_that_is_a_little_ahead()
    {
        new ActivityDraft("visit", "Was there", Monday.AddDays(-400)).Wrong(Monday).Should().BeNull();
        new ActivityDraft("visit", "Was there", Monday.AddMinutes(10)).Wrong(Monday).Should().BeNull();
        new ActivityDraft("visit", "Was there", DateTimeOffset.MinValue).Wrong(Monday).Should().Match<Refusal>(r => r.Code == "date-invalid" && r.Field == "happenedAt");
        new ActivityDraft("visit", "Was there", Monday.AddMinutes(11)).Wrong(Monday).Should().Match<Refusal>(r => r.Code == "date-invalid" && r.Field == "happenedAt");
    }

    [Theory]
    [InlineData("fax", "Sent", "enum-invalid", "type")]
    [InlineData("call", " ", "field-required", "text")]
    [InlineData("call", "a\u0000", "field-invalid", "text")]
    public void What_cannot_be_read_is_refused(string type, string text, string code, string field) =>
        new ActivityDraft(type, text).Wrong(Monday).Should().Match<Refusal>(r => r.Code == code && r.Field == field);

    [Fact]
    public void An_activity_has_many_lines_and_at_most_32_000_characters()
    {
        new ActivityDraft("note", "one\ntwo").Wrong(Monday).Should().BeNull();
        new ActivityDraft("note", new string('a', 32_000)).Wrong(Monday).Should().BeNull();
        new ActivityDraft("note", new string('a', 32_001)).Wrong(Monday).Should().Match<Refusal>(r => r.Code == "field-too-long");
    }

    [Fact]
    public void A_step_has_a_text_and_is_due_within_ten_years()
    {
        new Step("Call back", Monday.AddDays(1)).Wrong(Monday).Should().BeNull();
        new Step("", Monday).Wrong(Monday).Should().Match<Refusal>(r => r.Code == "field-required" && r.Field == "text");
        new Step("Call back", Monday.AddDays(3_661)).Wrong(Monday).Should().Match<Refusal>(r => r.Code == "date-invalid" && r.Field == "dueAt");
    }
}
