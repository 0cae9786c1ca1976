using System.Globalization;
using System.Text.Json;

namespace Crm.Web.Tests.Reading;

/// <summary>Lists: filter, sort, fields, cursor, total, for everybody according to rights.</summary>
public sealed class ListTests(SharedApp shared) : ApiTest(shared)
{
    /// <summary>Amounts with ties, dates with ties and holes, customers with holes.</summary>
    private static readonly (int Amount, string? CloseOn)[] Deals =
    [
        (5, null), (3, "2026-12-01"), (3, "2026-12-01"), (8, null), (1, "2026-11-30"), (3, null), (9, "2027-01-01"), (1, "2026-12-01"), (7, null), (5, "2026-11-30"), (2, null),
    ];

    [Theory]
    [InlineData("")]
    [InlineData("amount")]
    [InlineData("-amount")]
    [InlineData("expectedCloseOn")]
    [InlineData("-expectedCloseOn")]
    [InlineData("expectedCloseOn,-amount")]
    [InlineData("-expectedCloseOn,amount,name")]
    [InlineData("-closedOn")]
    [InlineData("competitor,-expectedCloseOn")]
    public async Task Walking_all_pages_gives_each_record_once_and_in_order_whatever_the_page_size(string sort)
    {
        await MakeDealsAsync();
        var whole = (await Admin.GetAsync($"/api/opportunities?limit=200&sort={sort}")).Expect(200).Json;
        whole.TryGetProperty("next", out _).Should().BeFalse();
        var expected = whole.Items().Select(Name).ToList();
        expected.Should().HaveCount(Deals.Length).And.OnlyHaveUniqueItems();
        ShouldBeSorted(whole.Items(), sort);

        for (var limit = 1; limit <= Deals.Length + 1; limit++)
        {
            (await WalkAsync($"/api/opportunities?limit={limit}&sort={sort}")).Select(Name).Should().Equal(expected, $"pages of {limit}");
        }
    }

    [Fact]
    public async Task Walking_pages_of_a_filtered_search_works_too()
    {
        for (var i = 0; i < 9; i++)
        {
            (await Admin.PostAsync("/api/leads", new { name = $"腾讯 {i}", region = i % 3 == 0 ? null : "east" })).Expect(201);
        }

        var found = await WalkAsync("/api/leads?q=腾讯&filter=region eq \"east\"&sort=-name&limit=2");

        found.Select(Name).Should().Equal("腾讯 8", "腾讯 7", "腾讯 5", "腾讯 4", "腾讯 2", "腾讯 1");
    }

    [Fact]
    public async Task Records_that_come_while_pages_are_walked_disturb_nothing()
    {
        await MakeDealsAsync();
        var first = (await Admin.GetAsync("/api/opportunities?limit=4&sort=amount")).Json;
        (await Admin.PostAsync("/api/opportunities", new { name = "late", pipeline = "simple", amount = 0 })).Expect(201);

        var rest = await WalkAsync($"/api/opportunities?limit=4&sort=amount&cursor={first.Text("next")}");

        first.Items().Concat(rest).Select(Name).Should().HaveCount(Deals.Length).And.OnlyHaveUniqueItems().And.NotContain("late");
    }

