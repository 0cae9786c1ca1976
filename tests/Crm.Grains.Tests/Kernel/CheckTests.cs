namespace Crm.Grains.Tests.Kernel;

public sealed class CheckTests
{
    private const string Family = "👨‍👩‍👧‍👦"; // one text element of 11 UTF-16 units

    [Theory]
    [InlineData("Ada")]
    [InlineData("  Ada ")]
    [InlineData("阿达·洛芙莱斯")]
    [InlineData("Zoë 🚀")]
    public void A_line_of_visible_text_is_well(string text) => Check.Required("name", text).Should().BeNull();

    [Theory]
    [InlineData(null, "field-required")]
    [InlineData("", "field-required")]
    [InlineData(" \t\n ", "field-required")]
    [InlineData("A\u0000da", "field-invalid")]
    [InlineData("A\u0007da", "field-invalid")]
    [InlineData("A\u0085da", "field-invalid")]
    [InlineData("A\nda", "field-invalid")]
    [InlineData("A\u202eda", "field-invalid")] // right-to-left override
    [InlineData("A\u2066da", "field-invalid")] // direction isolate
    [InlineData("\u200b\u200d\ufeff", "field-invalid")] // zero width only
    [InlineData("\u2060 \u00ad", "field-invalid")]
    [InlineData("A\uffff", "field-invalid")]
    public void A_line_that_cannot_be_read_is_refused(string? text, string code) =>
        Check.Required("name", text).Should().Match<Refusal>(r => r.Code == code && r.Field == "name");

    [Fact]
    public void Half_a_character_is_refused()
    {
        Check.Line("name", "A\ud800").Should().Match<Refusal>(r => r.Code == "field-invalid");
        Check.Line("name", "\udc00\ud800").Should().Match<Refusal>(r => r.Code == "field-invalid");
        Check.Line("name", "\ud83d\ude80").Should().BeNull();
    }

    [Fact]
    public void Length_counts_what_people_count()
    {
        Check.Line("name", string.Concat(Enumerable.Repeat(Family, Check.LineLength))).Should().BeNull();
        Check.Line("name", string.Concat(Enumerable.Repeat(Family, Check.LineLength + 1))).Should().Match<Refusal>(r => r.Code == "field-too-long");
        Check.Line("name", new string('a', Check.LineLength)).Should().BeNull();
        Check.Line("name", new string('a', Check.LineLength + 1)).Should().Match<Refusal>(r => r.Code == "field-too-long");
    }

    [Fact]
    public void One_character_with_a_thousand_accents_is_too_long() =>
        Check.Line("name", "a" + new string('\u0301', 17 * Check.LineLength)).Should().Match<Refusal>(r => r.Code == "field-too-long");

    [Fact]
    public void A_note_has_lines_and_at_most_32_000_characters()
    {
        Check.Note("note", "one\r\ntwo\tthree").Should().BeNull();
        Check.Note("note", new string('a', 32_000)).Should().BeNull();
        Check.Note("note", new string('a', 32_001)).Should().Match<Refusal>(r => r.Code == "field-too-long" && r.Field == "note");
        Check.Note("note", "a\u0000").Should().Match<Refusal>(r => r.Code == "field-invalid");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(" ada@example.com ")]
    [InlineData("ada@example.com")]
    [InlineData("阿达@例子.中国")]
    [InlineData("\"ada l\"@example.com")]
    public void An_e_mail_address_is_well(string? address) => Check.Email("email", address).Should().BeNull();

