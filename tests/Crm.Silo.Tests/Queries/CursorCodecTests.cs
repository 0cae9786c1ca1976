using Crm.Runtime.Cards;
using Crm.Silo.Queries;
using FsCheck.Fluent;

namespace Crm.Silo.Tests.Queries;

public sealed class CursorCodecTests
{
    private static readonly CursorCodec Codec = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly ulong Query = CursorCodec.HashQuery("leads", "status eq \"open\"", "-amount");

    private static readonly CardPlace Place = new(
        [CardValue.Null, CardValue.Of(-5L), CardValue.Of("腾讯"), CardValue.Of(""), CardValue.Of(new byte[] { 1, 0, 255 })],
        Row: 4_000_000_000);

    [Fact]
    public void A_cursor_comes_back_as_it_was()
    {
        var text = Codec.Encode(Place, "acme", Query);

        text.Should().MatchRegex("^[A-Za-z0-9_-]+$");
        Codec.TryDecode(text, "acme", Query, out var place).Should().BeTrue();
        place!.SortValues.Should().Equal(Place.SortValues);
        place.Row.Should().Be(Place.Row);
    }

    [Fact]
    public void A_cursor_of_another_tenant_query_or_key_is_refused()
    {
        var text = Codec.Encode(Place, "acme", Query);

        Codec.TryDecode(text, "acm", Query, out _).Should().BeFalse();
        Codec.TryDecode(text, "acme", Query + 1, out _).Should().BeFalse();
        new CursorCodec(new byte[32]).TryDecode(text, "acme", Query, out _).Should().BeFalse();
    }

    [Fact]
    public void A_cursor_with_any_one_character_changed_is_refused_or_the_same_bytes()
    {
        var text = Codec.Encode(new([CardValue.Of(1L)], Row: 1), "acme", Query);
        for (var i = 0; i < text.Length; i++)
        {
            var tampered = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Codec.TryDecode(tampered, "acme", Query, out var place).Should().BeFalse("character {0} was changed", i);
            place.Should().BeNull();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AQ==")]
    [InlineData("😀😀")]
    public void What_is_no_cursor_is_refused(string text) =>
        Codec.TryDecode(text, "acme", Query, out _).Should().BeFalse();

    [Fact]
    public void A_cursor_longer_than_2000_characters_is_neither_made_nor_read()
    {
        Codec.TryDecode(new string('A', 2_001), "acme", Query, out _).Should().BeFalse();
        var encoding = () => Codec.Encode(new([CardValue.Of(new byte[1_500])], Row: 1), "acme", Query);
        encoding.Should().Throw<ArgumentException>();
        Codec.Encode(new([CardValue.Of(new byte[1_400])], Row: 1), "acme", Query).Length.Should().BeLessThanOrEqualTo(2_000);
    }

    [Fact]
    public void A_short_key_is_refused()
    {
        var making = () => new CursorCodec(new byte[31]);
        making.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void The_hash_of_a_query_depends_on_where_its_parts_end()
    {
        CursorCodec.HashQuery("ab", "c").Should().NotBe(CursorCodec.HashQuery("a", "bc"));
        CursorCodec.HashQuery("a", null).Should().NotBe(CursorCodec.HashQuery("a", ""));
        CursorCodec.HashQuery("a").Should().Be(CursorCodec.HashQuery("a"));
    }

    [Fact]
    public void No_text_makes_decoding_throw() =>
        Laws.Holds(
            Gen.ListOf(Gen.Elements("AQ", "_", "-", "=", "zz", " ", "%", "A", "9", "é")),
            parts => Codec.TryDecode(string.Concat(parts), "acme", Query, out _).Should().BeFalse());
}
