using Crm.Runtime.Cards;
using Crm.Silo.Queries;

namespace Crm.Silo.Tests.Queries;

public sealed class SortParserTests
{
    private static readonly CardSchema Leads = new("lead",
    [
        new CardField("name", CardFieldType.Text),
        new CardField("amount", CardFieldType.Money),
        new CardField("createdAt", CardFieldType.Instant),
        new CardField("status", CardFieldType.Choice),
    ]);

    [Fact]
    public void Keys_come_in_order_and_a_minus_goes_down() =>
        SortParser.Parse("-amount,name, -createdAt", Leads).Keys.Should().Equal(
            new CardSort(Leads.Find("amount")!, Descending: true),
            new CardSort(Leads.Find("name")!, Descending: false),
            new CardSort(Leads.Find("createdAt")!, Descending: true));

    [Theory]
    [InlineData("", 0)]
    [InlineData("-", 0)]
    [InlineData("--amount", 0)]
    [InlineData("+amount", 0)]
    [InlineData("Amount", 0)]
    [InlineData("name;--", 0)]
    [InlineData("name desc", 0)]
    [InlineData("name,", 5)]
    [InlineData(",name", 0)]
    [InlineData("name,-name", 5)]
    [InlineData("name,amount,createdAt,status", 22)]
    public void Anything_else_is_sort_invalid(string text, int position)
    {
        var result = SortParser.Parse(text, Leads);

        result.IsValid.Should().BeFalse();
        result.Problem.Should().BeEquivalentTo(new { Code = "sort-invalid", Position = position });
    }
}
