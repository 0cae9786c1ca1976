using System.Globalization;
using System.Text;
using Crm.Silo.Search;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Silo.Tests.Search;

public sealed class SearchTermsTests
{
    [Fact]
    public void Tokens_are_windows_and_then_the_shorter_ends()
    {
        SearchTerms.ForIndex("13800").Should().Be("d138 d380 d800 d00 d0");
        SearchTerms.ForIndex("7").Should().Be("d7");
        SearchTerms.ForIndex("腾讯").Should().Be("c0pku0rlb c0rlb");
        SearchTerms.ForIndex("Ada Löwe").Should().Be("wada wlowe");
        SearchTerms.ForIndex("iPhone15").Should().Be("wiphone d15 d5");
    }

    [Fact]
    public void Every_character_is_indexed_as_its_normal_form()
    {
        SearchTerms.ForIndex("a\uFFFEb").Should().Be("wa wb", "U+FFFE has no normal form and is no character");
        for (var code = 0; code <= char.MaxValue; code++)
        {
            if (!char.IsSurrogate((char)code) && code != 0xFFFE)
            {
                var text = ((char)code).ToString();
                SearchTerms.ForIndex(text).Should().Be(SearchTerms.ForIndex(text.Normalize(NormalizationForm.FormKC)), "of U+{0:X4}", code);
            }
        }
    }

    [Fact]
    public void Nothing_gives_no_tokens()
    {
        SearchTerms.ForIndex().Should().BeEmpty();
        SearchTerms.ForIndex(null, "", " \t\n", "😀 — …").Should().BeEmpty();
    }

