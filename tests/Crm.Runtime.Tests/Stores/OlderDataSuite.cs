using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Stores;

/// <summary>A fixture that makes its data what an older program would have left.</summary>
public interface IOlderData : IStoreFixture
{
    /// <summary>Takes a kind's column away, as it was before the kind had it.</summary>
    void DropColumn(string kind, string field);

    void DropTable(string table);
}

/// <summary>Data of a program that did not have a column or a table yet is opened, keeps what is in it, and has them from then on.</summary>
public abstract class OlderDataSuite<TFixture> : StoreSuite<TFixture> where TFixture : IOlderData, new()
{
    private static readonly CardSchema Schema = new BoxBehaviour().Cards;
    private static readonly CardField Extra = CardField.InBag(Schema.Bag!, "extra.count", "count", CardFieldType.Integer); // boxes have a bag

    [Fact]
    public async Task A_kind_that_had_no_fields_of_its_own_gets_room_for_them_and_keeps_its_records()
    {
        for (var i = 0; i < 5; i++)
        {
            await Hand.FillAsync(Hand.Box(i), new() { Name = $"box {i}", Count = i, Terms = $"box{i}" });
        }

        var head = Store.HeadOf("acme");
        await CloseAsync();
        Fixture.DropColumn("box", "extra");

        (await NamesAsync(new("acme", "box"))).Should().BeEquivalentTo("box 0", "box 1", "box 2", "box 3", "box 4");
        Store.HeadOf("acme").Should().Be(head);
        (await BoxOfAsync(Hand.Box(3))).Look.Name.Should().Be("box 3");
        (await NamesAsync(new("acme", "box", Match: "box3"))).Should().Equal("box 3");
        (await NamesAsync(Counting(3))).Should().BeEmpty("nothing was in it yet");

        (await Hand.FillAsync(Hand.Box(3), new() { Name = "box 3", Count = 7 })).Result.Should().Be(WriteResult.Stored);
        (await NamesAsync(Counting(7))).Should().Equal("box 3");
        await CloseAsync();
        (await NamesAsync(Counting(7))).Should().Equal("box 3");
        (await Store.VerifyAsync("acme", None)).Should().BeNull("the chain is what it was");
    }

    [Fact]
    public async Task What_the_column_would_hold_is_folded_from_the_journal_when_asked()
    {
        await Hand.FillAsync(Hand.Box(1), new() { Name = "one", Count = 41 });
        await CloseAsync();
        Fixture.DropColumn("box", "extra");

        (await NamesAsync(Counting(41))).Should().BeEmpty();
        await Store.RebuildAsync("acme", None);

        (await NamesAsync(Counting(41))).Should().Equal("one");
    }

    [Fact]
    public async Task A_table_that_was_not_there_yet_is_made()
    {
        await Hand.FillAsync(Hand.Box(1), new() { Name = "one" });
        await CloseAsync();
        Fixture.DropTable("secret");

        await Store.WriteSecretAsync("key", [1, 2, 3], None);

        (await Store.ReadSecretAsync("key", None)).Should().Equal(1, 2, 3);
        (await NamesAsync(new("acme", "box"))).Should().Equal("one");
    }

    private static CardQuery Counting(long count) => new("acme", "box", new CardFilter.Compare(Extra, CardOperator.Equal, CardValue.Of(count)));

    private async Task<IReadOnlyList<string>> NamesAsync(CardQuery query) =>
        [.. (await Store.QueryAsync(query, None)).Hits.Select(hit => System.Text.Json.JsonDocument.Parse(hit.Json).RootElement.GetProperty("Name").GetString()!)]; // boxes here have names
}