    [Fact]
    public async Task Without_a_sort_the_newest_come_first()
    {
        await MakeDealsAsync();

        (await WalkAsync("/api/opportunities?limit=4")).Select(Name).Should().Equal(Enumerable.Range(0, Deals.Length).Reverse().Select(i => $"deal {i}"));
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_tenant_its_query_and_its_caller()
    {
        await MakeDealsAsync();
        var other = await App.NewTenantAsync();
        var cursor = (await Admin.GetAsync("/api/opportunities?limit=2&sort=-amount")).Json.Text("next")!;

        (await Admin.GetAsync($"/api/opportunities?limit=3&sort=-amount&cursor={cursor}")).Expect(200);
        (await Admin.GetAsync($"/api/opportunities?limit=2&sort=amount&cursor={cursor}")).ExpectProblem(400, "cursor-invalid", "cursor");
        (await Admin.GetAsync($"/api/opportunities?limit=2&sort=-amount&filter=amount gt 1&cursor={cursor}")).ExpectProblem(400, "cursor-invalid");
        (await Admin.GetAsync($"/api/leads?limit=2&cursor={cursor}")).ExpectProblem(400, "cursor-invalid");
        (await other.Admin.GetAsync($"/api/opportunities?limit=2&sort=-amount&cursor={cursor}")).ExpectProblem(400, "cursor-invalid");
        (await Sales.GetAsync($"/api/opportunities?limit=2&sort=-amount&cursor={cursor}")).ExpectProblem(400, "cursor-invalid");
        (await Admin.GetAsync($"/api/opportunities?limit=2&sort=-amount&cursor={(cursor[0] == 'A' ? 'B' : 'A') + cursor[1..]}")).ExpectProblem(400, "cursor-invalid");
    }

    [Theory]
    [InlineData("stage eq \"quote\" and amount ge 10000", "b")]
    [InlineData("amount gt 5 and amount lt 10000", "c")]
    [InlineData("not (stage eq \"quote\") and currency eq \"CNY\"", "c")]
    [InlineData("name sw \"a\" or name ew \"C\"", "a c")]
    [InlineData("expectedCloseOn pr", "b")]
    [InlineData("expectedCloseOn eq null", "a c")]
    [InlineData("expectedCloseOn le \"2026-12-31\"", "b")]
    [InlineData("status ne \"open\"", "")]
    [InlineData("overdue eq false and (name co \"a\" or name co \"b\")", "a b")]
    public async Task Filters_are_those_of_scim(string filter, string names)
    {
        (await Admin.PostAsync("/api/opportunities", new { name = "a", pipeline = "simple", stage = "quote", amount = 5 })).Expect(201);
        (await Admin.PostAsync("/api/opportunities", new { name = "b", pipeline = "simple", stage = "quote", amount = 10_000, expectedCloseOn = "2026-12-31" })).Expect(201);
        (await Admin.PostAsync("/api/opportunities", new { name = "c", pipeline = "simple", amount = 7 })).Expect(201);

        var list = (await Admin.GetAsync($"/api/opportunities?filter={Uri.EscapeDataString(filter)}&sort=name&total=true")).Expect(200).Json;

        string.Join(' ', list.Items().Select(Name)).Should().Be(names);
        list.GetProperty("total").GetInt32().Should().Be(names.Length == 0 ? 0 : names.Split(' ').Length);
    }

    [Fact]
    public async Task Fields_narrow_each_item_and_the_shape_of_a_list_is_fixed()
    {
        for (var i = 0; i < 3; i++)
        {
            (await Admin.PostAsync("/api/leads", new { name = $"L{i}", company = $"C{i}", region = "east" })).Expect(201);
        }

        var page = (await Admin.GetAsync("/api/leads?limit=2&fields=name,region&total=true")).Expect(200).Json;

        page.FieldNames().Should().Equal("items", "next", "total");
        page.GetProperty("total").GetInt32().Should().Be(3);
        page.Items().Should().AllSatisfy(item => item.FieldNames().Should().BeEquivalentTo("id", "version", "name", "region"));
        (await Admin.GetAsync("/api/leads")).Json.FieldNames().Should().Equal("items");
        (await Admin.GetAsync("/api/leads?fields=name,nope")).ExpectProblem(400, "fields-invalid", "fields");
    }

    [Fact]
    public async Task Chinese_names_are_sorted_by_pinyin()
    {
        foreach (var name in (string[])["张三", "李四", "王五", "阿里", "Bob", "alice"])
        {
            (await Admin.PostAsync("/api/leads", new { name })).Expect(201);
        }

        (await Admin.GetAsync("/api/leads?sort=name")).Json.Items().Select(Name).Should().Equal("阿里", "李四", "王五", "张三", "alice", "Bob");
    }

    [Fact]
    public async Task Sales_lists_its_own_records_and_unassigned_leads()
    {
        (await Admin.PostAsync("/api/leads", new { name = "mine", ownerId = Tenant.Sales.Id })).Expect(201);
        (await Admin.PostAsync("/api/leads", new { name = "theirs", ownerId = Tenant.OtherSales.Id })).Expect(201);
        (await Admin.PostAsync("/api/leads", new { name = "nobody's" })).Expect(201);
        (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "nobody's" })).Expect(201);
        (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "mine", ownerId = Tenant.Sales.Id })).Expect(201);

        (await Sales.GetAsync("/api/leads?sort=name&total=true")).Json.Items().Select(Name).Should().Equal("mine", "nobody's");
        (await Sales.GetAsync($"/api/leads?filter=ownerId eq \"{Tenant.OtherSales.Id}\" or name pr&total=true")).Json.GetProperty("total").GetInt32().Should().Be(2);
        (await Sales.GetAsync("/api/customers")).Json.Items().Select(Name).Should().Equal("mine");
        (await Sales.GetAsync("/api/leads?q=theirs")).Json.Items().Should().BeEmpty();
    }

    [Fact]
    public async Task A_page_from_before_a_command_never_comes_after_its_answer()
    {
        // read your own writes: the list read after an answer shows what was answered
        for (var i = 0; i < 20; i++)
        {
            var id = (await Admin.PostAsync("/api/leads", new { name = $"lead {i}" })).Expect(201).Id;
            (await Admin.GetAsync("/api/leads?limit=1")).Json.Items()[0].GetProperty("id").GetGuid().Should().Be(id);
        }
    }

    private async Task MakeDealsAsync()
    {
        for (var i = 0; i < Deals.Length; i++)
        {
            (await Admin.PostAsync("/api/opportunities", new { name = $"deal {i}", pipeline = "simple", amount = Deals[i].Amount, expectedCloseOn = Deals[i].CloseOn })).Expect(201);
        }
    }

    private async Task<List<JsonElement>> WalkAsync(string path)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await Admin.GetAsync(cursor is null ? path : path.Split("&cursor=")[0] + $"&cursor={cursor}")).Expect(200).Json;
            all.AddRange(page.Items());
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            all.Count.Should().BeLessThan(1_000, "the walk must end");
        }
        while (cursor is not null);

        return all;
    }

    private static string Name(JsonElement item) => item.Text("name")!; // every record has one

    /// <summary>By the first key; nulls are lowest.</summary>
    private static void ShouldBeSorted(IReadOnlyList<JsonElement> items, string sort)
    {
        var first = sort.Split(',')[0];
        var values = first.TrimStart('-') switch
        {
            "amount" => items.Select(item => decimal.Parse(item.GetProperty("amount").Text("amount")!, CultureInfo.InvariantCulture).ToString("00000.00", CultureInfo.InvariantCulture)),
            "" => [],
            var field => items.Select(item => item.Text(field) ?? ""),
        };
        if (first.StartsWith('-'))
        {
            values.Should().BeInDescendingOrder(StringComparer.Ordinal);
        }
        else
        {
            values.Should().BeInAscendingOrder(StringComparer.Ordinal);
        }
    }
}
