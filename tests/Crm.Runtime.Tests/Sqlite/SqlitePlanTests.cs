using Crm.Runtime.Cards;
using Crm.Runtime.Sqlite;
using Crm.Runtime.Tests.Support;

namespace Crm.Runtime.Tests.Sqlite;

/// <summary>Which way SQLite goes about a list.</summary>
public sealed class SqlitePlanTests
{
    private static readonly CardField Owner = new BoxBehaviour().Cards.Find("owner")!; // boxes have one
    private static readonly CardField Count = new BoxBehaviour().Cards.Find("count")!; // and this one
    private static readonly CardFilter Mine = new CardFilter.Compare(Owner, CardOperator.Equal, CardValue.Of((Guid?)Guid.NewGuid()));
    private static readonly CardFilter Ours = new CardFilter.Or(
        new CardFilter.In(Owner, [.. Enumerable.Range(1, 200).Select(i => CardValue.Of((Guid?)new Guid(i, 0, 0, new byte[8])))]),
        new CardFilter.Or(new CardFilter.Compare(Owner, CardOperator.Equal, CardValue.Null), new CardFilter.Keys([Guid.NewGuid()])));

    public static TheoryData<CardFilter> Narrow => [Mine, Ours];

    [Theory]
    [MemberData(nameof(Narrow))]
    public void What_few_rows_pass_is_found_by_its_own_index_however_the_list_is_sorted(CardFilter part)
    {
        var filter = new CardFilter.And(new CardFilter.Compare(Count, CardOperator.GreaterOrEqual, CardValue.Of(1)), part);
        SqliteQuery.Indexed(filter).Should().BeSameAs(part);
        PlanOf(SqliteQuery.Page(new("t", "box", filter, [new(Count, Descending: true)]), 1, part)).Should().Contain("g_box_owner (listed=? AND f_owner=?)").And.NotContain("g_box_count");
        PlanOf(SqliteQuery.Count(new("t", "box", part), 1, part, 100)).Should().Contain("g_box_owner (listed=? AND f_owner=?)");
    }

    [Fact]
    public void What_many_rows_pass_is_met_on_the_way_along_the_sort()
    {
        var filter = new CardFilter.And(new CardFilter.Compare(Count, CardOperator.GreaterOrEqual, CardValue.Of(1)), Ours);
        PlanOf(SqliteQuery.Page(new("t", "box", filter, [new(Count, Descending: true)]), 1, narrow: null)).Should().Contain("g_box_count").And.NotContain("TEMP B-TREE");
    }

    private static string PlanOf(SqliteQuery query)
    {
        using var session = new SqliteSession(":memory:", readOnly: false);
        session.Execute(SqliteTables.For(new BoxBehaviour().Cards, isSearched: false));
        var rows = session.Prepare($"explain query plan {query.Sql}");
        foreach (var value in query.Values)
        {
            rows.Add(value);
        }

        var plan = new List<string>();
        while (rows.Step())
        {
            plan.Add(rows.Text(3)!); // not null
        }

        rows.Reset();
        return string.Join("\n", plan);
    }
}
