using Crm.Runtime.Cards;
using Crm.Silo.Queries;

namespace Crm.Silo.Tests.Queries;

public sealed class GroupParserTests
{
    private static readonly CardSchema Deals = MakeDeals();

    [Theory]
    [InlineData("stage")]
    [InlineData("ownerId")]
    [InlineData("overdue")]
    [InlineData("closedOn")]
    [InlineData("createdAt")]
    [InlineData("region")]
    [InlineData("custom.tags")]
    [InlineData("custom.mentor")]
    public void A_list_is_grouped_by_what_many_records_have_alike(string by) =>
        GroupParser.Parse(by, null, Deals).Aggregation.Should().BeEquivalentTo(new { By = new { Name = by }, Limit = 200 });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Stage")]
    [InlineData("stage,region")]
    [InlineData("note")]
    [InlineData("amount")]
    [InlineData("count")]
    [InlineData("custom")]
    [InlineData("custom.remark")]
    [InlineData("custom.wage")]
    [InlineData("custom.gone")]
    [InlineData("f_stage; drop table g_deal")]
    public void Anything_else_is_group_invalid(string? by) =>
        GroupParser.Parse(by, null, Deals).Should().BeEquivalentTo(new { IsValid = false, Code = "group-invalid", Parameter = "by" });

    [Theory]
    [InlineData("amount", "currency", "stage,amount,currency")]
    [InlineData("custom.wage", "custom.wage.currency", "stage,custom.wage")]
    [InlineData("count", null, "stage,count")]
    public void An_amount_is_summed_by_its_currency(string sum, string? currency, string shown)
    {
        var parsed = GroupParser.Parse("stage", sum, Deals);

        (parsed.Aggregation?.Sum?.Name, parsed.Aggregation?.Currency?.Name).Should().Be((sum, currency));
        string.Join(',', parsed.Shown).Should().Be(shown, "whoever may not see one of these may not ask");
    }

    [Theory]
    [InlineData("")]
    [InlineData("stage")]
    [InlineData("createdAt")]
    [InlineData("nothing")]
    public void What_is_no_amount_and_no_number_is_sum_invalid(string sum) =>
        GroupParser.Parse("stage", sum, Deals).Should().BeEquivalentTo(new { IsValid = false, Code = "sum-invalid", Parameter = "sum" });

    [Fact]
    public void A_zone_without_summer_time_has_few_offsets_and_one_with_it_changes_to_the_minute()
    {
        var shanghai = ZoneOffsets.Of(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
        (shanghai[0].Ahead, shanghai.Count).Should().Be((8 * 3_600_000L, 1 + (2 * 2)), "it had summer time until 1991");

        ZoneOffsets.Of(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Should().BeInDescendingOrder(offset => offset.From)
            .And.Contain(new CardOffset(DateTimeOffset.Parse("2026-03-29T01:00:00Z", null).ToUnixTimeMilliseconds(), 2 * 3_600_000L))
            .And.Contain(new CardOffset(DateTimeOffset.Parse("2026-10-25T01:00:00Z", null).ToUnixTimeMilliseconds(), 3_600_000L));
    }

    private static CardSchema MakeDeals()
    {
        var deals = new CardSchema("deal",
        [
            new("stage", CardFieldType.Choice), new("ownerId", CardFieldType.Id), new("overdue", CardFieldType.Flag), new("closedOn", CardFieldType.Day), new("createdAt", CardFieldType.Instant),
            new("region", CardFieldType.Text) { Repeats = true }, new("note", CardFieldType.Text), new("amount", CardFieldType.Money), new("currency", CardFieldType.Choice), new("count", CardFieldType.Integer),
            new("custom", CardFieldType.Bag),
        ]);
        return deals.With(new[] { ("tags", CardFieldType.Choices), ("mentor", CardFieldType.Choice), ("remark", CardFieldType.Text), ("wage", CardFieldType.Money) }
            .Select(field => CardField.InBag(deals.Bag!, $"custom.{field.Item1}", field.Item1, field.Item2))); // deals have one
    }
}
