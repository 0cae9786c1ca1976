namespace Crm.Web.Tests.Tenants;

/// <summary>A tenant's settings and modules: what is switched off is nowhere, and is all there again when switched on.</summary>
public sealed class ModuleTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task Settings_change_live_and_are_the_sign_ins_own()
    {
        (await Admin.PostAsync("/api/tenant/amend", new { name = "华为", currency = "USD", timeZone = "America/New_York", locale = "en" })).Expect(200);

        var tenant = (await Sales.GetAsync("/api/session")).Expect(200).Json.GetProperty("tenant");
        tenant.Text("name").Should().Be("华为");
        tenant.Text("currency").Should().Be("USD");
        tenant.Text("timeZone").Should().Be("America/New_York");
        var deal = (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 5 })).Expect(201).Id;
        (await Admin.GetAsync($"/api/opportunities/{deal}")).Json.GetProperty("amount").Text("currency").Should().Be("USD");
        (await Admin.PostAsync("/api/tenant/amend", new { timeZone = "Mars/Olympus" })).ExpectProblem(422, "time-zone-unknown", "timeZone");
        (await Admin.GetAsync("/api/tenant/timeline")).Json.Items().Should().HaveCount(2);
    }

    [Fact]
    public async Task The_tenant_comes_from_the_sign_in_and_never_from_the_request()
    {
        var other = await App.NewTenantAsync();
        (await Admin.PostAsync("/api/tenant/amend", new { tenant = other.Key, name = "x" })).ExpectProblem(400, "unknown-field");
        (await Admin.PostAsync("/api/leads", new { tenant = other.Key, name = "x" })).ExpectProblem(400, "unknown-field");
        (await Admin.PostAsync("/api/leads", new { name = "x" }, ("X-Tenant", other.Key))).Expect(201);
        (await other.Admin.GetAsync("/api/leads")).Json.Items().Should().BeEmpty();
        (await Admin.GetAsync($"/api/leads?tenant={other.Key}")).ExpectProblem(400, "query-invalid");
    }

    [Fact]
    public async Task A_module_that_is_off_is_nowhere_and_comes_back_whole()
    {
        var lead = (await Admin.PostAsync("/api/leads", new { name = "王伟", ownerId = Tenant.Sales.Id })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{lead}/plan-step", new { text = "call", dueAt = "2027-01-01T00:00:00Z" })).Expect(200);

        (await Admin.PostAsync("/api/tenant/modules/leads", new { on = false })).Expect(200);

        foreach (var client in (ApiClient[])[Admin, Sales])
        {
            (await client.GetAsync("/api/leads")).ExpectProblem(404, "not-found");
            (await client.GetAsync($"/api/leads/{lead}")).ExpectProblem(404, "not-found");
            (await client.PostAsync("/api/leads", new { name = "x" })).ExpectProblem(404, "not-found");
            (await client.GetAsync("/api/imports")).ExpectProblem(404, "not-found"); // imports need leads
            (await client.GetAsync("/api/search?q=王伟")).Expect(200).Json.Items().Should().BeEmpty();
            (await client.GetAsync("/api/my-day")).Expect(200).Text.Should().NotContain("王伟").And.NotContain("call");
            (await client.GetAsync("/api/session")).Json.GetProperty("tenant").Items("modules").Select(module => module.GetString()).Should().BeEquivalentTo("opportunities", "customers");
            (await client.GetAsync("/api/opportunities")).Expect(200);
        }

        (await Admin.GetAsync("/api/roles/catalog")).Json.Items("slices").Select(slice => slice.Text("slice")).Should().NotContain(["leads", "imports"]).And.Contain("customers");
        (await App.Silo.Topics.FindAsync(new(Tenant.Key, Tenant.Sales.Id, "sales", "sales"), "list:leads", CancellationToken.None)).Should().BeNull();
        (await App.Silo.Topics.FindAsync(new(Tenant.Key, Tenant.Boss.Id, "boss", "admin"), $"record:lead/{lead}", CancellationToken.None)).Should().BeNull();

        (await Admin.PostAsync("/api/tenant/modules/leads", new { on = true })).Expect(200);
        var back = (await Sales.GetAsync($"/api/leads/{lead}")).Expect(200).Json;
        back.GetProperty("nextStep").Text("text").Should().Be("call");
        (await Sales.GetAsync("/api/search?q=王伟")).Json.Items().Should().ContainSingle();
    }

    [Fact]
    public async Task Without_customers_no_lead_is_converted_and_without_opportunities_there_is_no_funnel()
    {
        var lead = (await Admin.PostAsync("/api/leads", new { name = "x" })).Expect(201).Id;
        (await Admin.PostAsync("/api/tenant/modules/customers", new { on = false })).Expect(200);
        (await Admin.PostAsync($"/api/leads/{lead}/convert")).ExpectProblem(404, "not-found");
        (await Admin.GetAsync("/api/contacts")).ExpectProblem(404, "not-found");
        (await Admin.PostAsync("/api/leads/" + lead + "/qualify")).Expect(200);

        (await Admin.PostAsync("/api/tenant/modules/opportunities", new { on = false })).Expect(200);
        foreach (var path in (string[])["/api/opportunities", "/api/pipelines", "/api/funnels/simple", "/api/boards/simple"])
        {
            (await Admin.GetAsync(path)).ExpectProblem(404, "not-found");
        }

        (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = "2026-11", amount = 1 })).ExpectProblem(404, "not-found");
        (await Admin.PostAsync("/api/tenant/modules/nothing", new { on = false })).ExpectProblem(404, "not-found");
    }
}
