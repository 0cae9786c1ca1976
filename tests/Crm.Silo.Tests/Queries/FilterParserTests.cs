using Crm.Runtime.Cards;
using Crm.Silo.Queries;
using static Crm.Runtime.Cards.CardFilter;
using static Crm.Runtime.Cards.CardOperator;

namespace Crm.Silo.Tests.Queries;

public sealed class FilterParserTests
{
    private static readonly CardSchema Leads = new("lead",
    [
        new CardField("name", CardFieldType.Text),
        new CardField("status", CardFieldType.Choice),
        new CardField("ownerId", CardFieldType.Id),
        new CardField("overdue", CardFieldType.Flag),
        new CardField("captures", CardFieldType.Integer),
        new CardField("amount", CardFieldType.Money),
        new CardField("createdAt", CardFieldType.Instant),
        new CardField("closeOn", CardFieldType.Day),
    ]);

    [Theory]
    [InlineData("name eq \"Ada\"", Equal)]
    [InlineData("name ne \"Ada\"", NotEqual)]
    [InlineData("name co \"Ada\"", Contains)]
    [InlineData("name sw \"Ada\"", StartsWith)]
    [InlineData("name ew \"Ada\"", EndsWith)]
    [InlineData("name gt \"Ada\"", Greater)]
    [InlineData("name GE \"Ada\"", GreaterOrEqual)]
    [InlineData("name lT \"Ada\"", Less)]
    [InlineData("  name\tLE\n\"Ada\" ", LessOrEqual)]
    public void Each_operator_is_understood_in_any_case(string text, CardOperator expected) =>
        Parsed(text).Should().Be(new Compare(Field("name"), expected, CardValue.Of("Ada")));

    [Fact]
    public void Pr_asks_for_a_value() => Parsed("amount PR").Should().Be(new Present(Field("amount")));

    [Fact]
    public void Not_binds_tighter_than_and_and_that_tighter_than_or() =>
        Parsed("name pr or status pr and not (amount pr) or closeOn pr").Should().Be(
            new Or(
                new Or(Has("name"), new And(Has("status"), new Not(Has("amount")))),
                Has("closeOn")));

    [Fact]
    public void Parentheses_overrule_precedence() =>
        Parsed("(name pr OR status pr) AND amount pr").Should().Be(new And(new Or(Has("name"), Has("status")), Has("amount")));

    [Fact]
    public void The_example_of_the_documentation_is_read() =>
        Parsed("status eq \"open\" and (amount ge 10000 or name co \"腾讯\")").Should().Be(
            new And(
                new Compare(Field("status"), Equal, CardValue.Of("open")),
                new Or(
                    new Compare(Field("amount"), GreaterOrEqual, CardValue.Of(1_000_000L)),
                    new Compare(Field("name"), Contains, CardValue.Of("腾讯")))));

    [Fact]
    public void Escapes_in_a_text_are_undone() =>
        ValueOf("""name eq "a\"b\\c\/d\b\f\n\r\t\u817e\uD83D\ude00" """).Text.Should().Be("a\"b\\c/d\b\f\n\r\t腾😀");

    [Theory]
    [InlineData("captures eq 0", 0L)]
    [InlineData("captures eq -9223372036854775808", long.MinValue)]
    [InlineData("captures eq 9223372036854775807", long.MaxValue)]
    [InlineData("amount eq 1", 100L)]
    [InlineData("amount eq 1234.5", 123_450L)]
    [InlineData("amount eq \"1234.50\"", 123_450L)]
    [InlineData("amount eq -0.01", -1L)]
    [InlineData("amount eq -0", 0L)]
    [InlineData("amount eq 92233720368547758.07", long.MaxValue)]
    [InlineData("amount eq -92233720368547758.08", long.MinValue)]
    [InlineData("amount eq 90071992547409.93", 9_007_199_254_740_993L)]
    [InlineData("overdue eq TRUE", 1L)]
    [InlineData("overdue eq false", 0L)]
    [InlineData("createdAt ge \"1970-01-01T00:00:00Z\"", 0L)]
    [InlineData("createdAt ge \"1970-01-01T08:00+08:00\"", 0L)]
    [InlineData("createdAt ge \"1970-01-01T00:00:01.25Z\"", 1_250L)]
    [InlineData("createdAt ge \"1970-01-01T00:00:00.0019999Z\"", 1L)]
    [InlineData("closeOn lt \"0001-01-02\"", 1L)]
    public void Values_are_taken_exactly_by_the_type_of_the_field(string text, long stored) =>
        ValueOf(text).Should().Be(CardValue.Of(stored));