    [Theory]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("Ada <ada@example.com>")]
    [InlineData("ada@example.com\r\nBcc: all@example.com")]
    public void What_is_no_e_mail_address_is_refused(string address) => Check.Email("email", address).Should().Match<Refusal>(r => r.Code == "email-invalid");

    [Fact]
    public void An_e_mail_address_has_at_most_320_characters()
    {
        Check.Email("email", new string('a', 308) + "@example.com").Should().BeNull();
        Check.Email("email", new string('a', 309) + "@example.com").Should().Match<Refusal>(r => r.Code == "email-invalid");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(" ", true)]
    [InlineData("13800138000", true)]
    [InlineData(" 13800138000 ", true)]
    [InlineData("+86 138-0013-8000", true)]
    [InlineData("(0755) 8601.3388转2", true)]
    [InlineData("1234", false)]
    [InlineData("=cmd()", false)]
    [InlineData("１３８００１３８０００", false)]
    [InlineData("123456789012345678901", false)]
    public void A_telephone_number_has_5_to_20_digits(string? number, bool isWell) => (Check.Phone("mobile", number) is null).Should().Be(isWell);

    [Theory]
    [InlineData("91440300708461136T")] // Huawei's
    [InlineData("9144 0300-7084 6113-6t")]
    [InlineData("９１４４０３００７０８４６１１３６Ｔ")]
    [InlineData("440301103097413")] // 15 digits, before 2015
    [InlineData("")]
    [InlineData(null)]
    public void A_credit_code_with_its_check_character_is_well(string? code) => Check.CreditCode("creditCode", code).Should().BeNull();

    [Theory]
    [InlineData("91440300708461136X")] // wrong check character
    [InlineData("91440300708461163T")] // two digits swapped
    [InlineData("9144030070846113I6")] // I is not in the alphabet
    [InlineData("44030110309741A")]
    [InlineData("9144030070846113")]
    public void A_credit_code_that_does_not_add_up_is_refused(string code) =>
        Check.CreditCode("creditCode", code).Should().Match<Refusal>(r => r.Code == "credit-code-invalid" && r.Field == "creditCode");

    [Theory]
    [InlineData(null, true)]
    [InlineData("example.com", true)]
    [InlineData("https://example.com/a?b=c", true)]
    [InlineData("http://例子.中国", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("javascript://example.com/%0aalert(1)", false)]
    [InlineData("ftp://example.com", false)]
    [InlineData("https://user:pw@example.com", false)]
    [InlineData("not a site", false)]
    public void A_website_is_one_that_may_be_clicked(string? address, bool isWell) => (Check.Website("website", address) is null).Should().Be(isWell);

    [Theory]
    [InlineData("2026-11", true)]
    [InlineData("1900-01", true)]
    [InlineData("2026-13", false)]
    [InlineData("2026-00", false)]
    [InlineData("1899-12", false)]
    [InlineData("2026-1", false)]
    [InlineData("2026-11-01", false)]
    [InlineData(null, false)]
    public void A_month_is_written_with_its_year(string? month, bool isWell) => (Check.Month("month", month) is null).Should().Be(isWell);

    [Theory]
    [InlineData("simple", true)]
    [InlineData("a", true)]
    [InlineData("key-2", true)]
    [InlineData("0123456789012345678901234567890123456789", true)]
    [InlineData("01234567890123456789012345678901234567890", false)]
    [InlineData("Simple", false)]
    [InlineData("a b", false)]
    [InlineData("a|b", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_slug_has_1_to_40_small_letters_digits_and_hyphens(string? key, bool isWell) => (Check.Slug("key", key) is null).Should().Be(isWell);

    [Fact]
    public void An_amount_is_not_below_zero_and_in_a_known_currency()
    {
        Check.Amount("amount", new(0m, "CNY")).Should().BeNull();
        Check.Amount("amount", new(-0.01m, "CNY")).Should().Match<Refusal>(r => r.Code == "number-out-of-range");
        Check.Amount("amount", new(1m, "")).Should().Match<Refusal>(r => r.Code == "currency-unknown");
        Check.Amount("amount", new(0.001m, "CNY")).Should().Match<Refusal>(r => r.Code == "number-out-of-range");
        Check.Amount("amount", new(Money.Largest + 0.01m, "CNY")).Should().Match<Refusal>(r => r.Code == "number-out-of-range");
        Check.Amount("amount", default).Should().Match<Refusal>(r => r.Code == "currency-unknown");
    }

    [Fact]
    public void A_day_that_nobody_filled_in_is_refused()
    {
        Check.Day("today", default(DateOnly)).Should().Match<Refusal>(r => r.Code == "date-invalid" && r.Field == "today");
        Check.Day("today", new DateOnly(1900, 1, 1)).Should().BeNull();
        Check.Day("today", null).Should().BeNull();
    }

    [Fact]
    public void An_empty_id_is_no_id()
    {
        Check.Id("customerId", Guid.Empty).Should().Match<Refusal>(r => r.Code == "field-required" && r.Field == "customerId");
        Check.Id("customerId", new("01900000-0000-7000-8000-000000000001")).Should().BeNull();
    }

    [Fact]
    public void Custom_fields_have_short_names_and_texts()
    {
        Check.Custom("custom", null).Should().BeNull();
        Check.Custom("custom", new Dictionary<string, CustomValue> { ["预算_2026-a"] = "many\nlines" }).Should().BeNull();
        Check.Custom("custom", new Dictionary<string, CustomValue> { ["a.b"] = "1" }).Should().Match<Refusal>(r => r.Code == "field-invalid" && r.Field == "custom");
        Check.Custom("custom", new Dictionary<string, CustomValue> { [""] = "1" }).Should().Match<Refusal>(r => r.Code == "field-invalid");
        Check.Custom("custom", new Dictionary<string, CustomValue> { [new string('a', 61)] = "1" }).Should().Match<Refusal>(r => r.Code == "field-invalid");
        Check.Custom("custom", new Dictionary<string, CustomValue> { ["a"] = new string('a', 2_001) }).Should().Match<Refusal>(r => r.Code == "field-too-long" && r.Field == "custom.a");
    }

    [Fact]
    public void A_record_has_at_most_100_custom_fields_counting_those_it_has()
    {
        static Dictionary<string, CustomValue> Fields(int from, int count) => Enumerable.Range(from, count).ToDictionary(i => $"f{i}", _ => new CustomValue("1"));
        Check.Custom("custom", Fields(0, 100)).Should().BeNull();
        Check.Custom("custom", Fields(0, 101)).Should().Match<Refusal>(r => r.Code == "field-too-long");
        Check.Custom("custom", Fields(0, 100), Fields(0, 100)).Should().BeNull();
        Check.Custom("custom", Fields(0, 1), Fields(1, 100)).Should().Match<Refusal>(r => r.Code == "field-too-long");
    }

    [Fact]
    public void A_code_out_of_the_list_is_refused_with_the_list() =>
        Check.OneOf("role", "boss", new HashSet<string> { "sales", "admin" }).Should().Be(Refusal.Invalid("enum-invalid", "Use one of: admin, sales.", "role"));
}
