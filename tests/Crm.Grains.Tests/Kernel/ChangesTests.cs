namespace Crm.Grains.Tests.Kernel;

public sealed class ChangesTests
{
    private static readonly Guid Ada = new("01900000-0000-7000-8000-00000000000a");

    [Fact]
    public void Only_what_is_given_and_differs_is_a_change() =>
        new Changes()
            .Text("name", "Ada", "Ada ")
            .Text("title", "CTO", default)
            .Text("note", null, "  ")
            .Text("company", "Acme", new Optional<string?>(null))
            .ToList().Should().Equal(new FieldChange("company", "Acme", null));

    [Fact]
    public void Days_ids_and_amounts_are_changed_in_their_written_form() =>
        new Changes()
            .Day("on", null, new DateOnly(2026, 11, 2))
            .Id("ownerId", Ada, new Optional<Guid?>(null))
            .Amount("amount", new(1m, "CNY"), new Money(2.5m, ""))
            .Amount("same", new(1m, "CNY"), new Money(1.00m, "CNY"))
            .ToList().Should().Equal(
                new FieldChange("on", null, "2026-11-02"),
                new FieldChange("ownerId", "01900000-0000-7000-8000-00000000000a", null),
                new FieldChange("amount", "1.00 CNY", "2.50 CNY"));

    [Fact]
    public void Custom_fields_are_merged_one_by_one() =>
        new Changes()
            .Custom(new Dictionary<string, CustomValue> { ["a"] = "1", ["b"] = "2", ["c"] = "3" }, new Dictionary<string, CustomValue> { ["a"] = "1", ["b"] = "", ["d"] = " 4 " })
            .ToList().Should().Equal(new FieldChange("custom.b", "2", null), new FieldChange("custom.d", null, "4"));

    [Fact]
    public void Null_removes_all_custom_fields() =>
        new Changes()
            .Custom(new Dictionary<string, CustomValue> { ["a"] = "1" }, new Optional<IReadOnlyDictionary<string, CustomValue>?>(null))
            .ToList().Should().Equal(new FieldChange("custom.a", "1", null));

    [Fact]
    public void A_written_day_and_id_are_read_back()
    {
        Changes.ReadDay(Changes.Written(new DateOnly(2026, 11, 2))).Should().Be(new DateOnly(2026, 11, 2));
        Changes.ReadDay(Changes.Written(null)).Should().BeNull();
        Changes.ReadId(Ada.ToString()).Should().Be(Ada);
        Changes.ReadId(null).Should().BeNull();
    }
}