    [Fact]
    public void An_id_is_a_uuid() =>
        ValueOf("ownerId eq \"0199e0ab-1111-7222-8333-444455556666\"")
            .Should().Be(CardValue.Of(Guid.Parse("0199e0ab-1111-7222-8333-444455556666")));

    [Fact]
    public void Every_field_can_be_compared_with_null()
    {
        foreach (var field in Leads.Fields)
        {
            Parsed($"{field.Name} eq null").Should().Be(new Compare(field, Equal, CardValue.Null));
            Parsed($"{field.Name} ne Null").Should().Be(new Compare(field, NotEqual, CardValue.Null));
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("   ", 3)]
    [InlineData("name", 4)]
    [InlineData("name eq", 7)]
    [InlineData("name eq Ada", 8)]
    [InlineData("name eq 'Ada'", 8)]
    [InlineData("name eq \"Ada", 8)]
    [InlineData("name eq \"a\nb\"", 8)]
    [InlineData("name eq \"\\x\"", 8)]
    [InlineData("name eq \"\\u12\"", 8)]
    [InlineData("name eq \"\\u0000\"", 8)]
    [InlineData("name eq \"\\ud800\"", 8)]
    [InlineData("name like \"A\"", 5)]
    [InlineData("name = \"A\"", 5)]
    [InlineData("Name eq \"A\"", 0)]
    [InlineData("password eq \"A\"", 0)]
    [InlineData("name.first eq \"A\"", 0)]
    [InlineData("name; drop table lead", 0)]
    [InlineData("1=1", 0)]
    [InlineData("name eq \"A\" name eq \"B\"", 12)]
    [InlineData("name eq \"A\" and", 15)]
    [InlineData("and name pr", 0)]
    [InlineData("name pr or or name pr", 11)]
    [InlineData("(name pr", 8)]
    [InlineData("name pr)", 7)]
    [InlineData("()", 1)]
    [InlineData("not name pr", 0)]
    [InlineData("emails[type eq \"work\"]", 0)]
    [InlineData("name eq 5", 8)]
    [InlineData("name gt null", 8)]
    [InlineData("status gt \"open\"", 7)]
    [InlineData("ownerId co \"0199\"", 8)]
    [InlineData("ownerId gt \"0199e0ab-1111-7222-8333-444455556666\"", 8)]
    [InlineData("ownerId eq \"0199e0ab\"", 11)]
    [InlineData("overdue gt true", 8)]
    [InlineData("overdue eq 1", 11)]
    [InlineData("captures co 1", 9)]
    [InlineData("captures eq 1.0", 12)]
    [InlineData("captures eq 1e3", 12)]
    [InlineData("captures eq 9223372036854775808", 12)]
    [InlineData("captures eq 1and name pr", 12)]
    [InlineData("captures eq --1", 12)]
    [InlineData("captures eq \"1\"", 12)]
    [InlineData("amount eq 1.005", 10)]
    [InlineData("amount eq .5", 10)]
    [InlineData("amount eq 5.", 10)]
    [InlineData("amount eq 1e400", 10)]
    [InlineData("amount eq NaN", 10)]
    [InlineData("amount eq \"1,000\"", 10)]
    [InlineData("amount eq 92233720368547758.08", 10)]
    [InlineData("createdAt gt \"2026-11-21T08:30:00\"", 13)]
    [InlineData("createdAt gt \"2026-11-21\"", 13)]
    [InlineData("createdAt gt \"2026-02-30T00:00:00Z\"", 13)]
    [InlineData("createdAt gt 5", 13)]
    [InlineData("closeOn eq \"2026-02-30\"", 11)]
    [InlineData("closeOn eq \"0000-00-00\"", 11)]
    [InlineData("closeOn eq \"26-1-1\"", 11)]
    public void What_is_not_the_language_is_refused_with_its_place(string text, int position)
    {
        var result = FilterParser.Parse(text, Leads);

        result.IsValid.Should().BeFalse();
        result.Problem!.Code.Should().Be("filter-invalid");
        result.Problem.Position.Should().Be(position);
        result.Problem.Detail.Should().EndWith(".");
    }

    [Fact]
    public void Fifty_comparisons_are_read_and_fifty_one_are_too_complex()
    {
        static string Clauses(int count) => string.Join(" or ", Enumerable.Repeat("name pr", count));

        FilterParser.Parse(Clauses(50), Leads).IsValid.Should().BeTrue();
        CodeOf(Clauses(51)).Should().Be("filter-too-complex");
    }

    [Fact]
    public void Nesting_of_five_is_read_and_six_is_too_complex()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("not (", depth)) + "name pr" + new string(')', depth);

