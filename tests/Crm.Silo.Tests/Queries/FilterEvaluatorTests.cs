using Crm.Runtime.Cards;
using Crm.Silo.Queries;
using static Crm.Runtime.Cards.CardFilter;

namespace Crm.Silo.Tests.Queries;

public sealed class FilterEvaluatorTests
{
    private static readonly CardSchema Schema = new("lead",
    [
        new CardField("name", CardFieldType.Text),
        new CardField("status", CardFieldType.Choice),
        new CardField("ownerId", CardFieldType.Id),
        new CardField("amount", CardFieldType.Money),
    ]);

    private static readonly CardField Name = Schema.Find("name")!;

    [Theory]
    [InlineData("Ada", "name eq \"aDA\"", true)]
    [InlineData("Ada", "name ne \"ada\"", false)]
    [InlineData("École", "name eq \"école\"", false)]
    [InlineData("Tencent Cloud", "name co \"cENT c\"", true)]
    [InlineData("aaab", "name co \"AAB\"", true)]
    [InlineData("ab", "name co \"abc\"", false)]
    [InlineData("深圳腾讯", "name co \"腾讯\"", true)]
    [InlineData("Tencent", "name sw \"tEN\"", true)]
    [InlineData("Tencent", "name ew \"CENT\"", true)]
    [InlineData("Te", "name sw \"tencent\"", false)]
    [InlineData("a", "name gt \"B\"", false)]
    [InlineData("_", "name lt \"A\"", true)]
    [InlineData("😀", "name gt \"\uffee\"", true)]
    [InlineData("", "name pr", false)]
    [InlineData("", "name eq null", false)]
    [InlineData("", "name co \"\"", true)]
    [InlineData(null, "name pr", false)]
    [InlineData(null, "name eq null", true)]
    [InlineData(null, "name ne null", false)]
    [InlineData(null, "name ne \"a\"", true)]
    [InlineData(null, "name eq \"a\"", false)]
    [InlineData(null, "name co \"\"", false)]
    [InlineData(null, "name le \"a\"", false)]
    [InlineData(null, "not (name le \"a\")", true)]
    [InlineData("a", "name ne null", true)]
    public void A_text_matches_as_the_store_would_say(string? value, string filter, bool matches) =>
        FilterEvaluator.Matches(FilterParser.Parse(filter, Schema).Filter!, [CardValue.Of(value), default, default, default])
            .Should().Be(matches);

    [Fact]
    public void A_choice_is_equal_exactly_but_searched_like_a_text()
    {
        CardValue[] row = [default, CardValue.Of("open"), default, default];

        FilterEvaluator.Matches(FilterParser.Parse("status eq \"open\"", Schema).Filter!, row).Should().BeTrue();
        FilterEvaluator.Matches(FilterParser.Parse("status eq \"Open\"", Schema).Filter!, row).Should().BeFalse();
        FilterEvaluator.Matches(FilterParser.Parse("status co \"PE\"", Schema).Filter!, row).Should().BeTrue();
    }

    [Fact]
    public void A_value_of_another_storage_type_is_neither_equal_nor_ordered()
    {
        CardValue[] row = [CardValue.Of(5L), default, default, default];

        FilterEvaluator.Matches(new Compare(Name, CardOperator.Equal, CardValue.Of("5")), row).Should().BeFalse();
        FilterEvaluator.Matches(new Compare(Name, CardOperator.NotEqual, CardValue.Of("5")), row).Should().BeTrue();
        FilterEvaluator.Matches(new Compare(Name, CardOperator.LessOrEqual, CardValue.Of("5")), row).Should().BeFalse();
    }
}
