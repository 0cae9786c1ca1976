using System.Globalization;

namespace Crm.Web.Tests.Leads;

/// <summary>One step turns a lead into a customer, a contact and an opportunity (OPP-01).</summary>
public sealed class ConversionTests(SharedApp shared) : ApiTest(shared)
{
    private static readonly object Wanted = new { opportunity = new { name = "企业版 200 席", pipeline = "simple", amount = new { amount = "120000.00", currency = "CNY" } } };

    [Fact]
    public async Task Convert_answers_what_it_made_and_all_of_it_is_there()
    {
        var id = (await Sales.PostAsync("/api/leads", new { name = "王小明", company = "腾讯科技", mobile = "13800138000", email = "x@example.com" })).Expect(201).Id;

        var converted = (await Sales.PostAsync($"/api/leads/{id}/convert", Wanted)).Expect(200).Json;

        converted.FieldNames().Should().Equal("id", "version", "customerId", "contactId", "opportunityId");
        var customer = (await Sales.GetAsync($"/api/customers/{converted.Text("customerId")}")).Expect(200).Json;
        (customer.Text("name"), customer.Text("type"), customer.GetProperty("leadId").GetGuid(), customer.GetProperty("ownerId").GetGuid())
            .Should().Be(("腾讯科技", "corporate", id, Tenant.Sales.Id));
        var contact = (await Sales.GetAsync($"/api/contacts/{converted.Text("contactId")}")).Expect(200).Json;
        (contact.Text("name"), contact.Text("mobile"), contact.Text("email"), contact.Text("customerName"), contact.Text("customerId"))
            .Should().Be(("王小明", "13800138000", "x@example.com", "腾讯科技", converted.Text("customerId")));
        var opportunity = (await Sales.GetAsync($"/api/opportunities/{converted.Text("opportunityId")}")).Expect(200).Json;
        (opportunity.Text("name"), opportunity.Text("pipeline"), opportunity.Text("stage"), opportunity.GetProperty("amount").Text("amount"), opportunity.GetProperty("leadId").GetGuid())
            .Should().Be(("企业版 200 席", "simple", "contact", "120000.00", id));
        (opportunity.Text("customerId"), opportunity.Text("contactId"), opportunity.GetProperty("ownerId").GetGuid())
            .Should().Be((converted.Text("customerId"), converted.Text("contactId"), Tenant.Sales.Id));
        var lead = (await Sales.GetAsync($"/api/leads/{id}")).Json;
        (lead.Text("status"), lead.Text("customerId"), lead.Text("contactId"), lead.Text("opportunityId"))
            .Should().Be(("converted", converted.Text("customerId"), converted.Text("contactId"), converted.Text("opportunityId")));
    }

    [Fact]
    public async Task What_is_planned_goes_along_into_the_opportunity_unless_it_is_told_to_end()
    {
        var dueAt = "2027-03-01T02:00:00Z";
        async Task<Guid> PlannedAsync(string name)
        {
            var id = (await Sales.PostAsync("/api/leads", new { name, company = name })).Expect(201).Id;
            (await Sales.PostAsync($"/api/leads/{id}/plan-step", new { text = "上门演示", dueAt })).Expect(200);
            return id;
        }

        var kept = (await Sales.PostAsync($"/api/leads/{await PlannedAsync("A")}/convert", Wanted)).Expect(200).Json;
        var opportunity = (await Sales.GetAsync($"/api/opportunities/{kept.Text("opportunityId")}")).Expect(200).Json;
        (opportunity.GetProperty("nextStep").Text("text"), opportunity.GetProperty("nextStep").GetProperty("dueAt").GetDateTimeOffset()).Should().Be(("上门演示", DateTimeOffset.Parse(dueAt, CultureInfo.InvariantCulture)));

        var ended = (await Sales.PostAsync($"/api/leads/{await PlannedAsync("B")}/convert", """{"opportunity":{"name":"B","pipeline":"simple","amount":1},"keepStep":false}""")).Expect(200).Json;
        (await Sales.GetAsync($"/api/opportunities/{ended.Text("opportunityId")}")).Expect(200).Json.IsNull("nextStep").Should().BeTrue();

        var alone = await PlannedAsync("C");
        (await Sales.PostAsync($"/api/leads/{alone}/convert")).ExpectProblem(409, "step-planned", "keepStep");
        (await Sales.GetAsync($"/api/leads/{alone}")).Json.GetProperty("nextStep").Text("text").Should().Be("上门演示");
        (await Sales.PostAsync($"/api/leads/{alone}/convert", new { keepStep = false })).Expect(200).Json.IsNull("opportunityId").Should().BeTrue();
    }

