using Crm.Runtime;
using Crm.Runtime.Cards;
using Crm.Runtime.Journal;
using Crm.Runtime.Sqlite;
using Crm.Silo.Queries;
using FsCheck;
using FsCheck.Fluent;
using static Crm.Runtime.Cards.CardFilter;

namespace Crm.Silo.Tests.Queries;

/// <summary>A live list asks <see cref="FilterEvaluator"/>, a fetched one the store: they must not disagree about any card.</summary>
public sealed class FilterInStoreTests
{
    private static readonly CardSchema Schema = new("lead",
    [
        new CardField("name", CardFieldType.Text, Indexed: true),
        new CardField("status", CardFieldType.Choice, Indexed: true),
        new CardField("ownerId", CardFieldType.Id, Indexed: true),
        new CardField("amount", CardFieldType.Money),
    ]);

    [Fact]
    public async Task The_store_agrees_about_every_filter_and_card()
    {
        var folder = Directory.CreateTempSubdirectory("crm-filter-");
        try
        {
            await using var store = SqliteStore.Open(new SqliteOptions { Folder = folder.FullName }, [new OnlyCards()]);
            var rows = Samples(Rows(), 120);
            var keys = await StoreAsync(store, rows);
            foreach (var filter in Samples(Filters(3), 600))
            {
                var page = await store.QueryAsync(new CardQuery("acme", "lead", filter, Limit: 200), CancellationToken.None);
                var matching = keys.Where((_, i) => FilterEvaluator.Matches(filter, rows[i]));
                page.Hits.Select(hit => hit.Key).Order().Should().Equal(matching, "the filter is {0}", filter);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<Guid>> StoreAsync(SqliteStore store, List<CardValue[]> rows)
    {
        var keys = new List<Guid>();
        var stored = new List<Task<GrainWrite>>();
        for (var i = 0; i < rows.Count; i++)
        {
            var done = new TaskCompletionSource<GrainWrite>(TaskCreationOptions.RunContinuationsAsynchronously);
            keys.Add(new Guid(i + 1, 0, 0, new byte[8]));
            stored.Add(done.Task);
            store.Write(new GrainWrite
            {
                Grain = new GrainId("acme", "lead", keys[i]),
                FromVersion = 0,
                Row = new GrainRow(),
                Events = [new NewEvent("lead-captured-v1", "{}"u8.ToArray(), new byte[16], new byte[32], new object())],
                At = DateTimeOffset.UnixEpoch,
                By = Sender.System,
                State = "{}"u8.ToArray(),
                Card = "{}"u8.ToArray(),
                Columns = rows[i],
                SortKeys = [[], null, null, null],
                Completed = done.SetResult,
            });
        }

        (await Task.WhenAll(stored)).Should().OnlyContain(write => write.Result == WriteResult.Stored);
        return keys;
    }

    private static List<T> Samples<T>(Gen<T> gen, int count)
    {
        var samples = new List<T>();
        Laws.Holds(gen, samples.Add, count);
        return samples;
    }

    private static Gen<string> Texts() => Gen.Elements(
        "", "a", "A", "b", "ab", "AB", "aB", "abab", "é", "É", "_", "[", "腾讯", "深圳腾讯", "😀", "\uffee", "a😀", "%", "a%", "100");

    private static Gen<CardValue> Values(CardFieldType type) => type switch
    {
        CardFieldType.Text or CardFieldType.Choice => Texts().Select(CardValue.Of),
        CardFieldType.Id => Gen.Elements(1, 2, 255).Select(n => CardValue.Of(new Guid(n, 0, 0, new byte[8]))),
        _ => Gen.Elements(-1L, 0L, 1L, 100L, long.MaxValue).Select(n => CardValue.Of(n)),
    };

    private static Gen<CardValue> Nullable(CardFieldType type) =>
        Gen.Frequency((1, Gen.Constant(CardValue.Null)), (4, Values(type)));

    private static Gen<CardValue[]> Rows() =>
        from name in Nullable(CardFieldType.Text)
        from status in Nullable(CardFieldType.Choice)
        from owner in Nullable(CardFieldType.Id)
        from amount in Nullable(CardFieldType.Money)
        select new[] { name, status, owner, amount };

    private static Gen<CardFilter> Filters(int depth)
    {
        var leaf = Gen.Elements(Schema.Fields.ToArray()).SelectMany(Comparisons);
        return depth == 0
            ? leaf
            : Gen.OneOf(
                leaf,
                Filters(depth - 1).Select(inner => (CardFilter)new Not(inner)),
                from left in Filters(depth - 1) from right in Filters(depth - 1) select (CardFilter)new And(left, right),
                from left in Filters(depth - 1) from right in Filters(depth - 1) select (CardFilter)new Or(left, right));
    }

    private static Gen<CardFilter> Comparisons(CardField field)
    {
        var ordered = field.Type is CardFieldType.Text or CardFieldType.Money;
        var textual = field.Type is CardFieldType.Text or CardFieldType.Choice;
        var operators = Enum.GetValues<CardOperator>()
            .Where(op => op switch
            {
                CardOperator.Equal or CardOperator.NotEqual => true,
                CardOperator.Contains or CardOperator.StartsWith or CardOperator.EndsWith => textual,
                _ => ordered,
            })
            .ToArray();
        return Gen.OneOf(
            Gen.Constant((CardFilter)new Present(field)),
            Gen.Elements(CardOperator.Equal, CardOperator.NotEqual).Select(op => (CardFilter)new Compare(field, op, CardValue.Null)),
            from op in Gen.Elements(operators)
            from value in Values(field.Type)
            where op != CardOperator.EndsWith || value.Text is not "" // the store's SQL says no card ends with nothing; nobody asks
            select (CardFilter)new Compare(field, op, value));
    }

    /// <summary>Knows how a lead's card is stored, and nothing else.</summary>
    private sealed class OnlyCards : IGrainBehaviour
    {
        public string Kind => Schema.Kind;

        public CardSchema Cards => Schema;

        public bool IsSearched => false;

        public GrainMemory Recall(GrainId grain, StoredGrain? stored) => throw new NotSupportedException();

        public Turn Decide(GrainMemory memory, CommandEnvelope envelope, DateTimeOffset now) => throw new NotSupportedException();

        public Turn Refold(GrainMemory memory, JournalEntry entry) => throw new NotSupportedException();

        public object OnClock(string name) => throw new NotSupportedException();
    }
}
