using System.Text.Json;

namespace Crm.Web.Tests.Leads;

/// <summary>The lead's requests and answers, field by field: scripts outside this repository rely on them.</summary>
public sealed class LeadEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    private static readonly object Everything = new
    {
        name = "王小明",
        company = "深圳市腾讯计算机系统有限公司",
        mobile = "13800138000",
        email = "xiaoming@example.com",
        source = "exhibition",
        region = "华南",
        product = "企业版",
        note = "展会上聊过",
    };

    [Fact]
    public async Task A_new_lead_answers_201_with_id_and_version()
    {
        var created = (await Admin.PostAsync("/api/leads", Everything)).Expect(201);

        created.Json.FieldNames().Should().Equal("id", "version");
        created.Id.Version.Should().Be(7);
        created.Version.Should().Be(1);
        created.Header("ETag").Should().Be("\"1\"");
        created.ContentType.Should().Be("application/json; charset=utf-8");
    }

    [Fact]
    public async Task A_lead_is_read_back_with_every_field_present()
    {
        var id = (await Admin.PostAsync("/api/leads", Everything)).Expect(201).Id;

        var lead = (await Admin.GetAsync($"/api/leads/{id}")).Expect(200).Json;

        lead.FieldNames().Should().BeEquivalentTo(
            "id", "version", "name", "company", "mobile", "email", "source", "region", "product", "note", "custom", "status", "ruledOutReason", "ownerId",
            "captures", "nextStep", "overdue", "lastActivityAt", "createdAt", "updatedAt", "customerId", "contactId", "opportunityId", "importId");
        lead.GetProperty("id").GetGuid().Should().Be(id);
        lead.Text("name").Should().Be("王小明");
        lead.Text("company").Should().Be("深圳市腾讯计算机系统有限公司");
        lead.Text("mobile").Should().Be("13800138000");
        lead.Text("email").Should().Be("xiaoming@example.com");
        lead.Text("source").Should().Be("exhibition");
        lead.Text("region").Should().Be("华南");
        lead.Text("product").Should().Be("企业版");
        lead.Text("note").Should().Be("展会上聊过");
        lead.GetProperty("custom").EnumerateObject().Should().BeEmpty();
        lead.Text("status").Should().Be("open");
        lead.GetProperty("captures").GetInt32().Should().Be(1);
        lead.GetProperty("overdue").GetBoolean().Should().BeFalse();
        lead.Text("createdAt").Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$").And.Be(lead.Text("updatedAt"));
        foreach (var absent in (string[])["ruledOutReason", "ownerId", "nextStep", "lastActivityAt", "customerId", "contactId", "opportunityId", "importId"])
        {
            lead.IsNull(absent).Should().BeTrue(absent);
        }
    }

    [Fact]
    public async Task V11_the_same_company_and_product_is_one_lead_with_two_sources_another_product_is_a_second_lead()
    {
        var first = (await Admin.PostAsync("/api/leads", new { name = "A", company = "Acme Ltd", product = "CRM", source = "website" })).Expect(201);

        var again = (await Admin.PostAsync("/api/leads", new { name = "B", company = "ACME ltd.", product = "crm", source = "wechat", email = "a@example.com" })).Expect(200);
        var other = (await Admin.PostAsync("/api/leads", new { name = "A", company = "Acme Ltd", product = "ERP" })).Expect(201);

        again.Json.FieldNames().Should().Equal("id", "version", "duplicate");
        again.Id.Should().Be(first.Id);
        again.Version.Should().Be(2);
        again.Json.GetProperty("duplicate").GetBoolean().Should().BeTrue();
        other.Id.Should().NotBe(first.Id);
        var lead = (await Admin.GetAsync($"/api/leads/{first.Id}")).Json;
        lead.GetProperty("captures").GetInt32().Should().Be(2);
        lead.Text("name").Should().Be("A");
        lead.Text("email").Should().Be("a@example.com", "what was missing is filled in");
        var sources = (await Admin.GetAsync($"/api/leads/{first.Id}/timeline")).Json.Items().Select(entry => entry.GetProperty("data").ToString());
        sources.Should().HaveCount(2).And.Contain(data => data.Contains("wechat", StringComparison.Ordinal)).And.Contain(data => data.Contains("website", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_mobile_is_the_same_lead_however_it_is_written()
    {
        var first = (await Admin.PostAsync("/api/leads", new { name = "A", mobile = "138 0013 8000" })).Expect(201);

        (await Admin.PostAsync("/api/leads", new { name = "B", mobile = "+86-13800138000" })).Expect(200).Id.Should().Be(first.Id);
        (await Admin.PostAsync("/api/leads", new { name = "B", mobile = "13800138000", product = "X" })).Expect(201);
    }

    [Fact]
    public async Task A_thousand_captures_at_once_are_one_lead()
    {
        var admin = Admin.InParallel();

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i =>
            admin.PostAsync("/api/leads", new { name = $"Caller {i}", company = "华为技术有限公司", product = "企业版", source = "website" })));

        answers.Count(answer => answer.Status == 201).Should().Be(1);
        answers.Count(answer => answer.Status == 200 && answer.Json.GetProperty("duplicate").GetBoolean()).Should().Be(999);
        answers.Select(answer => answer.Id).Distinct().Should().ContainSingle();
        answers.Select(answer => answer.Version).Order().Should().Equal(Enumerable.Range(1, 1_000).Select(version => (long)version));
        var list = (await Admin.GetAsync("/api/leads?total=true")).Json;
        list.GetProperty("total").GetInt32().Should().Be(1);
        list.Items()[0].GetProperty("captures").GetInt32().Should().Be(1_000);
    }

    [Fact]
    public async Task Amend_changes_what_is_named_clears_with_null_and_leaves_the_rest()
    {
        (await Admin.PostAsync("/api/fields/leads/add", new { label = new { en = "Score" }, type = "text" })).Expect(200);
        var id = (await Admin.PostAsync("/api/leads", Everything)).Expect(201).Id;

        var amended = (await Admin.PostAsync($"/api/leads/{id}/amend", """{"region":"华东","note":null,"custom":{"score":"7"}}""")).Expect(200);

        amended.Json.FieldNames().Should().Equal("id", "version");
        amended.Version.Should().Be(2);
        var lead = (await Admin.GetAsync($"/api/leads/{id}")).Json;
        lead.Text("region").Should().Be("华东");
        lead.IsNull("note").Should().BeTrue();
        lead.Text("company").Should().Be("深圳市腾讯计算机系统有限公司");
        lead.GetProperty("custom").Text("score").Should().Be("7");
        (await Admin.PostAsync($"/api/leads/{id}/amend", """{"region":"华东"}""")).Expect(200).Version.Should().Be(2, "it was so already");
    }

    [Fact]
    public async Task Amending_into_another_leads_keys_is_refused_and_names_it()
    {
        var first = (await Admin.PostAsync("/api/leads", new { name = "A", company = "Acme" })).Expect(201).Id;
        var second = (await Admin.PostAsync("/api/leads", new { name = "B", company = "Bolt" })).Expect(201).Id;

        var refused = (await Admin.PostAsync($"/api/leads/{second}/amend", new { company = "acme" })).ExpectProblem(409, "lead-duplicate");

        refused.Json.GetProperty("existingId").GetGuid().Should().Be(first);
        (await Admin.GetAsync($"/api/leads/{second}")).Json.Text("company").Should().Be("Bolt");
    }

    [Fact]
    public async Task A_lead_goes_through_its_life()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "A", company = "Acme" })).Expect(201).Id;
        await TellAsync(id, "assign", new { ownerId = Tenant.Sales.Id });
        await TellAsync(id, "log-activity", new { type = "call", text = "interested", happenedAt = "2026-01-02T10:00:00+08:00" });
        await TellAsync(id, "plan-step", new { text = "send the offer", dueAt = DateTimeOffset.UtcNow.AddDays(2).ToString("O") });
        (await Admin.GetAsync($"/api/leads/{id}")).Json.GetProperty("nextStep").Text("text").Should().Be("send the offer");
        await TellAsync(id, "complete-step", new { outcome = "sent" });
        (await Admin.PostAsync($"/api/leads/{id}/complete-step")).ExpectProblem(409, "no-step-planned");
        await TellAsync(id, "qualify", null);
        (await Admin.GetAsync($"/api/leads/{id}")).Json.Text("status").Should().Be("qualified");
        await TellAsync(id, "rule-out", new { reason = "no-intent" });
        var ruledOut = (await Admin.GetAsync($"/api/leads/{id}")).Json;
        (ruledOut.Text("status"), ruledOut.Text("ruledOutReason")).Should().Be(("ruled-out", "no-intent"));
        (await Admin.PostAsync($"/api/leads/{id}/amend", new { note = "x" })).ExpectProblem(409, "state-conflict");
        await TellAsync(id, "reopen", null);

        var lead = (await Admin.GetAsync($"/api/leads/{id}")).Json;
        lead.Text("status").Should().Be("open");
        lead.IsNull("ruledOutReason").Should().BeTrue();
        lead.GetProperty("ownerId").GetGuid().Should().Be(Tenant.Sales.Id);
        lead.IsNull("nextStep").Should().BeTrue();
        (await Admin.PostAsync($"/api/leads/{id}/reopen")).ExpectProblem(409, "state-conflict");
    }

    [Fact]
    public async Task The_timeline_says_who_changed_what_from_what_to_what_newest_first()
    {
        var id = (await Sales.PostAsync("/api/leads", new { name = "A", company = "Acme", region = "north" })).Expect(201).Id;
        (await Sales.PostAsync($"/api/leads/{id}/amend", new { region = "south", mobile = "13800138000" })).Expect(200);
        (await Sales.PostAsync($"/api/leads/{id}/log-activity", """{"type":"visit","text":"met them"}""")).Expect(200);
        (await Admin.PostAsync($"/api/leads/{id}/assign", new { ownerId = Tenant.OtherSales.Id })).Expect(200);

        var entries = (await Admin.GetAsync($"/api/leads/{id}/timeline")).Expect(200).Json.Items();

        entries.Select(entry => entry.Text("type")).Should().Equal("lead-assigned-v1", "lead-activity-logged-v1", "lead-amended-v1", "lead-captured-v1");
        entries.Select(entry => entry.GetProperty("version").GetInt64()).Should().Equal(4, 3, 2, 1);
        entries.Select(entry => entry.GetProperty("position").GetInt64()).Should().BeInDescendingOrder();
        entries.Should().AllSatisfy(entry => entry.FieldNames().Should().Equal("version", "position", "at", "by", "type", "changes", "activity", "data"));
        Changes(entries[2]).Should().BeEquivalentTo(["region: north → south", "mobile:  → 13800138000"]);
        Changes(entries[0]).Should().Equal($"ownerId: {Tenant.Sales.Id} → {Tenant.OtherSales.Id}");
        (entries[1].GetProperty("activity").Text("type"), entries[1].GetProperty("activity").Text("text")).Should().Be(("visit", "met them"));
        var by = entries[2].GetProperty("by");
        (by.Text("kind"), by.GetProperty("id").GetGuid(), by.Text("name")).Should().Be(("user", Tenant.Sales.Id, "sales"));
        (entries[0].GetProperty("by").Text("kind"), entries[0].GetProperty("by").Text("name")).Should().Be(("key", "admin key"));
    }

    [Fact]
    public async Task The_timeline_is_read_in_pages()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "A" })).Expect(201).Id;
        for (var i = 0; i < 6; i++)
        {
            (await Admin.PostAsync($"/api/leads/{id}/log-activity", new { type = "note", text = $"note {i}" })).Expect(200);
        }

        var versions = new List<long>();
        string? cursor = null;
        do
        {
            var page = (await Admin.GetAsync($"/api/leads/{id}/timeline?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(200).Json;
            versions.AddRange(page.Items().Select(entry => entry.GetProperty("version").GetInt64()));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        versions.Should().Equal(7, 6, 5, 4, 3, 2, 1);
    }

    [Fact]
    public async Task A_cursor_of_another_records_timeline_is_refused()
    {
        var first = (await Admin.PostAsync("/api/leads", new { name = "A" })).Expect(201).Id;
        var second = (await Admin.PostAsync("/api/leads", new { name = "B" })).Expect(201).Id;
        var position = (await Admin.GetAsync($"/api/leads/{first}/timeline")).Json.Items()[0].GetProperty("position").GetInt64();

        (await Admin.GetAsync($"/api/leads/{second}/timeline?cursor={position}")).ExpectProblem(400, "cursor-invalid", "cursor");
        (await Admin.GetAsync($"/api/leads/{second}/timeline?cursor=abc")).ExpectProblem(400, "cursor-invalid", "cursor");
    }

    [Fact]
    public async Task Many_leads_are_assigned_at_once_and_each_says_how_it_went()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await Admin.PostAsync("/api/leads", new { name = $"Lead {i}" })).Expect(201).Id);
        }

        var stranger = Guid.CreateVersion7();
        var batch = new { ids = (Guid[])[.. ids, stranger], ownerId = Tenant.Sales.Id };
        var answer = (await Admin.PostAsync("/api/leads/assign", batch, ("Idempotency-Key", "batch-1"))).Expect(200);

        var results = answer.Json.Items("results");
        results.Select(result => result.GetProperty("id").GetGuid()).Should().Equal(batch.ids);
        results.Take(3).Should().AllSatisfy(result => result.GetProperty("version").GetInt64().Should().Be(2));
        results[3].Text("code").Should().Be("not-found");
        (await Admin.PostAsync("/api/leads/assign", batch, ("Idempotency-Key", "batch-1"))).Expect(200).Text.Should().Be(answer.Text);
        (await Sales.GetAsync("/api/leads?filter=ownerId pr&total=true")).Json.GetProperty("total").GetInt32().Should().Be(3);
    }

    [Fact]
    public async Task A_repeated_capture_with_the_same_key_is_the_first_answer_again()
    {
        var first = (await Admin.PostAsync("/api/leads", Everything, ("Idempotency-Key", "k-1"))).Expect(201);

        var again = (await Admin.PostAsync("/api/leads", Everything, ("Idempotency-Key", "k-1"))).Expect(201);

        again.Text.Should().Be(first.Text);
        Tenant.Head.Should().Be((await Admin.GetAsync($"/api/leads/{first.Id}/timeline")).Json.Items()[0].GetProperty("position").GetInt64());
    }

    [Fact]
    public async Task A_stale_version_changes_nothing()
    {
        var id = (await Admin.PostAsync("/api/leads", Everything)).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{id}/amend", new { region = "a" }, ("If-Match", "\"1\""))).Expect(200).Version.Should().Be(2);

        (await Admin.PostAsync($"/api/leads/{id}/amend", new { region = "b" }, ("If-Match", "\"1\""))).ExpectProblem(412, "version-conflict");

        (await Admin.GetAsync($"/api/leads/{id}")).Json.Text("region").Should().Be("a");
    }

    [Fact]
    public async Task What_sales_captures_is_its_own_and_what_it_captures_again_stays_with_its_owner()
    {
        var mine = (await Sales.PostAsync("/api/leads", new { name = "A", company = "Acme" })).Expect(201).Id;
        (await Sales.GetAsync($"/api/leads/{mine}")).Json.GetProperty("ownerId").GetGuid().Should().Be(Tenant.Sales.Id);

        (await Tenant.OtherSales.Client.PostAsync("/api/leads", new { name = "B", company = "Acme" })).Expect(200).Id.Should().Be(mine);

        (await Tenant.OtherSales.Client.GetAsync($"/api/leads/{mine}")).ExpectProblem(404, "not-found");
        (await Sales.GetAsync($"/api/leads/{mine}")).Json.GetProperty("ownerId").GetGuid().Should().Be(Tenant.Sales.Id);
    }

    private async Task TellAsync(Guid id, string verb, object? body) => (await Admin.PostAsync($"/api/leads/{id}/{verb}", body)).Expect(200);

    private static IEnumerable<string> Changes(JsonElement entry) =>
        entry.Items("changes").Select(change => $"{change.Text("field")}: {change.Text("from")} → {change.Text("to")}");
}
