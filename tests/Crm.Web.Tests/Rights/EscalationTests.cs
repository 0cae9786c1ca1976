using Crm.Web.Tests.Imports;

namespace Crm.Web.Tests.Rights;

/// <summary>Ways to more rights than one was given: over other people's accounts, over keys, over shares.</summary>
public sealed class EscalationTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task Who_manages_people_takes_over_nobody_who_may_do_more()
    {
        var clerk = await PersonAsync("hr", Every("users"), Every("factors"), Every("sessions"));
        var boss = Tenant.Boss;
        foreach (var (verb, body) in new (string, object?)[] { ("set-password", new { password = "taken-over-1" }), ("reset-factors", null), ("revoke-sessions", null), ("deactivate", null), ("activate", null), ("invite-again", null) })
        {
            (await clerk.PostAsync($"/api/users/{boss.Id}/{verb}", body)).ExpectProblem(403, "forbidden");
        }

        (await boss.Client.GetAsync("/api/session")).Expect(200);
        var peer = await Tenant.NewPersonAsync("peer", "hr");
        (await clerk.PostAsync($"/api/users/{peer.Id}/set-password", new { password = "long-enough-1" })).Expect(200);
        (await clerk.PostAsync($"/api/users/{peer.Id}/deactivate")).Expect(200);
    }

    [Fact]
    public async Task Who_keeps_the_outbox_opens_no_link_of_one_who_may_do_more()
    {
        var clerk = await PersonAsync("postman", Every("mails"));
        var invited = (await Admin.PostAsync("/api/users/invite", new { name = "x", login = $"chief@{Tenant.Key}.example", role = "admin" })).Expect(201).Id;
        var mail = (await Admin.GetAsync("/api/mails")).Json.Items().Single(one => one.Text("ownerId") == invited.ToString()).GetProperty("id").GetGuid();

        (await clerk.GetAsync($"/api/mails/{mail}")).Expect(200);
        (await clerk.PostAsync($"/api/mails/{mail}/open")).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync($"/api/mails/{mail}/resend")).ExpectProblem(403, "forbidden");
        (await Admin.PostAsync($"/api/mails/{mail}/open")).Expect(200);
    }

    [Fact]
    public async Task Only_an_administrator_says_which_sign_in_provider_to_believe()
    {
        var clerk = await PersonAsync("connector", Every("company-sign-ins"));
        (await clerk.PutAsync("/api/company-sign-in", new { label = "x", issuer = "https://id.example.com", clientId = "x", enabled = true })).ExpectProblem(403, "forbidden");
    }

    [Fact]
    public async Task Who_manages_keys_gets_no_secret_of_a_key_that_may_do_more()
    {
        var clerk = await PersonAsync("keeper", Every("api-keys"));
        var (admin, client, _) = await Tenant.NewKeyAsync("admin");

        (await clerk.PostAsync($"/api/api-keys/{admin}/rotate")).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync($"/api/api-keys/{admin}/rescope", new { scopes = (string[])["leads:read"] })).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync($"/api/api-keys/{admin}/revoke")).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync("/api/api-keys", new { name = "x", role = "admin" })).ExpectProblem(403, "forbidden");

        (await client.GetAsync("/api/session")).Expect(200);
    }

    [Fact]
    public async Task A_key_makes_and_rotates_no_key_of_more_scopes()
    {
        var made = (await Admin.PostAsync("/api/api-keys", new { name = "keeper", role = "admin", scopes = (string[])["api-keys:*", "leads:read"] })).Expect(201).Json;
        var keeper = new ApiClient(App, Tenant.Key, made.GetProperty("id").GetGuid()) { ApiKey = made.Text("key") };
        var (other, client, _) = await Tenant.NewKeyAsync("admin");

        (await keeper.PostAsync($"/api/api-keys/{other}/rotate")).ExpectProblem(403, "scope-missing");
        (await keeper.PostAsync("/api/api-keys", new { name = "x", role = "admin" })).ExpectProblem(403, "scope-missing");
        (await keeper.PostAsync("/api/api-keys", new { name = "x", role = "admin", scopes = (string[])["users:create"] })).ExpectProblem(403, "scope-missing");
        (await keeper.PostAsync($"/api/api-keys/{made.GetProperty("id").GetGuid()}/rescope", new { scopes = (string[])["*"] })).ExpectProblem(403, "scope-missing");
        (await keeper.GetAsync("/api/users")).ExpectProblem(403, "scope-missing");

        (await client.GetAsync("/api/session")).Expect(200);
        (await keeper.PostAsync("/api/api-keys", new { name = "x", role = "admin", scopes = (string[])["leads:read"] })).Expect(201);
    }

    [Fact]
    public async Task Who_may_only_read_a_record_shares_it_to_be_read_only()
    {
        var reader = await Tenant.NewPersonAsync("reader", await RoleAsync("reader", Grant("leads", "read", "all"), Grant("leads", "share", "all"), Grant("leads", "amend", "own"), Grant("leads", "create", "own")));
        var id = (await Admin.PostAsync("/api/leads", new { name = "x", ownerId = Tenant.Sales.Id })).Expect(201).Id;

        (await reader.Client.PostAsync($"/api/leads/{id}/amend", new { note = "mine" })).ExpectProblem(403, "forbidden");
        (await reader.Client.PostAsync($"/api/leads/{id}/share", new { userId = reader.Id, right = "edit" })).ExpectProblem(403, "forbidden");
        (await reader.Client.PostAsync($"/api/leads/{id}/amend", new { note = "mine" })).ExpectProblem(403, "forbidden");
        (await reader.Client.PostAsync($"/api/leads/{id}/share", new { userId = Tenant.OtherSales.Id, right = "read" })).Expect(200);
    }

    [Fact]
    public async Task A_record_that_is_hidden_is_shared_by_nobody_and_a_share_is_no_door_to_others()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "x", ownerId = Tenant.OtherSales.Id })).Expect(201).Id;

        (await Sales.PostAsync($"/api/leads/{id}/share", new { userId = Tenant.Sales.Id, right = "edit" })).ExpectProblem(404, "not-found");
        (await Sales.PostAsync($"/api/customers/{id}/share", new { userId = Tenant.Sales.Id, right = "edit" })).ExpectProblem(404, "not-found");
        (await Sales.GetAsync($"/api/leads/{id}")).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task Nobody_raises_himself_by_amending_his_own_account()
    {
        var clerk = await Tenant.NewPersonAsync("hr", await RoleAsync("hr", Every("users"), Grant("leads", "read", "own")));

        (await clerk.Client.PostAsync($"/api/users/{clerk.Id}/amend", new { role = "admin" })).ExpectProblem(403, "forbidden");
        (await clerk.Client.PostAsync($"/api/users/{clerk.Id}/amend", new { role = "sales" })).ExpectProblem(403, "forbidden");
        foreach (var owned in (string[])["tenantId", "tenant", "id", "version", "active", "login", "passwordHash", "createdAt"])
        {
            (await clerk.Client.PostAsync($"/api/users/{clerk.Id}/amend", $$"""{"name":"x","{{owned}}":"x"}""")).ExpectProblem(400, "unknown-field", owned);
        }
    }

    [Fact]
    public async Task HO5_nobody_hands_over_what_he_does_not_see()
    {
        var clerk = await Tenant.NewPersonAsync("mover", await RoleAsync("mover", Every("handovers"), Grant("leads", "*", "own"), Grant("customers", "read", "all"), Grant("customers", "*", "own")));
        var weak = await Tenant.NewPersonAsync("weak", await RoleAsync("weak", Grant("leads", "read", "own"), Grant("customers", "read", "own")));
        var friend = await Tenant.NewPersonAsync("friend", "weak");
        var customer = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "x", ownerId = weak.Id })).Expect(201).Id;
        var lead = (await Admin.PostAsync("/api/leads", new { name = "x", ownerId = weak.Id })).Expect(201).Id;

        foreach (var to in (Guid[])[clerk.Id, friend.Id])
        {
            (await clerk.Client.PostAsync("/api/handovers", new { fromId = weak.Id, to = (Guid[])[to] })).ExpectProblem(403, "handover-unseen");
        }

        (await clerk.Client.GetAsync($"/api/leads/{lead}")).ExpectProblem(404, "not-found");
        (await weak.Client.GetAsync("/api/session")).Expect(200);

        // of customers all are seen: without the lead it is his to hand over
        (await Admin.PostAsync($"/api/leads/{lead}/assign", new { ownerId = Tenant.Sales.Id })).Expect(200);
        var handover = (await clerk.Client.PostAsync("/api/handovers", new { fromId = weak.Id, to = (Guid[])[friend.Id] })).Expect(202).Id;
        await Eventually.GetAsync(async () => (await Admin.GetAsync($"/api/handovers/{handover}")).Json.Text("status"), status => status == "done", "the hand-over");
        (await friend.Client.GetAsync($"/api/customers/{customer}")).Expect(200);
    }

    [Fact]
    public async Task HO5_nobody_lets_one_in_again_who_may_do_more()
    {
        var clerk = await PersonAsync("mover", Every("handovers"));
        var boss = await Tenant.NewPersonAsync("chief", "admin");
        var handover = (await Admin.PostAsync("/api/handovers", new { fromId = boss.Id, to = (Guid[])[Tenant.Boss.Id] })).Expect(202).Id;
        await Eventually.GetAsync(async () => (await Admin.GetAsync($"/api/handovers/{handover}")).Json.Text("status"), status => status == "done", "the hand-over");

        (await clerk.PostAsync($"/api/handovers/{handover}/undo")).ExpectProblem(403, "forbidden");
        (await boss.Client.GetAsync("/api/session")).ExpectProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task Who_manages_the_organisation_sees_no_more_by_managing_it()
    {
        var department = (await Admin.PostAsync("/api/departments", new { name = "east" })).Expect(201).Id;
        (await Admin.PostAsync($"/api/users/{Tenant.Sales.Id}/amend", new { departmentId = department })).Expect(200);
        var id = (await Admin.PostAsync("/api/leads", new { name = "x", ownerId = Tenant.Sales.Id })).Expect(201).Id;
        var clerk = await Tenant.NewPersonAsync("orga", await RoleAsync("orga", Every("departments"), Grant("leads", "*", "department")));
        var own = (await clerk.Client.PostAsync("/api/departments", new { name = "mine", managerId = clerk.Id })).Expect(201).Id;

        (await clerk.Client.PostAsync($"/api/departments/{department}/amend", new { managerId = clerk.Id })).ExpectProblem(403, "forbidden");
        (await clerk.Client.PostAsync($"/api/departments/{department}/move", new { parentId = own })).ExpectProblem(403, "forbidden");
        (await clerk.Client.GetAsync($"/api/leads/{id}")).ExpectProblem(404, "not-found");
        (await clerk.Client.PostAsync($"/api/departments/{department}/amend", new { name = "west" })).Expect(200);
        (await clerk.Client.PostAsync($"/api/departments/{own}/amend", new { managerId = Tenant.Boss.Id })).Expect(200);
    }

    [Fact]
    public async Task Who_defines_roles_takes_nothing_from_those_who_may_do_more()
    {
        var clerk = await PersonAsync("definer", Every("roles"));
        await RoleAsync("chief", Every("leads"));

        (await clerk.PutAsync("/api/roles/chief", new { name = "x", grants = Array.Empty<object>() })).ExpectProblem(403, "forbidden");
        (await clerk.PostAsync("/api/roles/chief/remove")).ExpectProblem(403, "forbidden");
        (await clerk.PutAsync("/api/roles/mine", new { name = "x", grants = (object[])[Grant("roles", "read", "own")] })).Expect(200);
        (await clerk.PostAsync("/api/roles/mine/remove")).Expect(200);
    }

    [Fact]
    public async Task Who_may_make_no_leads_makes_none_by_a_file()
    {
        var clerk = await PersonAsync("importer", Every("imports"), Grant("leads", "read", "all"));

        (await clerk.UploadAsync("姓名\nx\n")).ExpectProblem(403, "forbidden");
        (await clerk.PreviewAsync("姓名\nx\n"u8.ToArray())).ExpectProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_file_that_was_exported_is_not_handed_out_to_one_who_may_see_less_now()
    {
        foreach (var change in (object[])[
            new { name = "x", grants = (object[])[Grant("leads", "read", "all")] },
            new { name = "x", grants = (object[])[Grant("leads", "*", "own"), Grant("leads", "export", "own")] },
            new { name = "x", grants = (object[])[Grant("leads", "*", "all"), Grant("leads", "export", "all")], fields = (object[])[new { slice = "leads", field = "mobile", right = "hidden" }] }])
        {
            var clerk = await PersonAsync("exporter", Grant("leads", "*", "all"), Grant("leads", "export", "all"));
            var id = (await clerk.PostAsync("/api/leads/export")).Expect(202).Id;
            await Eventually.GetAsync(async () => (await clerk.GetAsync($"/api/exports/{id}")).Json.Text("status"), status => status == "done", "the export to end");
            (await clerk.GetAsync($"/api/exports/{id}/file")).Expect(200);

            (await Admin.PutAsync("/api/roles/exporter", change)).Expect(200);

            (await clerk.GetAsync($"/api/exports/{id}/file")).Status.Should().BeOneOf([403, 409]);
        }
    }

    private static object Every(string slice) => Grant(slice, "*", "all");

    private static object Grant(string slice, string verb, string scope) => new { slice, verb, scopes = (string[])[scope] };

    private async Task<string> RoleAsync(string key, params object[] grants)
    {
        (await Admin.PutAsync($"/api/roles/{key}", new { name = key, grants })).Expect(200);
        return key;
    }

    private async Task<ApiClient> PersonAsync(string role, params object[] grants) => (await Tenant.NewPersonAsync($"{role}-{Guid.NewGuid():N}"[..20], await RoleAsync(role, grants))).Client;
}
