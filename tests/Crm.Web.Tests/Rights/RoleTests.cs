namespace Crm.Web.Tests.Rights;

/// <summary>What a role shows and allows on every surface: lists, records, searches, timelines, boards, funnels, sharing.</summary>
public sealed class RoleTests(SharedApp shared) : ApiTest(shared)
{
    private const string Canary = "13912345678";

    [Fact]
    public async Task A_manager_sees_the_department_and_not_the_one_beside()
    {
        var (manager, mine, theirs) = await TwoDepartmentsAsync();

        (await manager.Client.GetAsync("/api/leads")).Json.Items().Select(lead => lead.Text("name")).Should().Equal("mine");
        (await manager.Client.GetAsync($"/api/leads/{mine}")).Expect(200);
        (await manager.Client.GetAsync($"/api/leads/{theirs}")).ExpectProblem(404, "not-found");
        (await manager.Client.PostAsync($"/api/leads/{mine}/qualify")).Expect(200);
        (await manager.Client.PostAsync($"/api/leads/{theirs}/qualify")).ExpectProblem(404, "not-found");
        (await manager.Client.GetAsync("/api/search?q=theirs")).Json.Items().Should().BeEmpty();
    }

    [Fact]
    public async Task Rights_follow_a_person_who_moves_at_once()
    {
        var (manager, _, theirs) = await TwoDepartmentsAsync();
        var north = (await Admin.PostAsync("/api/departments", new { name = "北", managerId = manager.Id })).Expect(201).Id;

        (await Admin.PostAsync($"/api/users/{Tenant.OtherSales.Id}/amend", new { departmentId = north })).Expect(200);

        (await manager.Client.GetAsync($"/api/leads/{theirs}")).Expect(200);
    }

