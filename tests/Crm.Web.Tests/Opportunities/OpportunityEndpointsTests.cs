using System.Text.Json;

namespace Crm.Web.Tests.Opportunities;

/// <summary>The opportunity's requests and answers, verb by verb.</summary>
public sealed class OpportunityEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task A_new_opportunity_begins_in_the_first_stage_and_has_every_field()
    {
        var customer = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "腾讯科技" })).Expect(201).Id;

        var created = (await Admin.PostAsync("/api/opportunities", new
        {
            name = "企业版 200 席",
            customerId = customer,
            pipeline = "simple",
            amount = new { amount = "120000.00", currency = "CNY" },
            ownerId = Tenant.Sales.Id,
            expectedCloseOn = "2026-12-15",
        })).Expect(201);

        created.Json.FieldNames().Should().Equal("id", "version");
        var opportunity = (await Sales.GetAsync($"/api/opportunities/{created.Id}")).Expect(200).Json;
        opportunity.FieldNames().Should().BeEquivalentTo(
            "id", "version", "name", "customerId", "customerName", "contactId", "leadId", "pipeline", "stage", "status", "amount", "ownerId", "expectedCloseOn",
            "closedOn", "stageSince", "lossReason", "competitor", "note", "custom", "nextStep", "overdue", "lastActivityAt", "createdAt", "updatedAt");
        (opportunity.Text("name"), opportunity.Text("customerName"), opportunity.Text("pipeline"), opportunity.Text("stage"), opportunity.Text("status"), opportunity.Text("expectedCloseOn"))
            .Should().Be(("企业版 200 席", "腾讯科技", "simple", "contact", "open", "2026-12-15"));
        opportunity.GetProperty("amount").ToString().Should().Be("""{"amount":"120000.00","currency":"CNY"}""");
        opportunity.GetProperty("customerId").GetGuid().Should().Be(customer);
        opportunity.GetProperty("ownerId").GetGuid().Should().Be(Tenant.Sales.Id);
        opportunity.IsNull("closedOn").Should().BeTrue();
    }

    [Theory]
    [InlineData("1234.5", "1234.50")]
    [InlineData("\"1234.5\"", "1234.50")]
    [InlineData("9007199254740993", "9007199254740993.00")]
    [InlineData("\"92000000000000000\"", "92000000000000000.00")]
    [InlineData("-0", "0.00")]
    [InlineData("1e3", "1000.00")]
    [InlineData("""{"amount":"0.01","currency":"eur"}""", "0.01")]
    public async Task Amounts_are_kept_exactly(string amount, string kept)
    {
        var id = (await Admin.PostAsync("/api/opportunities", $$"""{"name":"A","pipeline":"simple","amount":{{amount}}}""")).Expect(201).Id;

        var money = (await Admin.GetAsync($"/api/opportunities/{id}")).Json.GetProperty("amount");

        (money.Text("amount"), money.Text("currency")).Should().Be((kept, amount.Contains("eur", StringComparison.Ordinal) ? "EUR" : "CNY"));
    }

    [Fact]
    public async Task It_moves_through_stages_and_the_last_one_wins()
    {
        var id = await NewAsync();

        (await Admin.PostAsync($"/api/opportunities/{id}/move", new { stage = "quote" })).Expect(200).Version.Should().Be(2);
        (await Admin.PostAsync($"/api/opportunities/{id}/move", new { stage = "quote" })).Expect(200).Version.Should().Be(2, "it is there already");
        (await Admin.PostAsync($"/api/opportunities/{id}/move", new { stage = "bid" })).ExpectProblem(422, "stage-not-in-pipeline", "stage");
        (await Admin.PostAsync($"/api/opportunities/{id}/move", new { stage = "signed" })).Expect(200);

        var won = await ReadAsync(id);
        (won.Text("stage"), won.Text("status")).Should().Be(("signed", "won"));
        won.Text("closedOn").Should().MatchRegex(@"^\d{4}-\d\d-\d\d$");
        (await Admin.PostAsync($"/api/opportunities/{id}/move", new { stage = "quote" })).ExpectProblem(409, "state-conflict");
    }

    [Fact]
    public async Task Win_lose_and_reopen()
    {
        var id = await NewAsync();
        (await Admin.PostAsync($"/api/opportunities/{id}/move", new { stage = "quote" })).Expect(200);
        (await Admin.PostAsync($"/api/opportunities/{id}/win")).Expect(200);
        (await ReadAsync(id)).Text("status").Should().Be("won");
        (await Admin.PostAsync($"/api/opportunities/{id}/lose", new { reason = "price" })).ExpectProblem(409, "state-conflict");
        (await Admin.PostAsync($"/api/opportunities/{id}/reopen")).Expect(200);
        var reopened = await ReadAsync(id);
        (reopened.Text("status"), reopened.Text("stage")).Should().Be(("open", "quote"));

        (await Admin.PostAsync($"/api/opportunities/{id}/lose", new { reason = "competitor", competitor = "纷享销客", note = "cheaper" })).Expect(200);

        var lost = await ReadAsync(id);
        (lost.Text("status"), lost.Text("lossReason"), lost.Text("competitor"), lost.Text("stage")).Should().Be(("lost", "competitor", "纷享销客", "quote"));
        (await Admin.PostAsync($"/api/opportunities/{id}/win")).ExpectProblem(409, "state-conflict");
        (await Admin.PostAsync($"/api/opportunities/{id}/reopen", "{}")).Expect(200);
        (await ReadAsync(id)).IsNull("lossReason").Should().BeTrue();
    }

    [Fact]
    public async Task It_is_amended_assigned_and_followed_up_with_everything_kept()
    {
        (await Admin.PostAsync("/api/fields/opportunities/add", new { label = new { en = "Region" }, type = "text" })).Expect(200);
        var id = await NewAsync(Tenant.Sales.Id);
        (await Admin.PostAsync($"/api/opportunities/{id}/amend", """{"amount":"2000","expectedCloseOn":"2026-12-31","note":"big","custom":{"region":"east"}}""")).Expect(200);
        (await Admin.PostAsync($"/api/opportunities/{id}/log-activity", new { type = "meeting", text = "kick-off" })).Expect(200);
        (await Admin.PostAsync($"/api/opportunities/{id}/plan-step", new { text = "send offer", dueAt = DateTimeOffset.UtcNow.AddDays(1).ToString("O") })).Expect(200);
        (await Admin.PostAsync($"/api/opportunities/{id}/assign", new { ownerId = Tenant.OtherSales.Id })).Expect(200);

        (await Sales.GetAsync($"/api/opportunities/{id}")).ExpectProblem(404, "not-found");
        var theirs = (await Tenant.OtherSales.Client.GetAsync($"/api/opportunities/{id}")).Expect(200).Json;
        (theirs.GetProperty("amount").Text("amount"), theirs.Text("note"), theirs.GetProperty("custom").Text("region"), theirs.GetProperty("nextStep").Text("text"))
            .Should().Be(("2000.00", "big", "east", "send offer"));
        (await Tenant.OtherSales.Client.PostAsync($"/api/opportunities/{id}/complete-step", new { outcome = "done" })).Expect(200);
        var types = (await Tenant.OtherSales.Client.GetAsync($"/api/opportunities/{id}/timeline")).Json.Items().Select(entry => entry.Text("type"));
        types.Should().Equal(
            "opportunity-step-completed-v1", "opportunity-assigned-v1", "opportunity-step-planned-v1", "opportunity-activity-logged-v1", "opportunity-amended-v1", "opportunity-created-v1");
    }

    [Fact]
    public async Task A_repeated_create_with_the_same_key_is_the_first_answer_and_with_another_body_a_refusal()
    {
        var body = new { name = "A", pipeline = "simple", amount = 100 };
        var first = (await Admin.PostAsync("/api/opportunities", body, ("Idempotency-Key", "o-1"))).Expect(201);

        (await Admin.PostAsync("/api/opportunities", body, ("Idempotency-Key", "o-1"))).Expect(201).Text.Should().Be(first.Text);
        (await Admin.PostAsync("/api/opportunities", body with { amount = 101 }, ("Idempotency-Key", "o-1"))).ExpectProblem(422, "idempotency-key-reused");
        (await Sales.PostAsync("/api/opportunities", body, ("Idempotency-Key", "o-1"))).Expect(201).Id.Should().NotBe(first.Id, "another caller's key is another key");
    }

    [Fact]
    public async Task Of_many_moves_at_the_same_version_one_succeeds()
    {
        var id = await NewAsync();
        var admin = Admin.InParallel();
        string[] stages = ["needs", "proposal", "quote"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 48).Select(i => admin.PostAsync($"/api/opportunities/{id}/move", new { stage = stages[i % 3] }, ("If-Match", "\"1\""))));

        answers.Count(answer => answer.Status == 200).Should().Be(1);
        answers.Where(answer => answer.Status != 200).Should().AllSatisfy(answer => answer.ExpectProblem(412, "version-conflict"));
    }

    [Fact]
    public async Task Unknown_references_are_refused_by_name()
    {
        var stranger = Guid.CreateVersion7();
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "nope", amount = 1 })).ExpectProblem(422, "pipeline-unknown", "pipeline");
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 1, customerId = stranger })).ExpectProblem(422, "reference-not-found", "customerId");
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 1, contactId = stranger })).ExpectProblem(422, "reference-not-found", "contactId");
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 1, ownerId = stranger })).ExpectProblem(422, "reference-not-found", "ownerId");
    }

    private async Task<Guid> NewAsync(Guid? ownerId = null) => (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 1_000, ownerId })).Expect(201).Id;

    private async Task<JsonElement> ReadAsync(Guid id) => (await Admin.GetAsync($"/api/opportunities/{id}")).Expect(200).Json;
}
