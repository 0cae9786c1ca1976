using System.Text;

namespace Crm.Web.Tests.Audit;

/// <summary>A person can have what is kept of him, and be forgotten; what was counted stays counted, and the chain holds (SEC-05).</summary>
public sealed class ErasureTests(SharedApp shared) : ApiTest(shared)
{
    private const string Canary = "欧阳锋-CANARY";

    [Fact]
    public async Task An_erased_lead_is_nowhere_any_more_but_counts()
    {
        var lead = (await Admin.PostAsync("/api/leads", new { name = Canary, mobile = "13900139000", note = Canary, source = "exhibition", ownerId = Tenant.Sales.Id })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{lead}/log-activity", new { type = "note", text = Canary })).Expect(200);
        (await Admin.GetAsync($"/api/leads/{lead}/personal-data")).Expect(200).Text.Should().Contain(Canary).And.Contain("13900139000");
        (await Sales.PostAsync($"/api/leads/{lead}/erase")).ExpectProblem(403, "forbidden");

        (await Admin.PostAsync($"/api/leads/{lead}/erase")).Expect(200).Version.Should().Be(3);

        await GoneAsync("lead", lead);
        var card = (await Admin.GetAsync($"/api/leads/{lead}")).Json;
        (card.Text("name"), card.Text("source"), card.Text("status"), card.IsNull("mobile")).Should().Be(("(erased)", "exhibition", "open", true));
        (await Admin.GetAsync("/api/leads?total=true")).Json.GetProperty("total").GetInt64().Should().Be(1);
        (await Admin.GetAsync($"/api/leads?q={Canary}")).Json.Items().Should().BeEmpty();
        (await Admin.PostAsync($"/api/leads/{lead}/amend", new { note = "x" })).ExpectProblem(409, "record-erased");
        (await Admin.PostAsync($"/api/leads/{lead}/erase")).Expect(200);
        (await App.Silo.Store.VerifyAsync(Tenant.Key, CancellationToken.None)).Should().BeNull();
        (await Admin.PostAsync("/api/leads", new { name = "another", mobile = "13900139000" })).Expect(201).Id.Should().NotBe(lead, "its keys are free");
        await RebuiltTheSameAsync("leads", lead);
    }

    [Fact]
    public async Task An_erased_individual_takes_the_contact_and_the_name_elsewhere_along()
    {
        var customer = (await Admin.PostAsync("/api/customers", new { type = "individual", name = Canary, mobile = "13900139001" })).Expect(201).Id;
        var contact = (await Eventually.GetAsync(async () => (await Admin.GetAsync($"/api/contacts?filter=customerId eq \"{customer}\"")).Json.Items(), items => items.Count == 1, "the contact"))[0].GetProperty("id").GetGuid();
        var opportunity = (await Admin.PostAsync("/api/opportunities", new { name = "x", customerId = customer, pipeline = "simple", amount = 5 })).Expect(201).Id;

        (await Admin.PostAsync($"/api/customers/{customer}/erase")).Expect(200);

        await GoneAsync("customer", customer);
        await GoneAsync("contact", contact);
        (await Admin.GetAsync($"/api/contacts/{contact}")).Text.Should().NotContain(Canary);
        await Eventually.GetAsync(async () => (await Admin.GetAsync($"/api/opportunities/{opportunity}")).Json.Text("customerName"), name => name == "(erased)", "the name on the opportunity");
        (await Admin.GetAsync("/api/funnels/simple")).Json.Items("stages").Sum(stage => stage.GetProperty("count").GetInt64()).Should().Be(1);
        await RebuiltTheSameAsync("contacts", contact);
    }

    [Fact]
    public async Task A_company_is_not_a_person()
    {
        var company = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "腾讯" })).Expect(201).Id;

        (await Admin.PostAsync($"/api/customers/{company}/erase")).ExpectProblem(409, "customer-not-a-person");
    }

    private Task<string> GoneAsync(string kind, Guid id) => Eventually.GetAsync(
        async () => string.Concat((await App.Silo.Store.ReadHistoryAsync(new(Tenant.Key, kind, id), null, 100, CancellationToken.None)).Select(entry => Encoding.UTF8.GetString(entry.Payload))),
        payloads => payloads.Length > 0 && !payloads.Contains(Canary, StringComparison.Ordinal) && !payloads.Contains("1390013900", StringComparison.Ordinal), "the journal to forget");

    private async Task RebuiltTheSameAsync(string plural, Guid id)
    {
        var before = (await Admin.GetAsync($"/api/{plural}/{id}")).Text;
        await App.Silo.Store.RebuildAsync(Tenant.Key, CancellationToken.None);
        (await Admin.GetAsync($"/api/{plural}/{id}")).Text.Should().Be(before);
    }
}
