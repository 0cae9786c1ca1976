using Crm.Runtime.Cards;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>What buckets promise: every card that matches is counted into its bucket, and no two currencies are summed as one.</summary>
public abstract class AggregateSuite<TFixture> : StoreSuite<TFixture> where TFixture : IStoreFixture, new()
{
    private static readonly CardSchema Schema = new BoxBehaviour().Cards;
    private static readonly CardQuery Boxes = new("acme", "box");
    private static readonly Guid Ada = Hand.Box(1).Key;
    private static readonly Guid Bob = Hand.Box(2).Key;

    [Fact]
    public async Task Buckets_are_counted_most_first_and_as_many_by_their_values()
    {
        await FillAsync(new Look { Colour = "red" }, new() { Colour = "blue" }, new() { Colour = "green" }, new() { Colour = "green" }, new(), new() { Colour = "" });

        (await BucketsAsync("colour")).Should().Equal("null 2", "green 2", "blue 1", "red 1");
    }

    [Fact]
    public async Task Texts_are_one_bucket_whatever_the_case_of_A_to_Z()
    {
        await FillAsync(new Look { Note = "north" }, new() { Note = "North" }, new() { Note = "华东" }, new() { Note = "" }, new() { Note = "NORTH" });

        (await BucketsAsync("note")).Should().Equal("NORTH 3", "null 1", "华东 1");
    }

    [Fact]
    public async Task People_flags_and_several_codes_are_buckets()
    {
        await FillAsync(
            new Look { Owner = Ada, IsOpen = true, Keys = ["a", "b\"\\c"] }, new() { Owner = Bob, IsOpen = true, Keys = ["c"] }, new() { Owner = Ada, IsOpen = false });

        (await BucketsAsync("owner")).Should().Equal($"{CardValue.Of((Guid?)Ada)} 2", $"{CardValue.Of((Guid?)Bob)} 1");
        (await BucketsAsync("isOpen")).Should().Equal("1 2", "0 1");
        (await ReadAsync(new CardAggregation(InBag("keys", CardFieldType.Choices)))).Should().Equal("null 1", "a 1", "b\"\\c 1", "c 1");
    }

    [Fact]
    public async Task Days_and_moments_lie_on_the_bucket_of_their_month()
    {
        await FillAsync(
            new Look { Day = new(2026, 11, 1), At = At("2026-11-30T23:59:59.999Z") }, new() { Day = new(2026, 11, 30), At = At("2026-11-01T00:00:00Z") },
            new() { Day = new(2024, 2, 29), At = At("1969-12-31T23:59:59.999Z") }, new() { Day = new(1, 1, 1), At = At("2026-12-01T00:00:00Z") }, new() { Day = new(9999, 12, 31) });

        (await BucketsAsync("day")).Should().Equal("2026-11 2", "0001-01 1", "2024-02 1", "9999-12 1");
        (await ReadAsync(new CardAggregation(InBag("day", CardFieldType.Day)))).Should().Equal("2026-11 2", "0001-01 1", "2024-02 1", "9999-12 1");
        (await BucketsAsync("at")).Should().Equal("2026-11 2", "null 1", "1969-12 1", "2026-12 1");
    }

    [Fact]
    public async Task Months_are_those_of_clocks_that_are_ahead()
    {
        var (hour, change) = (3_600_000L, At("2026-03-29T01:00:00Z").ToUnixTimeMilliseconds());
        await FillAsync(
            new Look { At = At("2026-03-31T22:30:00Z") }, new() { At = At("2026-02-28T22:30:00Z") }, new() { At = At("2026-02-28T23:00:00Z") }, new() { At = At("2026-04-30T21:59:59.999Z") });

        (await ReadAsync(new(Field("at"), Offsets: [new(change, 2 * hour), new(0, hour)]))).Should().Equal("2026-04 2", "2026-02 1", "2026-03 1");
    }

    [Fact]
    public async Task Two_currencies_are_never_one_sum()
    {
        await FillAsync(
            new Look { Name = "x", Colour = "CNY", Amount = 1_01 }, new() { Name = "X", Colour = "USD", Amount = -5 }, new() { Name = "x", Colour = "CNY", Amount = 2_02 },
            new() { Name = "y", Colour = "USD", Amount = 7 }, new() { Name = "z" });

        var sums = new CardAggregation(Field("name"), Field("amount"), Field("colour"));
        (await ReadAsync(sums)).Should().Equal("X 3 CNY=303 USD=-5", "y 1 USD=7", "z 1");
        (await ReadAsync(sums with { Sum = InBag("amount", CardFieldType.Money), Currency = InBag("amount", CardFieldType.Currency) })).Should().Equal("X 3 CNY=303 USD=-5", "y 1 USD=7", "z 1");
    }