    [Theory]
    [InlineData("hidden")]
    [InlineData("masked")]
    public async Task What_a_role_does_not_see_of_a_field_is_nowhere(string right)
    {
        var viewer = await PersonAsync("clerk", [new { slice = "leads", verb = "*", scopes = (string[])["all"] }], [new { slice = "leads", field = "mobile", right }]);
        var id = (await Admin.PostAsync("/api/leads", new { name = "王伟", mobile = Canary, region = "华东" })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{id}/amend", new { mobile = Canary[..10] + "0" })).Expect(200);
        (await Admin.PostAsync($"/api/leads/{id}/amend", new { mobile = Canary })).Expect(200);

        foreach (var path in (string[])["/api/leads", $"/api/leads/{id}", $"/api/leads/{id}/timeline", "/api/leads?q=王伟", "/api/leads?fields=mobile", "/api/my-day", "/api/search?q=王伟"])
        {
            (await viewer.GetAsync(path)).Expect(200).Text.Should().NotContain(Canary, path).And.NotContain(Canary[..10], path);
        }

        (await viewer.GetAsync($"/api/leads/{id}")).Json.TryGetProperty("mobile", out var shown).Should().Be(right == "masked");
        if (right == "masked")
        {
            shown.GetString().Should().Be("****5678");
        }

        (await viewer.GetAsync($"/api/leads?q={Canary[3..9]}")).Expect(200).Json.Items().Should().BeEmpty("a number that is not shown cannot be guessed by searching");
        (await viewer.GetAsync($"/api/search?q={Canary}")).Json.Items().Should().BeEmpty();
        (await viewer.GetAsync($"/api/leads?filter=mobile eq \"{Canary}\"")).ExpectProblem(403, "field-forbidden", "mobile");
        (await viewer.GetAsync("/api/leads?sort=mobile")).ExpectProblem(403, "field-forbidden", "mobile");
        (await viewer.PostAsync($"/api/leads/{id}/amend", new { mobile = "13800138000" })).ExpectProblem(403, "field-forbidden", "mobile");
        (await viewer.PostAsync($"/api/leads/{id}/amend", new { note = "x" })).Expect(200);
        (await Admin.GetAsync($"/api/leads?q={Canary[3..9]}")).Json.Items().Should().ContainSingle();
    }

    [Theory]
    [InlineData("hidden")]
    [InlineData("read")]
    public async Task A_conversion_fills_in_no_field_of_the_opportunity_that_the_role_may_not(string right)
    {
        var clerk = await PersonAsync(
            "clerk", [new { slice = "leads", verb = "*", scopes = (string[])["all"] }, new { slice = "opportunities", verb = "*", scopes = (string[])["all"] }],
            [new { slice = "opportunities", field = "amount", right }]);
        var id = (await Admin.PostAsync("/api/leads", new { name = "王伟", mobile = Canary })).Expect(201).Id;
        var sold = new { opportunity = new { name = "A", pipeline = "simple", amount = 5_000_000 } };

        (await clerk.PostAsync($"/api/leads/{id}/convert", sold)).ExpectProblem(403, "field-forbidden", "opportunity.amount");
        (await Admin.GetAsync("/api/opportunities")).Json.Items().Should().BeEmpty();
        (await clerk.PostAsync($"/api/leads/{id}/convert", new { })).Expect(200);
    }

    [Fact]
    public async Task Amounts_that_are_hidden_are_in_no_funnel_and_on_no_board()
    {
        var viewer = await PersonAsync("clerk", [new { slice = "opportunities", verb = "read", scopes = (string[])["all"] }], [new { slice = "opportunities", field = "amount", right = "hidden" }]);
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 7654321 })).Expect(201);

        foreach (var path in (string[])["/api/funnels/simple", "/api/boards/simple", "/api/opportunities", "/api/my-day"])
        {
            (await viewer.GetAsync(path)).Expect(200).Text.Should().NotContain("7654321", path);
        }

        (await viewer.GetAsync("/api/funnels/simple")).Json.Items("stages")[0].GetProperty("count").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task Sharing_opens_one_record_and_ending_it_closes_it()
    {
        var id = (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 1, ownerId = Tenant.Sales.Id })).Expect(201).Id;
        var other = Tenant.OtherSales;

        (await Sales.PostAsync($"/api/opportunities/{id}/share", new { userId = other.Id, right = "read" })).Expect(200);
        (await other.Client.GetAsync($"/api/opportunities/{id}")).Expect(200);
        (await other.Client.GetAsync("/api/opportunities")).Json.Items().Should().ContainSingle();
        (await other.Client.PostAsync($"/api/opportunities/{id}/move", new { stage = "quote" })).ExpectProblem(403, "forbidden");

        (await Sales.PostAsync($"/api/opportunities/{id}/share", new { userId = other.Id, right = "edit" })).Expect(200);
        (await other.Client.PostAsync($"/api/opportunities/{id}/move", new { stage = "quote" })).Expect(200);
        (await Sales.GetAsync($"/api/opportunities/{id}/shares")).Json.Items().Single().Text("right").Should().Be("edit");

        (await Sales.PostAsync($"/api/opportunities/{id}/unshare", new { userId = other.Id })).Expect(200);
        (await other.Client.GetAsync($"/api/opportunities/{id}")).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task A_template_is_simulated_on_real_records_and_switched_without_touching_them()
    {
        (await Admin.PostAsync("/api/leads", new { name = "pool" })).Expect(201);
        (await Sales.GetAsync("/api/leads")).Json.Items().Should().ContainSingle("the standard opens the pool to sales");

        var changes = (await Admin.PostAsync("/api/roles/simulate", new { template = "factory" })).Expect(200).Json.Items();
        changes.Where(change => change.Text("slice") == "leads").Select(change => (change.Text("userId"), change.GetProperty("before").GetInt32(), change.GetProperty("after").GetInt32(), change.GetProperty("lost").GetInt32()))
            .Should().BeEquivalentTo([(Tenant.Sales.Id.ToString(), 1, 0, 1), (Tenant.OtherSales.Id.ToString(), 1, 0, 1)]);

        (await Admin.PostAsync("/api/roles/switch-template", new { template = "factory" })).Expect(200);
        (await Sales.GetAsync("/api/leads")).Json.Items().Should().BeEmpty();
        (await Admin.GetAsync("/api/leads")).Json.Items().Single().GetProperty("version").GetInt32().Should().Be(1);
        (await Admin.PostAsync("/api/roles/switch-template", new { template = "standard" })).Expect(200);
        (await Sales.GetAsync("/api/leads")).Json.Items().Should().ContainSingle();
    }

    [Fact]
    public async Task Why_somebody_sees_a_record_is_said_in_words()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "A", ownerId = Tenant.Sales.Id })).Expect(201).Id;

        var own = (await Admin.GetAsync($"/api/access/explain?userId={Tenant.Sales.Id}&slice=leads&id={id}")).Expect(200).Json;
        own.GetProperty("allowed").GetBoolean().Should().BeTrue();
        own.Items("reasons").Where(reason => reason.GetProperty("holds").GetBoolean()).Select(reason => reason.Text("code")).Should().Contain(["active", "grant", "owner"]);

        var other = (await Admin.GetAsync($"/api/access/explain?userId={Tenant.OtherSales.Id}&slice=leads&id={id}&verb=amend")).Expect(200).Json;
        other.GetProperty("allowed").GetBoolean().Should().BeFalse();
        other.Items("reasons").Select(reason => reason.Text("code")).Should().Contain("other-owner");
        (await Admin.GetAsync($"/api/access/explain?userId={Guid.CreateVersion7()}&slice=leads&id={id}")).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task Nobody_grants_what_he_may_not_do()
    {
        var clerk = await PersonAsync("hr", [new { slice = "users", verb = "*", scopes = (string[])["all"] }, new { slice = "roles", verb = "*", scopes = (string[])["all"] }], []);

        (await clerk.PutAsync("/api/roles/mine", new { name = "x", grants = (object[])[new { slice = "leads", verb = "read", scopes = (string[])["all"] }] })).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync($"/api/users/{Tenant.Sales.Id}/amend", new { role = "admin" })).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync($"/api/users/{Tenant.Boss.Id}/amend", new { role = "hr" })).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync("/api/users", new { name = "x", login = "x-escalates", password = "long-enough-1", role = "admin" })).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync("/api/roles/switch-template", new { template = "customer" })).ExpectProblem(403, "forbidden");
        (await clerk.PutAsync("/api/roles/mine", new { name = "x", grants = (object[])[new { slice = "users", verb = "read", scopes = (string[])["own"] }] })).Expect(200);
    }

    [Fact]
    public async Task A_misspelt_grant_is_refused_and_says_where()
    {
        (await Admin.PutAsync("/api/roles/x", new { name = "x", grants = (object[])[new { slice = "lead", verb = "read", scopes = (string[])["all"] }] })).ExpectProblem(422, "enum-invalid", "grants[0].slice");
        (await Admin.PutAsync("/api/roles/x", new { name = "x", grants = (object[])[new { slice = "leads", verb = "reed", scopes = (string[])["all"] }] })).ExpectProblem(422, "enum-invalid", "grants[0].verb");
        (await Admin.PutAsync("/api/roles/x", new { name = "x", fields = (object[])[new { slice = "leads", field = "phone", right = "hidden" }] })).ExpectProblem(422, "enum-invalid", "fields[0].field");
        (await Admin.PutAsync("/api/roles/x", new { name = "x", fields = (object[])[new { slice = "leads", field = "ownerId", right = "hidden" }] })).ExpectProblem(422, "enum-invalid", "fields[0].field");
    }

    private async Task<(Person Manager, Guid Mine, Guid Theirs)> TwoDepartmentsAsync()
    {
        var manager = await Tenant.NewPersonAsync("manager", "sales-manager");
        var east = (await Admin.PostAsync("/api/departments", new { name = "东", managerId = manager.Id })).Expect(201).Id;
        var below = (await Admin.PostAsync("/api/departments", new { name = "沪", parentId = east })).Expect(201).Id;
        var west = (await Admin.PostAsync("/api/departments", new { name = "西" })).Expect(201).Id;
        (await Admin.PostAsync($"/api/users/{Tenant.Sales.Id}/amend", new { departmentId = below })).Expect(200);
        (await Admin.PostAsync($"/api/users/{Tenant.OtherSales.Id}/amend", new { departmentId = west })).Expect(200);
        var mine = (await Admin.PostAsync("/api/leads", new { name = "mine", ownerId = Tenant.Sales.Id })).Expect(201).Id;
        var theirs = (await Admin.PostAsync("/api/leads", new { name = "theirs", ownerId = Tenant.OtherSales.Id })).Expect(201).Id;
        return (manager, mine, theirs);
    }

    private async Task<ApiClient> PersonAsync(string role, object[] grants, object[] fields)
    {
        (await Admin.PutAsync($"/api/roles/{role}", new { name = role, grants, fields })).Expect(200);
        return (await Tenant.NewPersonAsync(role, role)).Client;
    }
}
