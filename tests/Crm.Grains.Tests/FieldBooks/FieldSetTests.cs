using Crm.Grains.FieldBooks;

namespace Crm.Grains.Tests.FieldBooks;

public sealed class FieldSetTests
{
    private static readonly Guid Ada = new("01900000-0000-7000-8000-00000000000a");
    private static readonly FieldContext Somebody = new("CNY", text => text is "ada" or "01900000-0000-7000-8000-00000000000a" ? Ada : null, _ => true, Demands: true);
    private static readonly FieldSet Fields = new(
        "opportunities",
        [
            Field("note", "text"), Field("seats", "number", scale: 1), Field("budget", "money"), Field("signed", "date"), Field("buyer", "person"), Field("site", "link"),
            Field("level", "choice") with { Options = [new("a", new("甲", "Gold")), new("b", new("乙")), new("c", new("丙"), Retired: true)] },
            Field("tags", "multi-choice") with { Options = [new("x", new("X级")), new("y", new("Y级")), new("z", new("Z级"))] },
            Field("per_seat", "formula", scale: 2) with { Expression = "budget / seats", Result = "money" },
            Field("twice", "formula", scale: 2) with { Expression = "per_seat * 2", Result = "money" },
            Field("gone", "text") with { Retired = true },
        ]);

    [Theory]
    [InlineData("note", " some words ", "some words")]
    [InlineData("seats", "1,200.5", "1200.5")]
    [InlineData("seats", "-3.0", "-3")]
    [InlineData("budget", "1234.5", "1234.50 CNY")]
    [InlineData("budget", "USD 1,000", "1000.00 USD")]
    [InlineData("budget", "99.90 eur", "99.90 EUR")]
    [InlineData("signed", " 2026-11-21 ", "2026-11-21")]
    [InlineData("buyer", "ada", "01900000-0000-7000-8000-00000000000a")]
    [InlineData("site", "https://example.com/a?b=1", "https://example.com/a?b=1")]
    [InlineData("site", "mailto:ada@example.com", "mailto:ada@example.com")]
    [InlineData("level", "a", "a")]
    [InlineData("level", "gold", "a")]
    [InlineData("level", "乙", "b")]
    [InlineData("tags", "y、x", "x,y")]
    [InlineData("tags", "Z级; x", "x,z")]
    public void FB8_a_text_is_taken_for_what_it_says(string key, string given, string kept) => Read(key, given).Values![key].Written.Should().Be(kept);

    [Theory]
    [InlineData("seats", "many", "field-invalid")]
    [InlineData("seats", "1.25", "number-out-of-range")]
    [InlineData("seats", "9000000000001", "number-out-of-range")]
    [InlineData("budget", "1 2 3", "field-invalid")]
    [InlineData("budget", "1.005", "number-out-of-range")]
    [InlineData("budget", "1 XXX", "currency-unknown")]
    [InlineData("signed", "21.11.2026", "date-invalid")]
    [InlineData("signed", "1899-12-31", "date-invalid")]
    [InlineData("buyer", "nobody", "person-unknown")]
    [InlineData("site", "javascript:alert(1)", "url-invalid")]
    [InlineData("site", "https://me:secret@example.com", "url-invalid")]
    [InlineData("site", "/relative", "url-invalid")]
    [InlineData("level", "c", "option-unknown")]
    [InlineData("level", "丙", "option-unknown")]
    [InlineData("tags", "x,q", "option-unknown")]
    [InlineData("per_seat", "1", "field-computed")]
    [InlineData("gone", "1", "field-unknown")]
    [InlineData("other", "1", "field-unknown")]
    public void FB8_what_does_not_suit_is_refused_and_named(string key, string given, string code)
    {
        var (values, refusal) = Read(key, given);
        values.Should().BeNull();
        (refusal!.Code, refusal.Field).Should().Be((code, $"custom.{key}")); // no values, so a refusal
    }

    [Fact]
    public void FB8_typed_values_are_taken_as_they_are_and_others_refused()
    {
        Read("seats", CustomValue.Of(2.5m)).Values!["seats"].Should().Be(CustomValue.Of(2.5m));
        Read("budget", CustomValue.Of(7m)).Values!["budget"].Should().Be(CustomValue.Of(new Money(7m, "CNY")));
        Read("budget", CustomValue.Of(new Money(7m, ""))).Values!["budget"].Should().Be(CustomValue.Of(new Money(7m, "CNY")));
        Read("tags", CustomValue.Of(["z", "x", "z"])).Values!["tags"].Should().Be(CustomValue.Of(["x", "z"]));
        Read("tags", CustomValue.Of([])).Values!["tags"].IsBlank.Should().BeTrue();
        Read("note", CustomValue.Of(1m)).Refusal!.Code.Should().Be("field-invalid");
        Read("level", CustomValue.Of(["a"])).Refusal!.Code.Should().Be("option-unknown");
        Read("site", CustomValue.Of(1m)).Refusal!.Code.Should().Be("url-invalid");
    }

    [Fact]
    public void FB9_what_is_required_must_be_there_at_the_start_and_stays()
    {
        var set = new FieldSet("leads", [Field("note", "text") with { Required = true }]);
        set.Read(new Dictionary<string, CustomValue>(), isCreation: true, Somebody).Refusal.Should().Match<Refusal>(r => r.Code == "field-required" && r.Field == "custom.note");
        set.Read(new Dictionary<string, CustomValue>(), isCreation: false, Somebody).Refusal.Should().BeNull();
        set.Read(new Dictionary<string, CustomValue> { ["note"] = " " }, isCreation: false, Somebody).Refusal!.Code.Should().Be("field-required");
        set.Read(null, isCreation: false, Somebody).Refusal!.Code.Should().Be("field-required");
        set.Read(new Dictionary<string, CustomValue>(), isCreation: true, Somebody with { MayEdit = _ => false }).Refusal.Should().BeNull();
        set.Read(new Dictionary<string, CustomValue>(), isCreation: true, Somebody with { Demands = false }).Refusal.Should().BeNull();
    }

