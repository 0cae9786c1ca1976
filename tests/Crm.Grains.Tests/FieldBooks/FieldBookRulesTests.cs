using Crm.Grains.FieldBooks;

namespace Crm.Grains.Tests.FieldBooks;

public sealed class FieldBookRulesTests() : RuleSpec<FieldBook, FieldBookCommand, FieldBookEvent, FieldBookCard>(FieldBookSlice.Definition)
{
    private static readonly CustomField Budget = new("budget", "money", new("预算", "Budget"), Required: false, null, [], null, null, Retired: false);
    private static readonly CustomField Seats = new("seats", "number", new("席位", "Seats"), Required: false, 0, [], null, null, Retired: false);
    private static readonly CustomField Level = new("level", "choice", new("级别"), Required: false, null, [new("a", new("A")), new("b", new("B"))], null, null, Retired: false);
    private static readonly CustomField PerSeat = new("per_seat", "formula", new("每席"), Required: false, 2, [], "budget / seats", "money", Retired: false);

    [Fact]
    public void FB1_a_field_is_added_with_its_type_and_label() =>
        Given().When(Add("Budget", "money") with { Label = new(" 预算 ", "Budget"), Required = true })
            .ThenEvents(new FieldBookEvent.Added("leads", Budget with { Required = true }))
            .Card!.Fields.Should().ContainSingle().Which.Key.Should().Be("budget");

    [Theory]
    [InlineData("", "money", "field-required", "label")]
    [InlineData("Budget", "amount", "enum-invalid", "type")]
    [InlineData("a long label that goes on and on and on until nobody reads it any more", "text", "field-too-long", "label.en")]
    [InlineData("Level", "choice", "field-required", "options")]
    [InlineData("Sum", "formula", "field-required", "expression")]
    public void FB1_what_a_field_lacks_is_named(string label, string type, string code, string field) =>
        Given().When(Add(label, type)).ThenRefused(code, field);

    [Fact]
    public void FB1_only_slices_that_say_so_take_fields() =>
        Given().When(Add("x", "text") with { Slice = "pipelines" }).ThenRefused(FieldBookRefusals.NoCustomFields);

    [Fact]
    public void FB1_a_slice_has_at_most_100()
    {
        var full = Enumerable.Range(0, 100).Select(i => (FieldBookEvent)new FieldBookEvent.Added("leads", Seats with { Key = $"f{i}", Retired = i > 50 })).ToArray();
        Given(full).When(Add("x", "text")).ThenRefused(FieldBookRefusals.TooMany);
    }

    [Theory]
    [InlineData("Annual budget (k)", "annual_budget_k")]
    [InlineData("预算", "field")]
    [InlineData("2nd name", "field")]
    [InlineData("Round", "field")]
    [InlineData("Budget", "budget_2")]
    public void FB2_a_key_is_made_from_the_label(string label, string key) =>
        Given(Added(Budget)).When(Add(label, "text"))
            .ThenEvents(new FieldBookEvent.Added("leads", new(key, "text", new(En: label), false, null, [], null, null, false)));

    [Theory]
    [InlineData("BUDGET", "field-key-taken", RefusalKind.Conflict)]
    [InlineData("min", "key-reserved", RefusalKind.Invalid)]
    [InlineData("a-b", "key-invalid", RefusalKind.Invalid)]
    [InlineData("1a", "key-invalid", RefusalKind.Invalid)]
    [InlineData("", "key-invalid", RefusalKind.Invalid)]
    public void FB2_a_key_is_unlike_the_others(string key, string code, RefusalKind kind) =>
        Given(Added(Budget)).When(Add("x", "text") with { Key = key }).ThenRefused(code, "key", kind);

    [Fact]
    public void FB3_label_and_requirement_change_and_what_is_left_out_stays() =>
        Given(Added(Seats)).When(new FieldBookCommand.Amend("seats", Label: new FieldLabel("座位"), Required: true))
            .ThenEvents(new FieldBookEvent.Amended(Seats, Seats with { Label = new("座位"), Required = true }))
            .When(new FieldBookCommand.Amend("seats", Label: new FieldLabel("座位"), Required: true)).ThenNothing();

    [Fact]
    public void FB3_what_suits_another_type_is_refused()
    {
        var given = Given(Added(Budget), Added(Seats), Added(PerSeat));
        given.When(new FieldBookCommand.Amend("budget", Scale: 2)).ThenRefused("field-invalid", "scale");
        given.When(new FieldBookCommand.Amend("seats", Scale: 7)).ThenRefused("number-out-of-range", "scale");
        given.When(new FieldBookCommand.Amend("seats", Expression: "1")).ThenRefused("field-invalid", "expression");
        given.When(new FieldBookCommand.Amend("per_seat", Required: true)).ThenRefused("field-invalid", "required");
        given.When(new FieldBookCommand.Amend("nobody", Required: true)).ThenRefused(FieldBookRefusals.FieldUnknown);
        Given().When(Add("x", "text") with { Options = [new(new("a"))] }).ThenRefused("field-invalid", "options");
        Given().When(Add("x", "text") with { Scale = 1 }).ThenRefused("field-invalid", "scale");
        Given().When(Add("x", "text") with { Expression = "1" }).ThenRefused("field-invalid", "expression");
    }