    [Fact]
    public async Task Of_64_converts_at_once_one_succeeds_and_makes_one_customer()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "A", company = "Acme" })).Expect(201).Id;
        var admin = Admin.InParallel();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => admin.PostAsync($"/api/leads/{id}/convert", Wanted)));

        answers.Count(answer => answer.Status == 200).Should().Be(1);
        answers.Where(answer => answer.Status != 200).Should().HaveCount(63).And.AllSatisfy(answer => answer.ExpectProblem(409, "state-conflict"));
        foreach (var slice in (string[])["customers", "contacts", "opportunities"])
        {
            (await Admin.GetAsync($"/api/{slice}?total=true")).Json.GetProperty("total").GetInt32().Should().Be(1, slice);
        }
    }

    [Fact]
    public async Task A_lead_of_a_known_company_joins_its_customer()
    {
        var first = (await Admin.PostAsync("/api/leads", new { name = "A", company = "Acme", product = "one" })).Expect(201).Id;
        var second = (await Admin.PostAsync("/api/leads", new { name = "B", company = "Acme", product = "two" })).Expect(201).Id;

        var one = (await Admin.PostAsync($"/api/leads/{first}/convert")).Expect(200).Json;
        var two = (await Admin.PostAsync($"/api/leads/{second}/convert", "{}")).Expect(200).Json;

        two.Text("customerId").Should().Be(one.Text("customerId"));
        two.Text("contactId").Should().NotBe(one.Text("contactId"));
        two.IsNull("opportunityId").Should().BeTrue();
    }

    [Fact]
    public async Task Leads_of_one_company_converted_at_once_share_one_customer()
    {
        var admin = Admin.InParallel();
        var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
            (await admin.PostAsync("/api/leads", new { name = $"P{i}", company = "Acme", product = $"product {i}" })).Expect(201).Id));

        var converted = await Task.WhenAll(ids.Select(async id => (await admin.PostAsync($"/api/leads/{id}/convert", Wanted)).Expect(200).Json));

        converted.Select(answer => answer.Text("customerId")).Distinct().Should().ContainSingle();
        (await Admin.GetAsync("/api/customers?total=true")).Json.GetProperty("total").GetInt32().Should().Be(1);
        (await Admin.GetAsync("/api/opportunities?total=true")).Json.GetProperty("total").GetInt32().Should().Be(16);
    }

    [Fact]
    public async Task A_chosen_customer_is_joined_and_must_be_one_the_asker_sees()
    {
        var customer = (await Sales.PostAsync("/api/customers", new { type = "corporate", name = "Mine" })).Expect(201).Id;
        var hidden = (await Tenant.OtherSales.Client.PostAsync("/api/customers", new { type = "corporate", name = "Not mine" })).Expect(201).Id;
        var id = (await Sales.PostAsync("/api/leads", new { name = "A", company = "Another" })).Expect(201).Id;

        (await Sales.PostAsync($"/api/leads/{id}/convert", new { customerId = hidden })).ExpectProblem(422, "reference-not-found", "customerId");
        (await Sales.PostAsync($"/api/leads/{id}/convert", new { customerId = customer })).Expect(200).Json.GetProperty("customerId").GetGuid().Should().Be(customer);
    }

    [Fact]
    public async Task Convert_with_the_same_key_answers_the_same_again()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "A", company = "Acme" })).Expect(201).Id;

        var first = (await Admin.PostAsync($"/api/leads/{id}/convert", Wanted, ("Idempotency-Key", "c-1"))).Expect(200);
        var again = (await Admin.PostAsync($"/api/leads/{id}/convert", Wanted, ("Idempotency-Key", "c-1"))).Expect(200);

        again.Text.Should().Be(first.Text);
    }
}