    [Fact]
    public void FB10_formulas_follow_each_other_and_say_only_what_changes()
    {
        var values = new Dictionary<string, CustomValue> { ["budget"] = CustomValue.Of(new Money(100m, "USD")), ["seats"] = CustomValue.Of(3m) };
        var changes = Fields.Compute(values, _ => null, "CNY");
        changes.Should().Equal(new FieldChange("custom.per_seat", null, "33.33 USD", "money"), new FieldChange("custom.twice", null, "66.66 USD", "money"));

        var after = changes.Aggregate((IReadOnlyDictionary<string, CustomValue>)values, Changes.WithCustom);
        Fields.Compute(after, _ => null, "CNY").Should().BeEmpty();
    }

    [Fact]
    public void FB10_without_a_value_or_by_zero_there_is_no_result()
    {
        var known = new Dictionary<string, CustomValue> { ["budget"] = CustomValue.Of(new Money(100m, "USD")), ["seats"] = CustomValue.Of(0m), ["per_seat"] = CustomValue.Of(new Money(5m, "USD")) };
        Fields.Compute(known, _ => null, "CNY").Should().Equal(new FieldChange("custom.per_seat", "5.00 USD", null));
        known.Remove("seats");
        Fields.Compute(known, _ => null, "CNY").Should().Equal(new FieldChange("custom.per_seat", "5.00 USD", null));
    }

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3 - -1", "10")]
    [InlineData("round(10 / 3, 1)", "3.3")]
    [InlineData("round(2.5)", "3")]
    [InlineData("min(4, 2, 3) + max(1, 5)", "7")]
    [InlineData("if(2 >= 2, 10, 20)", "10")]
    [InlineData("if(seats > 100, 1, 2)", "2")]
    [InlineData("if(nothing = 1, 1, 2)", null)]
    [InlineData("coalesce(nothing, seats, 9)", "12")]
    [InlineData("amount / 4", "250.00 CNY")]
    [InlineData("amount - 1", "999.00 CNY")]
    [InlineData("amount / budget", null)]
    [InlineData("max(amount, budget)", null)]
    [InlineData("due - \"2026-12-01\"", "30")]
    [InlineData("due + 1", "2027-01-01")]
    [InlineData("\"9999-12-31\" + 1", null)]
    [InlineData("1 / 0", null)]
    [InlineData("9000000000000 * 2", null)]
    [InlineData("79228162514264337593543 * 79228162514264337593543", null)]
    public void FB10_an_expression_results_in(string expression, string? expected)
    {
        var (formula, refusal) = FormulaParser.Parse(expression, name => name switch { "seats" or "nothing" => "number", "amount" or "budget" => "money", "due" => "date", _ => null });
        refusal.Should().BeNull();
        Formula.Kept(Formula.Evaluate(formula!, Quantities), 2, "CNY")?.Written.Should().Be(expected); // no refusal, so a formula

        static Quantity? Quantities(string name) => name switch
        {
            "seats" => new(12, "number"),
            "amount" => new(1000, "money", "CNY"),
            "budget" => new(500, "money", "USD"),
            "due" => new(new DateOnly(2026, 12, 31).DayNumber, "date"),
            _ => null,
        };
    }

    [Theory]
    [InlineData("1 +", 4)]
    [InlineData("1 + colour", 5)]
    [InlineData("(1 + 2", 7)]
    [InlineData("1 2", 3)]
    [InlineData("amount * amount", 8)]
    [InlineData("due + due", 5)]
    [InlineData("seats + due - amount", 13)]
    [InlineData("if(1, 2, 3)", 5)]
    [InlineData("if(1 = 1, due, 3)", 1)]
    [InlineData("round(1, 9)", 1)]
    [InlineData("min(1)", 1)]
    [InlineData("1 > 2", 3)]
    [InlineData("\"yesterday\"", 1)]
    [InlineData("1.2.3", 1)]
    [InlineData("-due", 1)]
    [InlineData("drop table", 1)]
    public void FB6_what_is_wrong_is_named_by_its_position(string expression, int position)
    {
        var (formula, refusal) = FormulaParser.Parse(expression, name => name switch { "seats" => "number", "amount" => "money", "due" => "date", _ => null });
        formula.Should().BeNull();
        refusal.Should().Match<Refusal>(r => r.Code == "formula-invalid" && r.Field == "expression");
        refusal!.Sentence.Should().StartWith($"At character {position}:"); // no formula, so a refusal
    }

    [Fact]
    public void FB6_a_formula_is_short_and_not_deep()
    {
        FormulaParser.Parse(new string('(', 40) + "1" + new string(')', 40), _ => null).Refusal!.Code.Should().Be("formula-invalid");
        FormulaParser.Parse(string.Join('+', Enumerable.Repeat("1", 300)), _ => null).Refusal!.Code.Should().Be("formula-invalid");
        FormulaParser.Parse(string.Join('+', Enumerable.Repeat("1", 250)), _ => null).Refusal.Should().BeNull();
    }

    private static (IReadOnlyDictionary<string, CustomValue>? Values, Refusal? Refusal) Read(string key, CustomValue given) =>
        Fields.Read(new Dictionary<string, CustomValue> { [key] = given }, isCreation: false, Somebody);

    private static CustomField Field(string key, string type, int? scale = null) => new(key, type, new(key), Required: false, scale, [], null, null, Retired: false);
}
