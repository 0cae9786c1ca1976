namespace Crm.Web.Tests.Contacts;

public sealed class ContactEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task A_contact_is_created_amended_moved_and_followed_up()
    {
        var first = (await Sales.PostAsync("/api/customers", new { type = "corporate", name = "First" })).Expect(201).Id;
        var second = (await Sales.PostAsync("/api/customers", new { type = "corporate", name = "Second" })).Expect(201).Id;
        var id = (await Sales.PostAsync("/api/contacts", new { customerId = first, name = "Ann", mobile = "13800138000", email = "ann@example.com", title = "CTO", department = "IT", wechat = "ann" })).Expect(201).Id;
        (await Sales.PostAsync($"/api/contacts/{id}/amend", """{"title":"CEO","wechat":null}""")).Expect(200);
        (await Sales.PostAsync($"/api/contacts/{id}/move", new { customerId = second })).Expect(200);
        (await Sales.PostAsync($"/api/contacts/{id}/log-activity", new { type = "call", text = "hello" })).Expect(200);

        var contact = (await Sales.GetAsync($"/api/contacts/{id}")).Expect(200).Json;

        contact.FieldNames().Should().BeEquivalentTo(
            "id", "version", "customerId", "customerName", "name", "mobile", "email", "title", "department", "wechat", "note", "custom", "ownerId",
            "lastActivityAt", "createdAt", "updatedAt");
        (contact.Text("customerName"), contact.Text("title"), contact.Text("department"), contact.GetProperty("customerId").GetGuid(), contact.GetProperty("ownerId").GetGuid())
            .Should().Be(("Second", "CEO", "IT", second, Tenant.Sales.Id));
        contact.IsNull("wechat").Should().BeTrue();
    }

    [Fact]
    public async Task A_mobile_is_unique_within_a_customer()
    {
        var customer = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "First" })).Expect(201).Id;
        var first = (await Admin.PostAsync("/api/contacts", new { customerId = customer, name = "Ann", mobile = "13800138000" })).Expect(201).Id;

        (await Admin.PostAsync("/api/contacts", new { customerId = customer, name = "Bob", mobile = "138 0013 8000" })).ExpectProblem(409, "contact-duplicate")
            .Json.GetProperty("existingId").GetGuid().Should().Be(first);
    }

    [Fact]
    public async Task Its_customer_must_be_one_the_asker_sees()
    {
        var theirs = (await Tenant.OtherSales.Client.PostAsync("/api/customers", new { type = "corporate", name = "Theirs" })).Expect(201).Id;

        (await Sales.PostAsync("/api/contacts", new { customerId = theirs, name = "Ann" })).ExpectProblem(422, "reference-not-found", "customerId");
        (await Sales.PostAsync("/api/contacts", new { customerId = Guid.CreateVersion7(), name = "Ann" })).ExpectProblem(422, "reference-not-found", "customerId");
    }
}
