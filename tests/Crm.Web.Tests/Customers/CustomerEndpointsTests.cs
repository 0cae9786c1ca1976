namespace Crm.Web.Tests.Customers;

public sealed class CustomerEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    private const string CreditCode = "9144030071526726XG";

    [Fact]
    public async Task A_customer_is_created_and_read_back_with_every_field()
    {
        var id = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "深圳市腾讯计算机系统有限公司", creditCode = CreditCode, province = "广东", city = "深圳", website = "https://www.qq.com" })).Expect(201).Id;

        var customer = (await Admin.GetAsync($"/api/customers/{id}")).Expect(200).Json;

        customer.FieldNames().Should().BeEquivalentTo(
            "id", "version", "type", "status", "name", "shortName", "industry", "creditCode", "country", "province", "city", "size", "enterpriseType", "phone", "fax",
            "email", "website", "parentId", "mobile", "note", "custom", "ownerId", "leadId", "lastActivityAt", "createdAt", "updatedAt");
        (customer.Text("type"), customer.Text("status"), customer.Text("creditCode"), customer.Text("city")).Should().Be(("corporate", "potential", CreditCode, "深圳"));
    }

    [Fact]
    public async Task A_credit_code_belongs_to_one_customer_even_when_many_try_at_once()
    {
        var admin = Admin.InParallel();

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => admin.PostAsync("/api/customers", new { type = "corporate", name = $"C{i}", creditCode = CreditCode })));

        var created = answers.Where(answer => answer.Status == 201).Should().ContainSingle().Subject;
        answers.Where(answer => answer.Status != 201).Should().HaveCount(31).And.AllSatisfy(answer =>
            answer.ExpectProblem(409, "customer-duplicate").Json.GetProperty("existingId").GetGuid().Should().Be(created.Id));
    }

    [Fact]
    public async Task An_individual_gets_a_contact_and_its_mobile_is_its_own()
    {
        var id = (await Admin.PostAsync("/api/customers", new { type = "individual", name = "张三", mobile = "13900139000" })).Expect(201).Id;

        var contacts = await Eventually.GetAsync(
            async () => (await Admin.GetAsync($"/api/contacts?filter=customerId eq \"{id}\"")).Json.Items(), items => items.Count == 1, "the contact of an individual");
        contacts[0].Text("name").Should().Be("张三");
        (await Admin.PostAsync("/api/customers", new { type = "individual", name = "李四", mobile = "+86 139-0013-9000" })).ExpectProblem(409, "customer-duplicate");
    }

    [Fact]
    public async Task A_new_name_reaches_contacts_and_opportunities()
    {
        var id = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "Old" })).Expect(201).Id;
        var contact = (await Admin.PostAsync("/api/contacts", new { customerId = id, name = "Ann" })).Expect(201).Id;
        var opportunity = (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 1, customerId = id })).Expect(201).Id;

        (await Admin.PostAsync($"/api/customers/{id}/amend", new { name = "New" })).Expect(200);

        foreach (var path in (string[])[$"/api/contacts/{contact}", $"/api/opportunities/{opportunity}"])
        {
            await Eventually.GetAsync(async () => (await Admin.GetAsync(path)).Json.Text("customerName"), name => name == "New", path);
        }
    }

    [Fact]
    public async Task It_is_assigned_and_followed_up()
    {
        var id = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "Acme" })).Expect(201).Id;
        (await Sales.GetAsync($"/api/customers/{id}")).ExpectProblem(404, "not-found");

        (await Admin.PostAsync($"/api/customers/{id}/assign", new { ownerId = Tenant.Sales.Id })).Expect(200);
        (await Sales.PostAsync($"/api/customers/{id}/log-activity", new { type = "visit", text = "coffee" })).Expect(200);

        (await Sales.GetAsync($"/api/customers/{id}")).Json.IsNull("lastActivityAt").Should().BeFalse();
        (await Sales.GetAsync($"/api/customers/{id}/timeline")).Json.Items().Select(entry => entry.Text("type"))
            .Should().Equal("customer-activity-logged-v1", "customer-assigned-v1", "customer-created-v1");
    }

    [Fact]
    public async Task A_parent_must_be_another_customer_that_is_there()
    {
        var id = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "Acme" })).Expect(201).Id;

        (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "B", parentId = Guid.CreateVersion7() })).ExpectProblem(422, "reference-not-found", "parentId");
        (await Admin.PostAsync($"/api/customers/{id}/amend", new { parentId = id })).ExpectProblem(422, "reference-invalid", "parentId");
        (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "B", parentId = id })).Expect(201);
    }
}