    [Fact]
    public void A_query_is_quoted_terms_joined_by_AND()
    {
        SearchTerms.ForQuery("腾讯abc138").Should().Be("\"c0pku0rlb\" AND \"wabc\"* AND \"d138\"");
        SearchTerms.ForQuery("讯").Should().Be("\"c0rlb\"*");
        SearchTerms.ForQuery("12").Should().Be("\"d12\"*");
        SearchTerms.ForQuery("1234").Should().Be("\"d123 d234\"");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\"")]
    [InlineData("*")]
    [InlineData("()^-+:")]
    [InlineData("😀")]
    [InlineData("\0")]
    [InlineData("\ud800")]
    public void Where_nothing_is_searchable_there_is_no_query(string? q) => SearchTerms.ForQuery(q).Should().BeNull();

    [Fact]
    public void At_most_ten_terms_are_looked_for()
    {
        var query = SearchTerms.ForQuery(string.Join(' ', Enumerable.Range(0, 30).Select(i => (char)('a' + (i % 26)))))!;
        query.Split(" AND ").Should().HaveCount(10);
        SearchTerms.ForQuery(new string('a', 10_000))!.Length.Should().BeLessThan(100);
        SearchTerms.ForQuery(new string('腾', 10_000))!.Length.Should().BeLessThan(3_000);
    }

    [Theory]
    [InlineData("深圳市腾讯计算机系统有限公司", "腾讯", true)]
    [InlineData("深圳市腾讯计算机系统有限公司", "腾讯计算机", true)]
    [InlineData("深圳市腾讯计算机系统有限公司", "讯腾", false)]
    [InlineData("深圳市腾讯计算机系统有限公司", "司", true)]
    [InlineData("深圳市腾讯计算机系统有限公司", "腾讯 公司", true)]
    [InlineData("深圳市腾讯计算机系统有限公司", "腾计", false)]
    [InlineData("𠮷野家", "𠮷野", true)]
    [InlineData("カタカナ", "ｶﾀｶﾅ", true)]
    [InlineData("がぎぐ", "ぎぐ", true)]
    [InlineData("서울특별시", "특별", true)]
    [InlineData("Москва", "оскв", true)]
    [InlineData("กรุงเทพ", "เทพ", true)]
    [InlineData("Tencent Cloud", "ten", true)]
    [InlineData("Tencent Cloud", "CLOUD TEN", true)]
    [InlineData("Tencent Cloud", "cent", false)]
    [InlineData("Łódź Straße Ærø", "lodz strasse aero", true)]
    [InlineData("Nguyễn Văn Đức", "nguyen van duc", true)]
    [InlineData("naïve", "NAIVE", true)]
    [InlineData("ＴＣＬ集团１２３", "tcl集团123", true)]
    [InlineData("TCL123", "ＴＣＬ１２３", true)]
    [InlineData("li.lei@example.com", "li.lei@exam", true)]
    [InlineData("HT-2024-0015", "0015", true)]
    [InlineData("HT-2024-0015", "ht-2024-0015", true)]
    [InlineData("iPhone 15 2024", "2024 15", true)]
    [InlineData("٠١٢٣", "123", true)]
    public void People_find_what_they_mean(string indexed, string q, bool found) => Finds(q, indexed).Should().Be(found);

    [Theory]
    [InlineData("+86 138-0013-8000")]
    [InlineData("13800138000")]
    [InlineData("138 0013 8000")]
    [InlineData("0086-13800138000")]
    [InlineData("（+86）138－0013－8000")]
    public void A_phone_number_is_found_by_any_part_however_it_was_written(string indexed)
    {
        string[] queries =
        [
            "13800138000", "138 0013 8000", "138-0013-8000", "+86 138-0013-8000", "+8613800138000", "8613800138000", "0086 138 0013 8000",
            "+86138", "(138) 0013", "0013", "8000", "0138", "00138000", "38", "0",
        ];
        foreach (var q in queries)
        {
            Finds(q, indexed).Should().BeTrue("{0} is a part of {1}", q, indexed);
        }

        Finds("13800138001", indexed).Should().BeFalse();
        Finds("139", indexed).Should().BeFalse();
        Finds("138 0013 8001", indexed).Should().BeFalse();
    }

    [Fact]
    public void A_landline_is_found_with_and_without_its_area_code()
    {
        foreach (var q in (string[])["021-6888 1234", "+86 21 6888 1234", "68881234", "6888-1234", "02168881234", "(021)"])
        {
            Finds(q, "(021) 6888 1234").Should().BeTrue("{0} was typed", q);
        }
    }

    [Fact]
    public void Two_numbers_side_by_side_are_looked_for_apart() =>
        Finds("13800138000 15", "张三 13800138000", "15 台").Should().BeTrue();

    [Fact]
    public void No_phrase_matches_across_the_end_of_a_field()
    {
        Finds("腾讯", "深圳腾", "讯飞").Should().BeFalse();
        Finds("1234", "12", "34").Should().BeFalse();
        Finds("123456", "123", "456").Should().BeFalse();
    }

    [Fact]
    public void Every_part_of_two_or_more_characters_of_a_text_finds_it() =>
        Laws.Holds(
            from text in Texts() from start in Gen.Choose(0, 50) from length in Gen.Choose(2, 20) select (text, start, length),
            sample =>
            {
                var runes = sample.text.EnumerateRunes().ToArray();
                var start = Math.Min(sample.start, runes.Length - 2);
                var part = string.Concat(runes.Skip(start).Take(sample.length).Select(rune => rune.ToString()));
                Finds(part, "前文", sample.text, "后文").Should().BeTrue("'{0}' is in '{1}'", part, sample.text);
            },
            count: 1_000);

    [Fact]
    public void What_a_run_does_not_contain_is_not_found() =>
        Laws.Holds(
            from text in Texts() from q in Texts() select (text, q),
            sample => Finds(sample.q, sample.text).Should().Be(
                sample.text.Contains(sample.q, StringComparison.Ordinal), "'{0}' in '{1}'", sample.q, sample.text),
            count: 1_000);

    [Fact]
    public void Every_part_of_three_or_more_digits_finds_a_number() =>
        Laws.Holds(
            from number in Gen.Choose(10_000_000, 99_999_999) from start in Gen.Choose(0, 5) from length in Gen.Choose(3, 8) select (number, start, length),
            sample =>
            {
                var digits = sample.number.ToString(CultureInfo.InvariantCulture);
                var part = digits.Substring(sample.start, Math.Min(sample.length, digits.Length - sample.start));
                Finds(part, digits).Should().BeTrue();
                Finds(part, digits.Insert(4, "-")).Should().BeTrue();
            });

    [Fact]
    public void Every_code_point_can_be_indexed_looked_for_and_sorted()
    {
        for (var code = 0; code <= 0x3FFFF; code += code < 0x3000 ? 1 : 7)
        {
            var text = code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code);
            var tokens = SearchTerms.ForIndex(text, "x" + text + "y");
            tokens.Should().MatchRegex("^[a-z0-9 ]*$");
            if (SearchTerms.ForQuery(text) is { } query)
            {
                FtsPhrases.Match(query, tokens).Should().BeTrue("U+{0:X4} finds itself", code);
            }
        }
    }

    [Fact]
    public void Names_sort_by_pinyin_without_regard_to_case()
    {
        string?[] names = ["张三", "bob", null, "李四", "Alice", "阿里", "王五", "alice2", "重庆"];

        names.OrderBy(name => Convert.ToHexString(SearchTerms.SortKey(name)), StringComparer.Ordinal)
            .Should().Equal(null, "阿里", "重庆", "李四", "王五", "张三", "Alice", "alice2", "bob");
        SearchTerms.SortKey("ALICE").Should().Equal(SearchTerms.SortKey("alice"));
    }

    [Fact]
    public void A_sort_key_is_empty_for_nothing_and_at_most_40_bytes()
    {
        SearchTerms.SortKey(null).Should().BeEmpty();
        SearchTerms.SortKey("").Should().BeEmpty();
        SearchTerms.SortKey(new string('张', 1_000)).Should().HaveCount(40);
        SearchTerms.SortKey("a\ud800b\0").Should().NotBeEmpty();
    }

    private static bool Finds(string q, params string[] texts) =>
        SearchTerms.ForQuery(q) is { } query && FtsPhrases.Match(query, SearchTerms.ForIndex(texts));

    private static Gen<string> Texts() =>
        Gen.ListOf(Gen.Elements("腾", "讯", "云", "𠮷", "한", "か"))
            .Where(characters => characters.Count >= 2)
            .Select(string.Concat);

    [Theory]
    [InlineData("腾讯", "腾讯", SearchRank.Name)]
    [InlineData("Acme ltd", "ACME, Ltd.", SearchRank.Name)]
    [InlineData("腾讯", "腾讯云", SearchRank.NameBegins)]
    [InlineData("ac", "Acme", SearchRank.NameBegins)]
    [InlineData("腾讯", "深圳腾讯", SearchRank.InName)]
    [InlineData("ltd acme", "Acme Ltd", SearchRank.InName)]
    [InlineData("腾讯 王", "腾讯云", SearchRank.Elsewhere)]
    [InlineData("腾讯", null, SearchRank.Elsewhere)]
    [InlineData("!", "!", SearchRank.Elsewhere)]
    public void A_query_that_is_a_name_ranks_before_one_that_is_in_it(string q, string? name, SearchRank rank) => SearchTerms.RankOf(q, name).Should().Be(rank);
}
