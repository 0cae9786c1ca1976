using System.Globalization;
using System.Text.Json;

namespace Crm.Web.Tests.Funnel;

/// <summary>FUN-02 and FUN-03 to the letter, then and now, and what else stands around the funnel.</summary>
public sealed class FunnelEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    private static readonly string[] Stages = ["contact", "needs", "proposal", "quote", "signed"];

    /// <summary>The month it is for the tenant, which works in Shanghai.</summary>
    private string Month => App.Silo.Tenants.Find(Tenant.Key).DayOf(App.Silo.Time.GetUtcNow()).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    [Fact]
    public async Task V1_a_million_in_each_of_five_stages_weighs_2_600_000_against_a_target_of_5_000_000()
    {
        foreach (var stage in Stages)
        {
            (await Admin.PostAsync("/api/opportunities", new { name = stage, pipeline = "simple", stage, amount = new { amount = "1000000.00", currency = "CNY" } })).Expect(201);
        }

        (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = Month, amount = new { amount = "5000000", currency = "CNY" } })).Expect(200).Json.FieldNames().Should().Equal("id", "version");

        var funnel = (await Admin.GetAsync($"/api/funnels/simple?month={Month}")).Expect(200).Json;

        funnel.FieldNames().Should().Contain(["pipeline", "month", "currency", "currencies", "stages", "weighted", "target", "gap", "position", "at"]);
        funnel.Items("stages").Select(stage => stage.ToString()).Should().Equal(
            """{"stage":"contact","name":"初步接洽","winRate":10,"count":1,"amount":"1000000.00","weighted":"100000.00"}""",
            """{"stage":"needs","name":"确定客户需求","winRate":30,"count":1,"amount":"1000000.00","weighted":"300000.00"}""",
            """{"stage":"proposal","name":"提供解决方案","winRate":50,"count":1,"amount":"1000000.00","weighted":"500000.00"}""",
            """{"stage":"quote","name":"报价及谈判","winRate":70,"count":1,"amount":"1000000.00","weighted":"700000.00"}""",
            """{"stage":"signed","name":"签单","winRate":100,"count":1,"amount":"1000000.00","weighted":"1000000.00"}""");
        (funnel.Text("weighted"), funnel.Text("target"), funnel.Text("gap")).Should().Be(("2600000.00", "5000000.00", "2400000.00"));
        funnel.GetProperty("position").GetInt64().Should().Be(Tenant.Head);
    }

    [Fact]
    public async Task V2_a_million_with_a_key_supporter_weighs_700_000()
    {
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "complex", stage = "key-supporter", amount = 1_000_000 })).Expect(201);

        var funnel = (await Admin.GetAsync("/api/funnels/complex")).Expect(200).Json;

        (funnel.Text("weighted"), funnel.IsNull("target"), funnel.IsNull("gap"), funnel.IsNull("month")).Should().Be(("700000.00", true, true, true));
    }

    [Fact]
    public async Task A_target_that_is_reached_leaves_no_gap()
    {
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", stage = "signed", amount = 10 })).Expect(201);
        (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = Month, amount = "9.99" })).Expect(200);

        (await Admin.GetAsync($"/api/funnels/simple?month={Month}")).Json.Text("gap").Should().Be("0.00");
    }

    [Fact]
    public async Task A_month_counts_what_is_expected_in_it_or_undated_and_what_was_won_in_it()
    {
        await OpenAsync("this month", 1, expectedCloseOn: $"{Month}-15");
        await OpenAsync("undated", 10, expectedCloseOn: null);
        await OpenAsync("later", 100, expectedCloseOn: "2099-01-01");
        (await Admin.PostAsync("/api/opportunities", new { name = "won", pipeline = "simple", stage = "signed", amount = 1_000, expectedCloseOn = "2099-01-01" })).Expect(201);
        var lost = await OpenAsync("lost", 10_000, expectedCloseOn: $"{Month}-15");
        (await Admin.PostAsync($"/api/opportunities/{lost}/lose", new { reason = "price" })).Expect(200);

        (await AmountsAsync($"?month={Month}")).Should().Be("11.00 0.00 0.00 0.00 1000.00");
        (await AmountsAsync("?month=2099-01")).Should().Be("110.00 0.00 0.00 0.00 0.00");
        (await AmountsAsync("")).Should().Be("111.00 0.00 0.00 0.00 1000.00");
    }

    [Fact]
    public async Task Targets_are_set_listed_and_changed_for_the_team_and_for_one_person()
    {
        var first = (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = "2026-11", amount = 100 })).Expect(200);
        (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = "2026-11", amount = 40, ownerId = Tenant.Sales.Id })).Expect(200);
        (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = "2026-12", amount = 7 })).Expect(200);
        (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = "2026-11", amount = 120 })).Expect(200).Version.Should().Be(2);

        var items = (await Sales.GetAsync("/api/targets?pipeline=simple&month=2026-11")).Expect(200).Json.Items();

        items.Should().HaveCount(2);
        items.Should().AllSatisfy(item => item.FieldNames().Should().Contain(["pipeline", "month", "ownerId", "amount"]));
        var team = items.Single(item => item.IsNull("ownerId"));
        (team.Text("pipeline"), team.Text("month"), team.GetProperty("amount").ToString()).Should().Be(("simple", "2026-11", """{"amount":"120.00","currency":"CNY"}"""));
        team.GetProperty("id").GetGuid().Should().Be(first.Id);
        (await Sales.GetAsync("/api/targets")).Json.Items().Should().HaveCount(3);
        (await Sales.GetAsync($"/api/funnels/simple?month=2026-11")).Json.Text("target").Should().Be("40.00", "sales sees its own target");
        (await Admin.GetAsync($"/api/funnels/simple?month=2026-11&ownerId={Tenant.Sales.Id}")).Json.Text("target").Should().Be("40.00");
        (await Admin.PutAsync("/api/targets", new { pipeline = "nope", month = "2026-11", amount = 1 })).ExpectProblem(422, "pipeline-unknown", "pipeline");
    }

    [Fact]
    public async Task The_funnel_of_any_past_moment_is_replayed()
    {
        var id = await OpenAsync("A", 100, null);
        var before = App.Silo.Time.GetUtcNow();
        await Eventually.BeTrueAsync(() => App.Silo.Time.GetUtcNow() > before.AddMilliseconds(2), "the clock to go on");
        (await Admin.PostAsync($"/api/opportunities/{id}/move", new { stage = "quote" })).Expect(200);
        await OpenAsync("B", 7, null);
        var position = Tenant.Head;

        (await AmountsAsync("")).Should().Be("7.00 0.00 0.00 100.00 0.00");
        (await AmountsAsync($"?at={before:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}")).Should().Be("100.00 0.00 0.00 0.00 0.00");
        (await AmountsAsync("?at=2020-01-01T00:00:00Z")).Should().Be("0.00 0.00 0.00 0.00 0.00");
        (await Admin.GetAsync("/api/funnels/simple")).Json.GetProperty("position").GetInt64().Should().Be(position);
    }

    [Fact]
    public async Task Each_currency_is_a_funnel_of_its_own()
    {
        (await Admin.PostAsync("/api/opportunities", """{"name":"A","pipeline":"simple","amount":{"amount":"5","currency":"EUR"}}""")).Expect(201);
        await OpenAsync("B", 3, null);

        (await AmountsAsync("")).Should().StartWith("3.00 ");
        (await AmountsAsync("?currency=EUR")).Should().StartWith("5.00 ");
        (await Admin.GetAsync("/api/funnels/simple")).Json.Items("currencies").Select(currency => currency.GetString()).Should().Equal("CNY", "EUR");
    }

    [Fact]
    public async Task Sales_sees_its_own_part_of_funnel_and_board_only()
    {
        await OpenAsync("mine", 1, null, Tenant.Sales.Id);
        await OpenAsync("theirs", 10, null, Tenant.OtherSales.Id);
        await OpenAsync("nobody's", 100, null);

        (await Sales.GetAsync($"/api/funnels/simple?ownerId={Tenant.OtherSales.Id}")).Json.Items("stages")[0].Text("amount").Should().Be("0.00");
        (await Sales.GetAsync("/api/funnels/simple")).Json.Items("stages")[0].Text("amount").Should().Be("1.00");
        (await Admin.GetAsync($"/api/funnels/simple?ownerId={Tenant.OtherSales.Id}")).Json.Items("stages")[0].Text("amount").Should().Be("10.00");
        (await Sales.GetAsync("/api/boards/simple")).Json.Items().Select(card => card.Text("name")).Should().Equal("mine");
    }

    [Fact]
    public async Task A_board_shows_open_cards_with_what_a_card_needs()
    {
        var id = await OpenAsync("A", 5, "2026-12-01");
        (await Admin.PostAsync("/api/opportunities", new { name = "won", pipeline = "simple", stage = "signed", amount = 1 })).Expect(201);

        var board = (await Admin.GetAsync("/api/boards/simple")).Expect(200).Json;

        board.FieldNames().Should().Equal("items", "truncated");
        board.GetProperty("truncated").GetBoolean().Should().BeFalse();
        var card = board.Items().Should().ContainSingle().Subject;
        card.FieldNames().Should().BeEquivalentTo("id", "version", "name", "customerName", "stage", "status", "amount", "ownerId", "expectedCloseOn", "overdue", "nextStep", "stageSince");
        (card.GetProperty("id").GetGuid(), card.Text("stage"), card.Text("expectedCloseOn")).Should().Be((id, "contact", "2026-12-01"));
        (await Admin.GetAsync("/api/boards/nope")).ExpectProblem(404, "not-found");
        (await Admin.GetAsync("/api/funnels/nope")).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task My_day_says_what_is_due_what_came_in_and_how_the_month_stands()
    {
        var due = App.Silo.Time.GetUtcNow().AddHours(3);
        var lead = (await Sales.PostAsync("/api/leads", new { name = "Ann" })).Expect(201).Id;
        (await Sales.PostAsync($"/api/leads/{lead}/plan-step", new { text = "call", dueAt = due.ToString("O") })).Expect(200);
        var opportunity = (await Sales.PostAsync("/api/opportunities", new { name = "Deal", pipeline = "simple", amount = 30 })).Expect(201).Id;
        (await Sales.PostAsync($"/api/opportunities/{opportunity}/plan-step", new { text = "offer", dueAt = due.AddHours(-1).ToString("O") })).Expect(200);
        (await Sales.PostAsync("/api/opportunities", new { name = "Won", pipeline = "simple", stage = "signed", amount = 12 })).Expect(201);
        (await Admin.PostAsync("/api/leads", new { name = "Nobody's" })).Expect(201);

        var day = (await Sales.GetAsync("/api/my-day")).Expect(200).Json;

        day.FieldNames().Should().BeEquivalentTo("due", "newLeads", "unassignedLeads", "openOpportunities", "openAmount", "wonThisMonth", "wonAmount");
        day.Items("due").Select(item => (item.Text("slice"), item.Text("title"), item.GetProperty("step").Text("text"), item.GetProperty("overdue").GetBoolean()))
            .Should().Equal(("opportunities", "Deal", "offer", false), ("leads", "Ann", "call", false));
        day.Items("newLeads").Select(item => item.Text("name")).Should().Equal("Ann");
        (day.GetProperty("unassignedLeads").GetInt32(), day.GetProperty("openOpportunities").GetInt32(), day.Text("openAmount"), day.GetProperty("wonThisMonth").GetInt32(), day.Text("wonAmount"))
            .Should().Be((1, 1, "30.00", 1, "12.00"));
    }

    private async Task<Guid> OpenAsync(string name, decimal amount, string? expectedCloseOn, Guid? ownerId = null) =>
        (await Admin.PostAsync("/api/opportunities", new { name, pipeline = "simple", amount, expectedCloseOn, ownerId })).Expect(201).Id;

    private async Task<string> AmountsAsync(string query) =>
        string.Join(' ', (await Admin.GetAsync($"/api/funnels/simple{query}")).Expect(200).Json.Items("stages").Select((JsonElement stage) => stage.Text("amount")));
}
