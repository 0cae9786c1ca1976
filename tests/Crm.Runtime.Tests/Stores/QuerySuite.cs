using System.Globalization;
using Crm.Runtime.Cards;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>What lists promise: the cards that match, all of them, once, in order, whatever the page.</summary>
public abstract class QuerySuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    private static readonly CardSchema Schema = new BoxBehaviour().Cards;
    private static readonly CardField[] Columns = [.. Schema.Fields.Where(field => field.Type != CardFieldType.Bag)];
    private static readonly string[] Twins = ["name", "colour", "count", "amount", "day"];
    private static readonly string?[] Names = [null, "", "ada", "Ada", "ADA lovelace", "bob", "Bob%", "b_b", "Åsa", "åsa", "张伟", "张伟和李娜", "𝒜", "￿"];
    private static readonly string?[] Colours = [null, "red", "Red", "green", "blue"];
    private static readonly long?[] Numbers = [null, 0, 1, -1, 7, long.MaxValue, long.MinValue];

    [Fact]
    public async Task Every_operator_agrees_with_the_model_for_every_type_and_value()
    {
        var cards = await StoreRandomAsync(80, seed: 1);
        var checks = 0;
        foreach (var field in Columns)
        {
            var isText = field.Type is CardFieldType.Text or CardFieldType.Choice;
            foreach (var comparison in Enum.GetValues<CardOperator>())
            {
                if (comparison is CardOperator.Contains or CardOperator.StartsWith or CardOperator.EndsWith && !isText)
                {
                    continue;
                }

                foreach (var value in Values(field).Distinct())
                {
                    if (value.IsNull && comparison is not (CardOperator.Equal or CardOperator.NotEqual))
                    {
                        continue;
                    }

                    await AgreeAsync(cards, Compare(field, comparison, value));
                    await AgreeAsync(cards, new CardFilter.Not(Compare(field, comparison, value)));
                    checks += 2;
                }
            }

            await AgreeAsync(cards, new CardFilter.Present(field));
            await AgreeAsync(cards, new CardFilter.Not(new CardFilter.Present(field)));
        }

        checks.Should().BeGreaterThan(500);
    }

    [Fact]
    public async Task One_of_several_values_or_keys_is_either_of_them()
    {
        var cards = await StoreRandomAsync(40, seed: 5);
        foreach (var field in Columns.Where(field => field.Type is not CardFieldType.Text))
        {
            var values = cards.Select(card => card.Row[field.Ordinal]).Where(value => !value.IsNull).Distinct().ToList();
            foreach (var some in (IReadOnlyList<CardValue>[])[[], [.. values.Take(1)], [.. values.Take(3)], values])
            {
                var found = await Store.QueryAsync(new("acme", "box", new CardFilter.In(field, some), Limit: 100), None);
                found.Hits.Select(hit => hit.Key).Should().BeEquivalentTo(cards.Where(card => some.Contains(card.Row[field.Ordinal])).Select(card => card.Key), field.Name);
            }
        }

        foreach (var count in (int[])[0, 1, 3, 40])
        {
            var keys = cards.Take(count).Select(card => card.Key).Append(Hand.Box(1, "bolt").Key).ToList();
            var found = await Store.QueryAsync(new("acme", "box", new CardFilter.Keys(keys), Limit: 100), None);
            found.Hits.Select(hit => hit.Key).Should().BeEquivalentTo(keys.Take(count), "another tenant's is not there");
        }
    }

    [Fact]
    public async Task A_list_is_limited_to_more_ids_than_a_statement_takes_parameters()
    {
        var cards = await StoreRandomAsync(40, seed: 6);
        var owner = Schema.Find("owner")!; // boxes have one
        var some = cards.Select(card => card.Row[owner.Ordinal]).Where(value => !value.IsNull).Distinct().Take(2).ToList();
        var others = Enumerable.Range(1, 40_000).Select(i => new Guid(i, 1, 2, new byte[8])).ToList();
        var owners = new CardFilter.In(owner, [.. others.Select(id => CardValue.Of((Guid?)id)), .. some]);
        var keys = new CardFilter.Keys([.. others, cards[3].Key]);
        var expected = cards.Where(card => some.Contains(card.Row[owner.Ordinal])).Select(card => card.Key).ToList();
        expected.Should().NotBeEmpty();

        (await FoundAsync(owners)).Should().BeEquivalentTo(expected);
        (await FoundAsync(new CardFilter.Not(owners))).Should().BeEquivalentTo(cards.Select(card => card.Key).Except(expected));
        (await FoundAsync(new CardFilter.Or(owners, keys))).Should().BeEquivalentTo(expected.Append(cards[3].Key).Distinct());
        (await Store.CountAsync(new("acme", "box", keys), 100, None)).Should().Be(1);
        (await Store.GroupAsync(new("acme", "box", owners), [owner], None)).Sum(group => group.Count).Should().Be(expected.Count);

        async Task<IEnumerable<Guid>> FoundAsync(CardFilter filter) =>
            (await Store.QueryAsync(new("acme", "box", filter, Limit: 100), None)).Hits.Select(hit => hit.Key);
    }

    [Fact]
    public async Task Groups_count_every_combination_of_values_once()
    {
        var cards = await StoreRandomAsync(60, seed: 6);
        foreach (var fields in (CardField[][])[[Field("owner")], [Field("owner"), Field("name")], [Field("count"), Field("colour")]])
        {
            var groups = await Store.GroupAsync(new("acme", "box"), fields, None);
            groups.Select(group => (string.Join('|', group.Values), group.Count)).Should().BeEquivalentTo(
                cards.GroupBy(card => string.Join('|', fields.Select(field => card.Row[field.Ordinal]))).Select(group => (group.Key, (long)group.Count())));
        }
    }

    [Fact]
    public async Task Filters_of_any_shape_agree_with_the_model()
    {
        var cards = await StoreRandomAsync(80, seed: 2);
        var random = new Random(2);
        for (var i = 0; i < 400; i++)
        {
            await AgreeAsync(cards, AnyFilter(random, depth: 4), AnySort(random));
        }
    }

    [Fact]
    public async Task A_field_in_a_bag_answers_as_a_column_of_its_own()
    {
        await StoreRandomAsync(60, seed: 8);
        var random = new Random(8);
        for (var i = 0; i < 150; i++)
        {
            var (filter, sort) = (AnyFilter(random, depth: 3), AnySort(random));
            var query = new CardQuery("acme", "box", filter, sort, Limit: random.Next(3) * 20 + 7);
            (await WalkAsync(query with { Filter = InBag(filter), Sort = InBag(sort) })).Should().Equal(await WalkAsync(query), "the filter is {0}, sorted by {1}", filter, Show(sort));
        }

        foreach (var name in Twins)
        {
            var groups = await Store.GroupAsync(new("acme", "box"), [InBag(Field(name))], None);
            groups.Select(group => (group.Values[0], group.Count)).Should().BeEquivalentTo((await Store.GroupAsync(new("acme", "box"), [Field(name)], None)).Select(group => (group.Values[0], group.Count)), name);
        }
    }

    [Fact]
    public async Task Several_codes_in_a_bag_are_equal_to_each_of_them()
    {
        foreach (var (number, keys) in new[] { (0, "a:1 b:2"), (1, "ba:3"), (2, "") })
        {
            await Hand.FillAsync(Hand.Box(number), new() { Keys = keys.Split(' ', StringSplitOptions.RemoveEmptyEntries) });
        }

        var field = CardField.InBag(Schema.Bag!, "extra.keys", "keys", CardFieldType.Choices); // boxes have a bag
        (await WalkAsync(new("acme", "box", Compare(field, CardOperator.Equal, CardValue.Of("b:2"))))).Should().Equal(Hand.Box(0).Key);
        (await WalkAsync(new("acme", "box", Compare(field, CardOperator.Equal, CardValue.Of("a"))))).Should().BeEmpty();
        (await WalkAsync(new("acme", "box", Compare(field, CardOperator.NotEqual, CardValue.Of("a:1"))))).Should().BeEquivalentTo([Hand.Box(1).Key, Hand.Box(2).Key]);
        (await WalkAsync(new("acme", "box", new CardFilter.Not(new CardFilter.Present(field))))).Should().Equal(Hand.Box(2).Key);
        (await WalkAsync(new("acme", "box", Compare(field, CardOperator.Equal, CardValue.Null)))).Should().Equal(Hand.Box(2).Key);
    }

    [Fact]
    public async Task Lists_walked_page_by_page_have_every_card_once_and_in_order()
    {
        var cards = await StoreRandomAsync(60, seed: 3);
        var random = new Random(3);
        var sorts = Columns.SelectMany(field => new CardSort[][] { [new(field, false)], [new(field, true)] }).ToList();
        sorts.Add([]);
        for (var i = 0; i < 25; i++)
        {
            sorts.Add(AnySort(random));
        }

        foreach (var sort in sorts)
        {
            var filter = random.Next(3) == 0 ? AnyFilter(random, depth: 2) : null;
            var expected = CardModel.Sort(cards.Where(card => filter is null || CardModel.Matches(filter, card.Row)), sort).ToList();
            foreach (var size in new[] { 1, 2, 7, 50 })
            {
                (await WalkAsync(new("acme", "box", filter, sort, Limit: size))).Should().Equal(expected, "sorted by {0} in pages of {1}", Show(sort), size);
            }
        }
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(0, 4)]
    [InlineData(4, 3)]
    [InlineData(6, 2)]
    [InlineData(2, 2)]
    public async Task Cards_without_a_value_are_not_lost_at_the_edge_of_a_page(int withValue, int without)
    {
        for (var i = 0; i < withValue + without; i++)
        {
            await Hand.FillAsync(Hand.Box(i), new() { Amount = i < withValue ? i / 2 : null });
        }

        foreach (var descending in new[] { false, true })
        {
            foreach (var size in new[] { 1, 2, 3, 4 })
            {
                (await WalkAsync(new("acme", "box", Sort: [new(Field("amount"), descending)], Limit: size))).Should().HaveCount(withValue + without).And.OnlyHaveUniqueItems();
            }
        }
    }

    [Fact]
    public async Task A_list_goes_on_where_it_was_though_cards_change_meanwhile()
    {
        for (var i = 0; i < 6; i++)
        {
            await Hand.FillAsync(Hand.Box(i), new() { Count = i });
        }

        var query = new CardQuery("acme", "box", Sort: [new(Field("count"), false)], Limit: 3);
        var page = await Store.QueryAsync(query, None);
        await Hand.FillAsync(Hand.Box(0), new() { Count = 100 });
        await Hand.FillAsync(Hand.Box(2), new() { IsHidden = true });
        await Hand.FillAsync(Hand.Box(9), new() { Count = -1 });
        var rest = await Store.QueryAsync(query with { After = page.Next, Limit = 50 }, None);
        rest.Hits.Select(hit => hit.Key).Should().Equal(new[] { 3, 4, 5, 0 }.Select(number => Hand.Box(number).Key));
        rest.Next.Should().BeNull();
    }

    [Fact]
    public async Task Hidden_cards_and_other_kinds_are_in_no_list()
    {
        await Hand.FillAsync(Hand.Box(1), new() { Terms = "word" });
        await Hand.FillAsync(Hand.Box(2), new() { Terms = "word", IsHidden = true });
        await Hand.FillAsync(Hand.Box(1, kind: "lid"), new());
        (await WalkAsync(new("acme", "box"))).Should().Equal(Hand.Box(1).Key);
        (await WalkAsync(new("acme", "box", Match: "word"))).Should().Equal(Hand.Box(1).Key);
        (await WalkAsync(new("acme", "lid"))).Should().Equal(Hand.Box(1, kind: "lid").Key);
        await Hand.FillAsync(Hand.Box(1), new() { IsHidden = true });
        await Hand.FillAsync(Hand.Box(2), new() { Terms = "word" });
        (await WalkAsync(new("acme", "box", Match: "word"))).Should().Equal(Hand.Box(2).Key);
        (await Store.CountAsync(new("acme", "box"), 100, None)).Should().Be(1);
    }

    [Fact]
    public async Task Full_text_finds_what_is_there_now_with_filter_sort_and_pages()
    {
        for (var i = 0; i < 20; i++)
        {
            await Hand.FillAsync(Hand.Box(i), new() { Terms = i % 2 == 0 ? "even common" : "odd common", Count = i % 5, Colour = i < 10 ? "red" : "blue" });
            await Hand.FillAsync(Hand.Box(i, "bolt"), new() { Terms = "even odd common" });
        }

        var query = new CardQuery("acme", "box", Compare(Field("colour"), CardOperator.Equal, CardValue.Of("red")), [new(Field("count"), true)], "even", Limit: 2);
        (await WalkAsync(query)).Should().Equal(new[] { 4, 8, 2, 6, 0 }.Select(number => Hand.Box(number).Key));
        (await Store.CountAsync(query, 100, None)).Should().Be(5);
        await Hand.FillAsync(Hand.Box(4), new() { Terms = "odd", Colour = "red" });
        await Hand.FillAsync(Hand.Box(8), new() { Terms = "", Colour = "red" });
        (await WalkAsync(query)).Should().Equal(new[] { 2, 6, 0 }.Select(number => Hand.Box(number).Key));
        (await WalkAsync(new("acme", "box", Match: "common"))).Should().HaveCount(18);
    }

    [Theory]
    [InlineData("common", "6 5 4 3 2 1 0")]
    [InlineData("even", "6 4 2 0")]
    [InlineData("\"even\" AND \"red\"", "2 0")]
    [InlineData("\"even common\"", "6 4 2 0")]
    [InlineData("\"common even\"", "")]
    [InlineData("\"com\"*", "6 5 4 3 2 1 0")]
    [InlineData("\"even com\"* AND \"re\"*", "2 0")]
    [InlineData("\"and\"", "5")]
    public async Task Full_text_without_a_sort_is_newest_first_in_pages(string match, string expected)
    {
        for (var i = 0; i < 7; i++)
        {
            await Hand.FillAsync(Hand.Box(i), new() { Terms = $"{(i % 2 == 0 ? "even" : "odd")} common {(i < 3 ? "red" : "blue")}{(i == 5 ? " and" : "")}" });
            await Hand.FillAsync(Hand.Box(i, "bolt"), new() { Terms = "even odd common red and" });
        }

        var query = new CardQuery("acme", "box", Match: match, Limit: 2);
        (await WalkAsync(query)).Should().Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => Hand.Box(int.Parse(number, CultureInfo.InvariantCulture)).Key));
        (await Store.CountAsync(query, 100, None)).Should().Be(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Full_text_within_a_scope_finds_what_is_in_it_now()
    {
        Guid Person(int number) => Hand.Box(1_000 + number).Key;
        for (var i = 0; i < 40; i++)
        {
            await Hand.FillAsync(Hand.Box(i), new() { Terms = i % 2 == 0 ? "even common" : "odd common", Owner = i < 20 ? Person(i % 4) : null, Count = i % 5 });
            await Hand.FillAsync(Hand.Box(i, "bolt"), new() { Terms = "even common", Owner = Person(2) });
        }

        CardFilter Of(params int[] people) => new CardFilter.In(Field("owner"), [.. people.Select(number => CardValue.Of(Person(number)))]);
        CardFilter second = Compare(Field("owner"), CardOperator.Equal, CardValue.Of(Person(2))), nobodys = Compare(Field("owner"), CardOperator.Equal, CardValue.Null);
        async Task<int[]> FoundAsync(CardFilter scope, string match = "even", IReadOnlyList<CardSort>? sort = null) =>
            [.. (await WalkAsync(new("acme", "box", scope, sort, match, Limit: 3))).Select(key => Enumerable.Range(0, 40).First(number => Hand.Box(number).Key == key))];

        (await FoundAsync(second)).Should().Equal(18, 14, 10, 6, 2);
        (await FoundAsync(second, sort: [new(Field("count"), false)])).Should().Equal(10, 6, 2, 18, 14);
        (await FoundAsync(Of(0, 2))).Should().Equal(18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
        (await FoundAsync(Of())).Should().BeEmpty();
        (await FoundAsync(Of(1, 3))).Should().BeEmpty();
        (await FoundAsync(Of([.. Enumerable.Range(0, 100)]), "\"even common\"")).Should().HaveCount(10);
        (await FoundAsync(new CardFilter.Or(second, nobodys))).Should().Equal(38, 36, 34, 32, 30, 28, 26, 24, 22, 20, 18, 14, 10, 6, 2);
        (await FoundAsync(new CardFilter.And(Compare(Field("count"), CardOperator.Less, CardValue.Of(3L)), second))).Should().Equal(10, 6, 2);
        (await FoundAsync(new CardFilter.Or(second, new CardFilter.Keys([Hand.Box(3).Key, Hand.Box(4).Key])))).Should().Equal(18, 14, 10, 6, 4, 2);
        (await FoundAsync(new CardFilter.Not(second), "\"even\" AND \"com\"*")).Should().Equal(38, 36, 34, 32, 30, 28, 26, 24, 22, 20, 16, 12, 8, 4, 0);
        (await Store.CountAsync(new("acme", "box", second, Match: "even"), 100, None)).Should().Be(5);

        await Hand.FillAsync(Hand.Box(2), new() { Terms = "even common", Owner = Person(3) });
        await Hand.FillAsync(Hand.Box(4), new() { Terms = "even common", Owner = Person(2) });
        await Hand.FillAsync(Hand.Box(6), new() { Terms = "even common", Owner = Person(2), IsHidden = true });
        await Hand.FillAsync(Hand.Box(10), new() { Terms = "even common" });
        (await FoundAsync(second)).Should().Equal(18, 14, 4);
        await Hand.FillAsync(Hand.Box(6), new() { Terms = "even common", Owner = Person(2) });
        (await FoundAsync(second)).Should().Equal(18, 14, 6, 4);
        (await FoundAsync(nobodys)).Should().Equal(38, 36, 34, 32, 30, 28, 26, 24, 22, 20, 10);
    }

    [Fact]
    public async Task A_page_says_whether_another_follows_and_a_count_stops_counting()
    {
        for (var i = 0; i < 10; i++)
        {
            await Hand.FillAsync(Hand.Box(i), new());
        }

        (await Store.QueryAsync(new("acme", "box", Limit: 10), None)).Should().Match<CardPage>(page => page.Hits.Count == 10 && page.Next == null);
        (await Store.QueryAsync(new("acme", "box", Limit: 9), None)).Should().Match<CardPage>(page => page.Hits.Count == 9 && page.Next != null);
        (await Store.QueryAsync(new("acme", "box", Limit: 5_000), None)).Hits.Should().HaveCount(10);
        (await Store.CountAsync(new("acme", "box"), 4, None)).Should().Be(4);
        (await Store.CountAsync(new("acme", "box"), 11, None)).Should().Be(10);
        foreach (var limit in new[] { 0, -1, 5_001 })
        {
            await FluentActions.Awaiting(async () => await Store.QueryAsync(new("acme", "box", Limit: limit), None)).Should().ThrowAsync<ArgumentException>();
        }

        await FluentActions.Awaiting(async () => await Store.QueryAsync(new("acme", "no; drop"), None)).Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task A_card_is_listed_as_it_was_answered()
    {
        var write = await Hand.FillAsync(Hand.Box(1), new() { Name = "Ada" });
        (await Store.QueryAsync(new("acme", "box"), None)).Hits.Should().ContainSingle().Which.Json.Should().Equal(write.Card);
        var next = await Hand.TellAsync(Hand.Box(1), new BoxCommand.Add(5));
        (await Store.QueryAsync(new("acme", "box"), None)).Hits.Should().ContainSingle().Which.Json.Should().Equal(next.Card);
    }

    private async Task AgreeAsync(List<(Guid Key, CardValue[] Row)> cards, CardFilter filter, params CardSort[] sort)
    {
        var expected = CardModel.Sort(cards.Where(card => CardModel.Matches(filter, card.Row)), sort).ToList();
        var page = await Store.QueryAsync(new("acme", "box", filter, sort, Limit: 200), None);
        page.Hits.Select(hit => hit.Key).Should().Equal(expected, "the filter is {0}, sorted by {1}", filter, Show(sort));
        (await Store.CountAsync(new("acme", "box", filter), 1_000, None)).Should().Be(expected.Count);
    }

    private async Task<List<Guid>> WalkAsync(CardQuery query)
    {
        var walked = new List<Guid>();
        do
        {
            var page = await Store.QueryAsync(query, None);
            page.Hits.Count.Should().BeLessThanOrEqualTo(query.Limit);
            walked.AddRange(page.Hits.Select(hit => hit.Key));
            query = query with { After = page.Next };
        }
        while (query.After is not null);
        return walked;
    }

    private async Task<List<(Guid Key, CardValue[] Row)>> StoreRandomAsync(int count, int seed)
    {
        var random = new Random(seed);
        var cards = new List<(Guid, CardValue[])>();
        for (var i = 0; i < count; i++)
        {
            var look = new Look
            {
                Name = Any(random, Names),
                Note = Any(random, Names),
                Colour = Any(random, Colours),
                Owner = random.Next(4) is var owner and > 0 ? Hand.Box(owner).Key : null,
                IsOpen = random.Next(3) switch { 0 => null, 1 => true, _ => false },
                Count = Any(random, Numbers),
                Amount = Any(random, Numbers),
                At = random.Next(4) is var minutes and > 0 ? Hand.Start.AddMinutes(minutes) : null,
                Day = random.Next(4) is var days and > 0 ? new DateOnly(2026, 11, days) : null,
            };
            // the same cards lie in another tenant too, and must never be found
            await Hand.FillAsync(Hand.Box(i, "bolt"), look);
            await Hand.FillAsync(Hand.Box(i), look);
            cards.Add((Hand.Box(i).Key, BoxBehaviour.Row(look)));
        }

        return cards;
    }

    private static CardFilter AnyFilter(Random random, int depth) => (depth == 0 ? 0 : random.Next(6)) switch
    {
        1 => new CardFilter.And(AnyFilter(random, depth - 1), AnyFilter(random, depth - 1)),
        2 or 3 => new CardFilter.Or(AnyFilter(random, depth - 1), AnyFilter(random, depth - 1)),
        4 => new CardFilter.Not(AnyFilter(random, depth - 1)),
        5 => new CardFilter.Present(Any(random, Columns)),
        _ => AnyCompare(random),
    };

    private static CardFilter.Compare AnyCompare(Random random)
    {
        var field = Any(random, Columns);
        var value = Any(random, [.. Values(field)]);
        var isText = field.Type is CardFieldType.Text or CardFieldType.Choice;
        return Compare(field, value.IsNull ? (CardOperator)random.Next(2) : isText ? (CardOperator)random.Next(9) : Any(random, [CardOperator.Equal, CardOperator.NotEqual, CardOperator.Greater, CardOperator.GreaterOrEqual, CardOperator.Less, CardOperator.LessOrEqual]), value);
    }

    private static CardFilter.Compare Compare(CardField field, CardOperator comparison, CardValue value) =>
        new(field, comparison, value, field.Type == CardFieldType.Text && value.Text is { } text ? BoxBehaviour.SortKey(text) : null);

    private static CardSort[] AnySort(Random random) =>
        [.. Columns.OrderBy(_ => random.Next()).Take(random.Next(4)).Select(field => new CardSort(field, random.Next(2) == 0))];

    private static IEnumerable<CardValue> Values(CardField field) => field.Type switch
    {
        CardFieldType.Text => Names.Append("zz").Append("d").Select(CardValue.Of),
        CardFieldType.Choice => Colours.Append("e").Select(CardValue.Of),
        CardFieldType.Id => new Guid?[] { null, Hand.Box(1).Key, Hand.Box(2).Key, Hand.Box(77).Key }.Select(CardValue.Of),
        CardFieldType.Flag => [CardValue.Null, CardValue.Of(true), CardValue.Of(false)],
        CardFieldType.Instant => new int?[] { null, 0, 1, 2, 9 }.Select(minutes => CardValue.Of(minutes is { } some ? Hand.Start.AddMinutes(some) : (DateTimeOffset?)null)),
        CardFieldType.Day => new int?[] { null, 1, 2, 9 }.Select(day => CardValue.Of(day is { } some ? new DateOnly(2026, 11, some) : (DateOnly?)null)),
        _ => Numbers.Append(5).Select(CardValue.Of),
    };

    /// <summary>The same with values in the bag, where they are there twice.</summary>
    private static CardFilter InBag(CardFilter filter) => filter switch
    {
        CardFilter.And both => new CardFilter.And(InBag(both.Left), InBag(both.Right)),
        CardFilter.Or either => new CardFilter.Or(InBag(either.Left), InBag(either.Right)),
        CardFilter.Not not => new CardFilter.Not(InBag(not.Inner)),
        CardFilter.Present present => new CardFilter.Present(InBag(present.Field)),
        CardFilter.Compare compare => compare with { Field = InBag(compare.Field), SortKey = null },
        _ => filter,
    };

    private static CardSort[] InBag(CardSort[] sort) => [.. sort.Select(key => key with { Field = InBag(key.Field) })];

    private static CardField InBag(CardField field) =>
        Twins.Contains(field.Name) ? CardField.InBag(Schema.Bag!, $"extra.{field.Name}", field.Name, field.Type) : field; // boxes have a bag

    private static T Any<T>(Random random, IReadOnlyList<T> values) => values[random.Next(values.Count)];

    private static CardField Field(string name) => Schema.Find(name)!;

    private static string Show(IEnumerable<CardSort> sort) => string.Join(", ", sort.Select(key => $"{(key.Descending ? "-" : "")}{key.Field.Name}"));
}