        FilterParser.Parse(Nested(5), Leads).IsValid.Should().BeTrue();
        CodeOf(Nested(6)).Should().Be("filter-too-complex");
        CodeOf(new string('(', 8_000)).Should().Be("filter-too-complex");
    }

    [Fact]
    public void Nesting_counts_depth_and_not_the_number_of_parentheses() =>
        FilterParser.Parse(string.Join(" and ", Enumerable.Repeat("(name pr)", 20)), Leads).IsValid.Should().BeTrue();

    [Fact]
    public void A_text_of_a_thousand_characters_is_read_and_a_longer_one_is_too_complex()
    {
        FilterParser.Parse($"name co \"{new string('a', 1_000)}\"", Leads).IsValid.Should().BeTrue();
        CodeOf($"name co \"{new string('a', 1_001)}\"").Should().Be("filter-too-complex");
        CodeOf($"name co \"{new string('a', 10_000)}\"").Should().Be("filter-too-complex");
    }

    [Fact]
    public void A_filter_of_8192_characters_is_read_and_a_longer_one_is_too_complex()
    {
        FilterParser.Parse("name pr".PadRight(8_192), Leads).IsValid.Should().BeTrue();
        CodeOf("name pr".PadRight(8_193)).Should().Be("filter-too-complex");
    }

    [Fact]
    public void No_text_makes_the_parser_throw()
    {
        string[] scraps =
        [
            "name", "amount", "eq", "co", "gt", "pr", "and", "or", "not", "(", ")", "\"", "\"a\"", "\\", "\\u", "null", "true", "1", "-", ".5",
            " ", "'", "--", ";", "\0", "\ud800", "腾讯", "[", "not(", "1e9999",
        ];
        Laws.Holds(
            FsCheck.Fluent.Gen.ListOf(FsCheck.Fluent.Gen.Elements(scraps)),
            parts =>
            {
                var result = FilterParser.Parse(string.Concat(parts), Leads);
                (result.Filter is null).Should().Be(result.Problem is not null);
            },
            count: 2_000);
    }

    private static CardField Field(string name) => Leads.Find(name)!;

    private static Present Has(string name) => new(Field(name));

    private static CardFilter Parsed(string text)
    {
        var result = FilterParser.Parse(text, Leads);
        result.Problem.Should().BeNull();
        return result.Filter!;
    }

    private static CardValue ValueOf(string text) => Parsed(text).Should().BeOfType<Compare>().Subject.Value;

    private static string CodeOf(string text) => FilterParser.Parse(text, Leads).Problem!.Code;
}
