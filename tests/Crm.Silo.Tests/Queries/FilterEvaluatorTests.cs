using System.Globalization;
using System.Text;
using Crm.Runtime.Cards;
using Crm.Silo.Queries;
using FsCheck;
using FsCheck.Fluent;
using SQLitePCL;
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
    public void A_choice_is_compared_exactly()
    {
        CardValue[] row = [default, CardValue.Of("open"), default, default];

        FilterEvaluator.Matches(FilterParser.Parse("status eq \"open\"", Schema).Filter!, row).Should().BeTrue();
        FilterEvaluator.Matches(FilterParser.Parse("status eq \"Open\"", Schema).Filter!, row).Should().BeFalse();
        FilterEvaluator.Matches(FilterParser.Parse("status co \"PE\"", Schema).Filter!, row).Should().BeFalse();
    }

    [Fact]
    public void A_value_of_another_storage_type_is_neither_equal_nor_ordered()
    {
        CardValue[] row = [CardValue.Of(5L), default, default, default];

        FilterEvaluator.Matches(new Compare(Name, CardOperator.Equal, CardValue.Of("5")), row).Should().BeFalse();
        FilterEvaluator.Matches(new Compare(Name, CardOperator.NotEqual, CardValue.Of("5")), row).Should().BeTrue();
        FilterEvaluator.Matches(new Compare(Name, CardOperator.LessOrEqual, CardValue.Of("5")), row).Should().BeFalse();
    }

    [Fact]
    public void SQLite_agrees_about_every_filter_and_row()
    {
        Batteries_V2.Init();
        raw.sqlite3_open(":memory:", out var db).Should().Be(raw.SQLITE_OK);
        using (db)
        {
            Laws.Holds(
                from filter in Filters(3) from row in Rows() select (filter, row),
                sample => FilterEvaluator.Matches(sample.filter, sample.row).Should().Be(SqlMatches(db, sample.filter, sample.row)),
                count: 3_000);
        }
    }

    private static Gen<string> Texts() => Gen.Elements(
        "", "a", "A", "b", "ab", "AB", "aB", "abab", "é", "É", "_", "[", "腾讯", "深圳腾讯", "😀", "\uffee", "a😀", "%", "a%", "100");

    private static Gen<CardValue> Values(CardFieldType type) => type switch
    {
        CardFieldType.Text or CardFieldType.Choice => Texts().Select(CardValue.Of),
        CardFieldType.Id => Gen.Elements(1, 2, 255).Select(n => CardValue.Of(new Guid(n, 0, 0, new byte[8]))),
        _ => Gen.Elements(-1L, 0L, 1L, 100L, long.MaxValue).Select(n => CardValue.Of(n)),
    };

    private static Gen<CardValue> Nullable(CardFieldType type) =>
        Gen.Frequency((1, Gen.Constant(CardValue.Null)), (4, Values(type)));

    private static Gen<CardValue[]> Rows() =>
        from name in Nullable(CardFieldType.Text)
        from status in Nullable(CardFieldType.Choice)
        from owner in Nullable(CardFieldType.Id)
        from amount in Nullable(CardFieldType.Money)
        select new[] { name, status, owner, amount };

    private static Gen<CardFilter> Filters(int depth)
    {
        var leaf = Gen.Elements(Schema.Fields.ToArray()).SelectMany(Comparisons);
        return depth == 0
            ? leaf
            : Gen.OneOf(
                leaf,
                Filters(depth - 1).Select(inner => (CardFilter)new Not(inner)),
                from left in Filters(depth - 1) from right in Filters(depth - 1) select (CardFilter)new And(left, right),
                from left in Filters(depth - 1) from right in Filters(depth - 1) select (CardFilter)new Or(left, right));
    }

    private static Gen<CardFilter> Comparisons(CardField field)
    {
        var ordered = field.Type is CardFieldType.Text or CardFieldType.Money;
        var textual = field.Type is CardFieldType.Text or CardFieldType.Choice;
        var operators = Enum.GetValues<CardOperator>()
            .Where(op => op switch
            {
                CardOperator.Equal or CardOperator.NotEqual => true,
                CardOperator.Contains or CardOperator.StartsWith or CardOperator.EndsWith => textual,
                _ => ordered,
            })
            .ToArray();
        return Gen.OneOf(
            Gen.Constant((CardFilter)new Present(field)),
            Gen.Elements(CardOperator.Equal, CardOperator.NotEqual).Select(op => (CardFilter)new Compare(field, op, CardValue.Null)),
            from op in Gen.Elements(operators) from value in Values(field.Type) select (CardFilter)new Compare(field, op, value));
    }

    /// <summary>The SQL that the documentation of <see cref="FilterEvaluator"/> promises, over one row given as literals.</summary>
    private static bool SqlMatches(sqlite3 db, CardFilter filter, CardValue[] row)
    {
        var columns = string.Join(", ", Schema.Fields.Select((field, i) => $"{Literal(row[i])} as {field.Name}"));
        raw.sqlite3_prepare_v2(db, $"select {Sql(filter)} from (select {columns})", out var statement).Should().Be(raw.SQLITE_OK);
        using (statement)
        {
            raw.sqlite3_step(statement).Should().Be(raw.SQLITE_ROW);
            raw.sqlite3_column_type(statement, 0).Should().Be(raw.SQLITE_INTEGER, "no comparison may be unknown");
            return raw.sqlite3_column_int(statement, 0) != 0;
        }
    }

    private static string Sql(CardFilter filter) => filter switch
    {
        And both => $"({Sql(both.Left)} and {Sql(both.Right)})",
        Or either => $"({Sql(either.Left)} or {Sql(either.Right)})",
        Not not => $"(not {Sql(not.Inner)})",
        Present { Field.Name: var f } => $"({f} is not null and {f} <> '')",
        Compare { Value.IsNull: true } compare =>
            $"({compare.Field.Name} is {(compare.Operator == CardOperator.Equal ? "" : "not ")}null)",
        Compare compare => Sql(compare.Field, compare.Operator, Literal(compare.Value)),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private static string Sql(CardField field, CardOperator op, string value)
    {
        var f = field.Name;
        var folded = field.Type == CardFieldType.Text;
        var (x, y) = folded ? ($"lower({f})", $"lower({value})") : (f, value);
        var collation = folded ? " collate nocase" : "";
        return op switch
        {
            CardOperator.NotEqual => $"({f} is null or {f} <> {value}{collation})",
            CardOperator.Contains => $"({f} is not null and instr({x}, {y}) > 0)",
            CardOperator.StartsWith => $"({f} is not null and substr({x}, 1, length({y})) = {y})",
            CardOperator.EndsWith => $"({f} is not null and length({x}) >= length({y}) and substr({x}, length({x}) - length({y}) + 1) = {y})",
            _ => $"({f} is not null and {f} {Symbol(op)} {value}{collation})",
        };
    }

    private static string Symbol(CardOperator op) => op switch
    {
        CardOperator.Equal => "=",
        CardOperator.Greater => ">",
        CardOperator.GreaterOrEqual => ">=",
        CardOperator.Less => "<",
        _ => "<=",
    };

    private static string Literal(CardValue value) =>
        value.IsNull ? "null"
        : value.IsInteger ? value.Integer.ToString(CultureInfo.InvariantCulture)
        : value.Bytes is { } bytes ? $"x'{Convert.ToHexString(bytes)}'"
        : $"cast(x'{Convert.ToHexString(Encoding.UTF8.GetBytes(value.Text!))}' as text)";
}
