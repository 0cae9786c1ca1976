using Crm.Runtime.Cards;
using Crm.Silo.Queries;
using FsCheck.Fluent;

namespace Crm.Silo.Tests.Queries;

public sealed class CursorCodecTests
{
    private static readonly Guid Id = Guid.Parse("0199e0ab-1111-7222-8333-444455556666");
    private static readonly CursorCodec Codec = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly ulong Query = CursorCodec.HashQuery("leads", "status eq \"open\"", "-amount");

    private static readonly CardValue[] Values =
    [
        CardValue.Null, CardValue.Of(-5L), CardValue.Of("腾讯"), CardValue.Of(""), CardValue.Of(new byte[] { 1, 0, 255 }),
    ];

    [Fact]
    public void A_cursor_comes_back_as_it_was()
    {
        var text = Codec.Encode(Values, Id, "acme", Query);

        text.Should().MatchRegex("^[A-Za-z0-9_-]+$");
        Codec.TryDecode(text, "acme", Query, out var values, out var id).Should().BeTrue();
        values.Should().Equal(Values);
        id.Should().Be(Id);
    }

    [Fact]
    public void A_cursor_of_another_tenant_query_or_key_is_refused()
    {
        var text = Codec.Encode(Values, Id, "acme", Query);

        Codec.TryDecode(text, "acm", Query, out _, out _).Should().BeFalse();
        Codec.TryDecode(text, "acme", Query + 1, out _, out _).Should().BeFalse();
        new CursorCodec(new byte[32]).TryDecode(text, "acme", Query, out _, out _).Should().BeFalse();
    }

    [Fact]
    public void A_cursor_with_any_one_character_changed_is_refused_or_the_same_bytes()
    {
        var text = Codec.Encode([CardValue.Of(1L)], Id, "acme", Query);
        for (var i = 0; i < text.Length; i++)
        {
            var tampered = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Codec.TryDecode(tampered, "acme", Query, out var values, out _).Should().BeFalse("character {0} was changed", i);
            values.Should().BeNull();
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
        Codec.TryDecode(text, "acme", Query, out _, out _).Should().BeFalse();

    [Fact]
    public void A_cursor_longer_than_2000_characters_is_neither_made_nor_read()
    {
        Codec.TryDecode(new string('A', 2_001), "acme", Query, out _, out _).Should().BeFalse();
        var encoding = () => Codec.Encode([CardValue.Of(new byte[1_500])], Id, "acme", Query);
        encoding.Should().Throw<ArgumentException>();
        Codec.Encode([CardValue.Of(new byte[1_400])], Id, "acme", Query).Length.Should().BeLessThanOrEqualTo(2_000);
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
            parts => Codec.TryDecode(string.Concat(parts), "acme", Query, out _, out _).Should().BeFalse());
}