    [Fact]
    public async Task Sums_are_exact_beyond_64_bits()
    {
        await FillAsync(
            new Look { Colour = "a", Count = long.MaxValue }, new() { Colour = "a", Count = long.MaxValue }, new() { Colour = "b", Count = long.MinValue }, new() { Colour = "b", Count = long.MinValue });

        (await ReadAsync(new(Field("colour"), Field("count")))).Should().Equal($"a 2 ={2 * (Int128)long.MaxValue}", $"b 2 ={2 * (Int128)long.MinValue}");
    }

    [Fact]
    public async Task Only_so_many_buckets_are_answered_as_are_wanted()
    {
        await FillAsync([.. Enumerable.Range(0, 9).Select(i => new Look { Colour = $"c{i % 5}", Note = i % 2 == 0 ? "CNY" : "USD", Amount = 1 })]);

        foreach (var aggregation in (CardAggregation[])[new(Field("colour")), new(Field("colour"), Field("amount"), Field("note"))])
        {
            var few = await Store.AggregateAsync(Boxes, aggregation with { Limit = 2 }, None);
            (few.Buckets.Select(bucket => bucket.Value.Text), few.IsMore).Should().BeEquivalentTo((new[] { "c0", "c1" }, true));
            var all = await Store.AggregateAsync(Boxes, aggregation with { Limit = 5 }, None);
            (all.Buckets.Count, all.Buckets.Sum(bucket => bucket.Count), all.IsMore).Should().Be((5, 9L, false));
        }
    }

    [Fact]
    public async Task Buckets_are_of_what_a_filter_a_scope_and_words_find_in_one_tenant()
    {
        await FillAsync(new Look { Colour = "red", Owner = Ada, Terms = "iron" }, new() { Colour = "red", Owner = Bob, Terms = "iron" }, new() { Colour = "blue", Owner = Ada, Terms = "wood" }, new() { Colour = "red", IsHidden = true });
        await Hand.FillAsync(Hand.Box(1, "bolt"), new() { Colour = "red", Owner = Ada, Terms = "iron" });
        var ada = new CardFilter.In(Field("owner"), [CardValue.Of((Guid?)Ada)]);
        var others = Enumerable.Range(1, 2_000).Select(i => new Guid(i, 1, 2, new byte[8]));

        (await BucketsAsync("colour")).Should().Equal("red 2", "blue 1");
        (await BucketsAsync("colour", Boxes with { Filter = ada })).Should().Equal("blue 1", "red 1");
        (await BucketsAsync("colour", Boxes with { Filter = new CardFilter.In(Field("owner"), [.. others.Append(Bob).Select(id => CardValue.Of((Guid?)id))]) })).Should().Equal("red 1");
        (await BucketsAsync("colour", Boxes with { Filter = new CardFilter.Keys([Hand.Box(2).Key]) })).Should().Equal("blue 1");
        (await BucketsAsync("colour", Boxes with { Match = "iron" })).Should().Equal("red 2");
        (await BucketsAsync("colour", Boxes with { Match = "iron", Filter = ada })).Should().Equal("red 1");
        (await BucketsAsync("colour", Boxes with { Tenant = "nobody" })).Should().BeEmpty();
    }

    [Fact]
    public async Task Amounts_and_numbers_are_no_buckets()
    {
        await FillAsync(new Look { Amount = 1, Count = 1 });
        foreach (var name in (string[])["amount", "count"])
        {
            await FluentActions.Awaiting(() => Store.AggregateAsync(Boxes, new(Field(name)), None).AsTask()).Should().ThrowAsync<ArgumentException>(name);
        }
    }

    private async Task FillAsync(params Look[] looks)
    {
        for (var i = 0; i < looks.Length; i++)
        {
            await Hand.FillAsync(Hand.Box(i), looks[i]);
        }
    }

    private Task<IEnumerable<string>> BucketsAsync(string by, CardQuery? query = null) => ReadAsync(new(Field(by)), query);

    private async Task<IEnumerable<string>> ReadAsync(CardAggregation aggregation, CardQuery? query = null) =>
        (await Store.AggregateAsync(query ?? Boxes, aggregation, None)).Buckets.Select(bucket => string.Join(' ', [$"{bucket.Value}", $"{bucket.Count}", .. bucket.Sums.Select(sum => $"{sum.Currency}={sum.Total}")]));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static CardField Field(string name) => Schema.Find(name)!;

    private static CardField InBag(string key, CardFieldType type) => CardField.InBag(Schema.Bag!, $"extra.{key}", key, type); // boxes have a bag
}
