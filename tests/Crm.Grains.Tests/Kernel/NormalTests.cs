namespace Crm.Grains.Tests.Kernel;

public sealed class NormalTests
{
    [Theory]
    [InlineData("腾讯（深圳）有限公司", "腾讯(深圳) 有限公司")]
    [InlineData("ＡＣＭＥ　Ｌｔｄ．", "acme ltd")]
    [InlineData("Acme, Inc.", "ACME-INC")]
    [InlineData("㈱テスト", "株テスト")]
    public void Names_that_people_take_for_one_have_one_key(string one, string other) => Normal.Key(one).Should().Be(Normal.Key(other)).And.NotBeEmpty();

    [Theory]
    [InlineData("Acme", "Acme 2")]
    [InlineData("腾讯", "腾讯科技")]
    [InlineData("🚀", "🛰")]
    [InlineData("!!!", "???")]
    public void Names_that_differ_have_different_keys(string one, string other) => Normal.Key(one).Should().NotBe(Normal.Key(other));

    [Fact]
    public void Half_a_character_makes_a_key_all_the_same() => Normal.Key("Acme\ud800").Should().Be("acme");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    public void Nothing_has_no_key(string? text)
    {
        Normal.Key(text).Should().BeEmpty();
        Normal.Phone(text).Should().BeEmpty();
        Normal.Email(text).Should().BeEmpty();
        Normal.Login(text).Should().BeEmpty();
        Normal.Text(text).Should().BeNull();
        Normal.CreditCode(text).Should().BeNull();
    }

    [Theory]
    [InlineData("+86 138-0013-8000", "13800138000")]
    [InlineData("0086 13800138000", "13800138000")]
    [InlineData("8613800138000", "13800138000")]
    [InlineData("13800138000", "13800138000")]
    [InlineData("86 0755 8601338", "8607558601338")] // not a mobile: 86 may be part of the number
    [InlineData("+1 (415) 555-0100", "14155550100")]
    public void A_number_is_its_digits(string written, string digits) => Normal.Phone(written).Should().Be(digits);

    [Fact]
    public void Logins_and_addresses_are_equal_whatever_their_case_and_width()
    {
        Normal.Login(" Ａda ").Should().Be("ada");
        Normal.Email(" Ada@Example.COM ").Should().Be("ada@example.com");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("12345", "12345")]
    [InlineData("123456", "12345…")]
    [InlineData("1234🚀", "1234…")]
    public void An_excerpt_is_made_of_whole_characters(string? text, string? excerpt) => Normal.Excerpt(text, longest: 5).Should().Be(excerpt);

    [Fact]
    public void An_excerpt_shows_half_a_character_as_unreadable() => Normal.Excerpt("a\ud800").Should().Be("a\ufffd");

    [Fact]
    public void Custom_fields_lose_what_is_empty()
    {
        Normal.Custom(new Dictionary<string, CustomValue> { ["a"] = " 1 ", ["b"] = "  ", ["c"] = default }).Should().BeEquivalentTo(new Dictionary<string, CustomValue> { ["a"] = "1" });
        Normal.Custom(null).Should().BeEmpty();
    }
}
