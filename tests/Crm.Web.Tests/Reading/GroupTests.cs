namespace Crm.Web.Tests.Reading;

/// <summary>A list as groups: the same records that the list has for whoever asks, and no field that he does not see.</summary>
public sealed class GroupTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task Opportunities_are_counted_and_summed_by_stage_each_currency_by_itself()
    {
        await DealAsync("needs", 10.50m, "CNY");
        await DealAsync("needs", 1m, "USD");
        await DealAsync("quote", 0.07m, "CNY");

        (await GroupsAsync(Admin, "opportunities", "by=stage&sum=amount")).Should().Equal("\"needs\" 2 10.50 CNY 1.00 USD", "\"quote\" 1 0.07 CNY");
        (await GroupsAsync(Admin, "opportunities", "by=status")).Should().Equal("\"open\" 3");
        (await GroupsAsync(Admin, "opportunities", "by=overdue")).Should().Equal("false 3");
        (await GroupsAsync(Admin, "opportunities", "by=closedOn")).Should().Equal("null 3");
        (await GroupsAsync(Admin, "opportunities", "by=stage&filter=amount lt 1")).Should().Equal("\"quote\" 1");
    }

    [Fact]
    public async Task A_group_has_as_many_records_as_the_list_filtered_to_it()
    {
        foreach (var (region, name) in new[] { ("华东", "腾讯一"), ("华南", "腾讯二"), ("east", "腾讯三"), ("East", "x"), (null, "腾讯四") })
        {
            (await Admin.PostAsync("/api/leads", new { name, region })).Expect(201);
        }

        (await GroupsAsync(Admin, "leads", "by=region")).Should().Equal("\"East\" 2", "null 1", "\"华东\" 1", "\"华南\" 1");
        (await GroupsAsync(Admin, "leads", "by=region&q=腾讯")).Should().Equal("null 1", "\"east\" 1", "\"华东\" 1", "\"华南\" 1");
        (await Admin.GetAsync("/api/leads?total=true&filter=region eq \"East\"")).Json.GetProperty("total").GetInt64().Should().Be(2);
        (await Admin.GetAsync("/api/leads?total=true&filter=not (region pr)")).Json.GetProperty("total").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task Fields_of_the_organisation_are_grouped_and_summed_too()
    {
        await FieldAsync("Kind", "choice", ["A", "B"]);
        await FieldAsync("Tags", "multi-choice", ["Red", "Blue"]);
        await FieldAsync("Mentor", "person");
        await FieldAsync("Since", "date");
        await FieldAsync("Wage", "money");
        await FieldAsync("Score", "number");
        await FieldAsync("Remark", "text");
        var mentor = Tenant.Sales.Id;
        await LeadAsync(new { kind = "a", tags = new[] { "red", "blue" }, mentor, since = "2026-11-30", wage = new { amount = "2.50", currency = "CNY" }, score = 1.5 });
        await LeadAsync(new { kind = "a", tags = new[] { "red" }, since = "2026-12-01", wage = new { amount = "1.00", currency = "USD" }, score = 2.25 });
        await LeadAsync(new { });

        (await GroupsAsync(Admin, "leads", "by=custom.kind&sum=custom.wage")).Should().Equal("\"a\" 2 2.50 CNY 1.00 USD", "null 1");
        (await GroupsAsync(Admin, "leads", "by=custom.kind&sum=custom.score")).Should().Equal("\"a\" 2 3.75", "null 1 null");
        (await GroupsAsync(Admin, "leads", "by=custom.tags")).Should().Equal("\"red\" 2", "null 1", "\"blue\" 1");
        (await GroupsAsync(Admin, "leads", "by=custom.mentor")).Should().Equal("null 2", $"\"{mentor}\" 1");
        (await GroupsAsync(Admin, "leads", "by=custom.since")).Should().Equal("null 1", "\"2026-11\" 1", "\"2026-12\" 1");
        (await Admin.GetAsync("/api/leads/groups?by=custom.remark")).ExpectProblem(400, "group-invalid", "by");
    }

    [Fact]
    public async Task Whoever_sees_some_records_has_groups_of_these()
    {
        await DealAsync("needs", 1, "CNY", Tenant.Sales.Id);
        await DealAsync("needs", 2, "CNY", Tenant.OtherSales.Id);
        var foreigner = await App.NewTenantAsync();

        (await GroupsAsync(Admin, "opportunities", "by=stage&sum=amount")).Should().Equal("\"needs\" 2 3.00 CNY");
        (await GroupsAsync(Tenant.Sales.Client, "opportunities", "by=stage&sum=amount")).Should().Equal("\"needs\" 1 1.00 CNY");
        (await GroupsAsync(Tenant.Sales.Client, "opportunities", "by=ownerId")).Should().Equal($"\"{Tenant.Sales.Id}\" 1");
        (await GroupsAsync(foreigner.Admin, "opportunities", "by=stage&sum=amount")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("hidden")]
    [InlineData("masked")]
    public async Task A_field_that_is_not_shown_is_neither_grouped_by_nor_summed_nor_found(string right)
    {
        var fields = new[] { "amount", "competitor" }.Select(field => new { slice = "opportunities", field, right }).Append(new { slice = "leads", field = "mobile", right });
        (await Admin.PutAsync("/api/roles/clerk", new { name = "clerk", grants = new[] { new { slice = "*", verb = "read", scopes = new[] { "all" } } }, fields })).Expect(200);
        var clerk = (await Tenant.NewPersonAsync("clerk", "clerk")).Client;
        (await Admin.PostAsync("/api/leads", new { name = "A 2222222", mobile = "13912347261" })).Expect(201);

        foreach (var query in (string[])["by=competitor", "by=currency", "by=stage&sum=amount", "by=stage&filter=amount gt 1", "by=stage&filter=competitor pr"])
        {
            (await clerk.GetAsync($"/api/opportunities/groups?{query}")).ExpectProblem(403, "field-forbidden");
        }

        (await GroupsAsync(clerk, "leads", "by=status&q=13912347261")).Should().BeEmpty("a number that is not shown cannot be guessed by counting");
        (await GroupsAsync(clerk, "leads", "by=status&q=2222222")).Should().Equal("\"open\" 1");
    }

    [Theory]
    [InlineData("", "group-invalid", "by")]
    [InlineData("by=", "group-invalid", "by")]
    [InlineData("by=nothing", "group-invalid", "by")]
    [InlineData("by=name", "group-invalid", "by")]
    [InlineData("by=amount", "group-invalid", "by")]
    [InlineData("by=stage&sum=name", "sum-invalid", "sum")]
    [InlineData("by=stage&sum=", "sum-invalid", "sum")]
    [InlineData("by=stage&filter=x", "filter-invalid", "filter")]
    [InlineData("by=stage&limit=1", "query-invalid", "limit")]
    public async Task What_cannot_be_grouped_is_refused_by_name(string query, string code, string field) =>
        (await Admin.GetAsync($"/api/opportunities/groups?{query}")).ExpectProblem(400, code, field);

    [Fact]
    public async Task There_are_200_groups_at_most_and_it_is_said_that_there_are_more()
    {
        for (var i = 0; i < 200; i++)
        {
            (await Admin.PostAsync("/api/leads", new { name = "x", region = $"r{i}" })).Expect(201);
        }

        (await Admin.GetAsync("/api/leads/groups?by=region")).Expect(200).Json.TryGetProperty("more", out _).Should().BeFalse();
        (await Admin.PostAsync("/api/leads", new { name = "x" })).Expect(201);
        var answer = (await Admin.GetAsync("/api/leads/groups?by=region")).Expect(200).Json;
        (answer.Items().Count, answer.GetProperty("more").GetBoolean()).Should().Be((200, true));
    }

    private static async Task<IEnumerable<string>> GroupsAsync(ApiClient client, string slice, string query) =>
        (await client.GetAsync($"/api/{slice}/groups?{query}")).Expect(200).Json.Items().Select(group => string.Join(' ', (string[])
        [
            group.GetProperty("value").GetRawText(), group.GetProperty("count").GetRawText(),
            .. group.TryGetProperty("sums", out _) ? group.Items("sums").Select(sum => $"{sum.Text("amount")} {sum.Text("currency")}") : [],
            .. group.TryGetProperty("sum", out var number) ? [number.GetRawText()] : (string[])[],
        ]));

    private async Task DealAsync(string stage, decimal amount, string currency, Guid? ownerId = null) =>
        (await Admin.PostAsync("/api/opportunities", new { name = "x", pipeline = "simple", stage, amount = new { amount, currency }, ownerId })).Expect(201);

    private async Task LeadAsync(object custom) => (await Admin.PostAsync("/api/leads", new { name = "x", custom })).Expect(201);

    private async Task FieldAsync(string label, string type, string[]? options = null) =>
        (await Admin.PostAsync("/api/fields/leads/add", options is null ? new { label = new { en = label }, type } : new { label = new { en = label }, type, options = options.Select(option => new { label = new { en = option } }) })).Expect(200);
}