    [Fact]
    public void FB4_options_are_added_renamed_retired_and_restored() =>
        Given(Added(Level))
            .When(new FieldBookCommand.AddOption("level", new(new("重点", "Key account")))).ThenEvents(new FieldBookEvent.OptionAdded("level", new("key-account", new("重点", "Key account"))))
            .When(new FieldBookCommand.RenameOption("level", "a", new("A+"))).ThenEvents(new FieldBookEvent.OptionRenamed("level", "a", new("A"), new("A+")))
            .When(new FieldBookCommand.RetireOption("level", "b")).ThenEvents(new FieldBookEvent.OptionRetired("level", "b"))
            .When(new FieldBookCommand.RestoreOption("level", "b")).ThenEvents(new FieldBookEvent.OptionRestored("level", "b"))
            .Card!.Fields[0].Options.Should().Equal(new FieldOption("a", new("A+")), new FieldOption("b", new("B")), new FieldOption("key-account", new("重点", "Key account")));

    [Fact]
    public void FB4_one_option_stays_open_and_keys_are_unlike()
    {
        var given = Given(Added(Level), new FieldBookEvent.OptionRetired("level", "a"));
        given.When(new FieldBookCommand.RetireOption("level", "b")).ThenRefused(FieldBookRefusals.LastOption);
        given.When(new FieldBookCommand.RetireOption("level", "c")).ThenRefused(FieldBookRefusals.OptionUnknown);
        given.When(new FieldBookCommand.AddOption("level", new(new("A"), "a"))).ThenRefused(FieldBookRefusals.OptionKeyTaken);
        given.When(new FieldBookCommand.AddOption("level", new(new()))).ThenRefused("field-required", "option.label");
        Given(Added(Budget)).When(new FieldBookCommand.AddOption("budget", new(new("A")))).ThenRefused("field-invalid", "option");
    }

    [Fact]
    public void FB5_a_field_that_a_formula_needs_is_not_retired() =>
        Given(Added(Budget), Added(Seats), Added(PerSeat)).When(new FieldBookCommand.Retire("seats")).ThenRefused(FieldBookRefusals.InUse("per_seat"));

    [Fact]
    public void FB5_a_retired_field_changes_no_more_and_comes_back() =>
        Given(Added(Budget), new FieldBookEvent.Retired("budget"))
            .When(new FieldBookCommand.Restore("budget")).ThenEvents(new FieldBookEvent.Restored("budget"))
            .When(new FieldBookCommand.Restore("budget")).ThenNothing();

    [Fact]
    public void FB5_a_formula_comes_back_only_when_it_can_be_read()
    {
        var given = Given(Added(Budget), Added(Seats), Added(PerSeat), new FieldBookEvent.Retired("per_seat"), new FieldBookEvent.Retired("seats"));
        given.When(new FieldBookCommand.Restore("per_seat")).ThenRefused("formula-invalid", "expression");
        given.When(new FieldBookCommand.Amend("seats", Required: true)).ThenRefused(FieldBookRefusals.FieldRetired);
    }

    [Fact]
    public void FB6_a_formula_says_what_it_results_in() =>
        Given(Added(Budget), Added(Seats)).When(Add("Per seat", "formula") with { Expression = " budget / seats " })
            .ThenEvents(new FieldBookEvent.Added("leads", PerSeat with { Label = new(En: "Per seat") }));

    [Fact]
    public void FB6_a_formula_may_name_a_field_as_lists_do() =>
        Given(Added(Budget), Added(Seats)).When(Add("Per seat", "formula") with { Expression = "custom.budget / seats" })
            .ThenEvents(new FieldBookEvent.Added("leads", PerSeat with { Label = new(En: "Per seat"), Expression = "custom.budget / seats" }));

    [Fact]
    public void FB6_a_formula_knows_the_fields_of_the_product() =>
        Given().When(Add("Commission", "formula") with { Slice = "opportunities", Expression = "amount * 0.05" })
            .ThenEvents(new FieldBookEvent.Added("opportunities", new("commission", "formula", new(En: "Commission"), false, 2, [], "amount * 0.05", "money", false)));

    [Theory]
    [InlineData("budget / per_seat", 10)]
    [InlineData("twice", 1)]
    public void FB6_a_formula_does_not_depend_on_itself(string expression, int position)
    {
        var twice = PerSeat with { Key = "twice", Expression = "per_seat * 2" };
        Given(Added(Budget), Added(Seats), Added(PerSeat), Added(twice)).When(new FieldBookCommand.Amend("per_seat", Expression: expression))
            .ThenRefused(expression == "twice" ? FieldBookRefusals.Formula(0, "'twice' reckons with this very field.") : FieldBookRefusals.Formula(0, "this formula results in a money, and must go on doing so."));
        position.Should().BePositive();
    }

    [Fact]
    public void FB7_a_new_order_names_every_field_once()
    {
        var given = Given(Added(Budget), Added(Seats));
        given.When(new FieldBookCommand.Reorder(["seats"])).ThenRefused(FieldBookRefusals.OrderIncomplete);
        given.When(new FieldBookCommand.Reorder(["seats", "seats"])).ThenRefused(FieldBookRefusals.OrderIncomplete);
        given.When(new FieldBookCommand.Reorder(["budget", "seats"])).ThenNothing();
        given.When(new FieldBookCommand.Reorder(["seats", "budget"])).ThenEvents(new FieldBookEvent.Reordered(["budget", "seats"], ["seats", "budget"]))
            .Card!.Fields.Select(field => field.Key).Should().Equal("seats", "budget");
    }

    private static FieldBookCommand.Add Add(string label, string type) => new(new(En: label), type, Slice: "leads");

    private static FieldBookEvent.Added Added(CustomField field) => new("leads", field);
}
