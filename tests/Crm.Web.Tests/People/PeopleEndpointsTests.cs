namespace Crm.Web.Tests.People;

public sealed class PeopleEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task Users_are_registered_listed_amended_and_shut_out_and_let_in()
    {
        var created = (await Admin.PostAsync("/api/users", Ann())).Expect(201);
        created.Json.FieldNames().Should().Equal("id", "version");
        var listed = (await Sales.GetAsync("/api/users")).Expect(200).Json.Items().Single(user => user.GetProperty("id").GetGuid() == created.Id);
        listed.FieldNames().Should().Contain(["id", "name", "login", "role", "active"]).And.NotContain("password");
        (listed.Text("name"), listed.Text("login"), listed.Text("role"), listed.GetProperty("active").GetBoolean()).Should().Be(("Ann", $"ann@{Tenant.Key}", "sales", true));

        (await Admin.PostAsync($"/api/users/{created.Id}/amend", new { name = "Anna", role = "admin" })).Expect(200);
        (await Admin.PostAsync($"/api/users/{created.Id}/deactivate")).Expect(200);
        (await Admin.PostAsync("/api/leads", new { name = "A", ownerId = created.Id })).ExpectProblem(422, "reference-not-found", "ownerId");
        (await Admin.PostAsync($"/api/users/{created.Id}/activate", "{}")).Expect(200);

        var user = (await Admin.GetAsync("/api/users")).Json.Items().Single(user => user.GetProperty("id").GetGuid() == created.Id);
        (user.Text("name"), user.Text("role"), user.GetProperty("active").GetBoolean()).Should().Be(("Anna", "admin", true));
    }

    [Fact]
    public async Task The_list_of_users_goes_on_after_the_first_page()
    {
        var admin = Admin.InParallel();
        await Parallel.ForAsync(0, 201, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            (await admin.PostAsync("/api/users/invite", new { name = $"U{i}", login = $"u{i}@{Tenant.Key}.example", role = "sales" })).Expect(201));

        var first = (await Sales.GetAsync("/api/users")).Expect(200).Json;
        var second = (await Sales.GetAsync($"/api/users?cursor={Uri.EscapeDataString(first.Text("next")!)}")).Expect(200).Json;

        first.Items().Should().HaveCount(200);
        first.Items().Concat(second.Items()).Select(user => user.Text("id")).Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(201);
        second.TryGetProperty("next", out _).Should().BeFalse();
        (await Sales.GetAsync("/api/users?cursor=x")).ExpectProblem(400, "cursor-invalid", "cursor");
    }

    [Fact]
    public async Task A_login_is_taken_on_the_whole_server_but_a_repeated_request_is_answered_again()
    {
        var other = await App.NewTenantAsync();
        var first = (await Admin.PostAsync("/api/users", Ann(), ("Idempotency-Key", "u-1"))).Expect(201);

        (await Admin.PostAsync("/api/users", Ann(), ("Idempotency-Key", "u-1"))).Expect(201).Text.Should().Be(first.Text);
        (await Admin.PostAsync("/api/users", Ann() with { password = "another-pass-1" }, ("Idempotency-Key", "u-1"))).ExpectProblem(422, "idempotency-key-reused");
        (await Admin.PostAsync("/api/users", Ann())).ExpectProblem(409, "login-taken", "login");
        (await other.Admin.PostAsync("/api/users", Ann() with { login = $"ANN@{Tenant.Key}" })).ExpectProblem(409, "login-taken", "login");
    }

    [Fact]
    public async Task Of_two_tenants_that_take_a_login_at_once_one_gets_it()
    {
        var other = await App.NewTenantAsync();
        var (here, there) = (Admin.InParallel(), other.Admin.InParallel());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? here : there).PostAsync("/api/users", Ann())));

        answers.Count(answer => answer.Status == 201).Should().Be(1);
        answers.Where(answer => answer.Status != 201).Should().AllSatisfy(answer => answer.ExpectProblem(409, "login-taken"));
    }

    [Fact]
    public async Task Nobody_shuts_himself_out()
    {
        (await Tenant.Boss.Client.PostAsync($"/api/users/{Tenant.Boss.Id}/deactivate")).ExpectProblem(409, "state-conflict");
    }

    [Fact]
    public async Task A_key_is_shown_once_works_and_is_revoked()
    {
        var issued = (await Admin.PostAsync("/api/api-keys", new { name = "website", role = "sales" })).Expect(201);
        issued.Json.FieldNames().Should().Equal("id", "version", "key");
        var client = new ApiClient(App, Tenant.Key, issued.Id) { ApiKey = issued.Json.Text("key") };
        (await client.PostAsync("/api/leads", new { name = "A" })).Expect(201);
        (await client.GetAsync("/api/api-keys")).ExpectProblem(403, "forbidden");

        var listed = (await Admin.GetAsync("/api/api-keys")).Expect(200);
        listed.Text.Should().NotContain(issued.Json.Text("key"));
        var card = listed.Json.Items().Single(key => key.GetProperty("id").GetGuid() == issued.Id);
        (card.Text("name"), card.Text("role"), card.GetProperty("active").GetBoolean()).Should().Be(("website", "sales", true));

        (await Admin.PostAsync($"/api/api-keys/{issued.Id}/revoke")).Expect(200);
        (await client.GetAsync("/api/leads")).ExpectProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task Passwords_have_8_to_200_characters()
    {
        (await Admin.PostAsync("/api/users", Ann() with { password = "short-1" })).ExpectProblem(422, "password-weak", "password");
        (await Admin.PostAsync("/api/users", Ann() with { password = new string('x', 201) })).ExpectProblem(422, "password-weak", "password");
    }

    private Registration Ann() => new("Ann", $"ann@{Tenant.Key}", "long-enough-1", "sales");

    // names as on the wire
    private sealed record Registration(string name, string login, string password, string role);
}
