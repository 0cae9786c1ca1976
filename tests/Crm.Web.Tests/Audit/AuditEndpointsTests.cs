using Crm.Silo.Audit;

namespace Crm.Web.Tests.Audit;

/// <summary>The trail of what was done and looked at, and what can be made of it (SEC-02, SEC-04).</summary>
public sealed class AuditEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task The_journal_is_searched_by_person_record_and_field()
    {
        var lead = (await Sales.PostAsync("/api/leads", new { name = "王伟", note = "first" })).Expect(201).Id;
        (await Sales.PostAsync($"/api/leads/{lead}/amend", new { note = "second" })).Expect(200);
        (await Admin.PostAsync($"/api/leads/{lead}/amend", new { company = "腾讯" })).Expect(200);

        var byRecord = (await Admin.GetAsync($"/api/audit?record={lead}")).Json.Items();
        byRecord.Select(item => item.GetProperty("entry").Text("type")).Should().Equal("lead-amended-v1", "lead-amended-v1", "lead-captured-v1");
        byRecord[0].Text("recordName").Should().Be("王伟");
        var byField = (await Admin.GetAsync("/api/audit?kind=lead&field=note")).Json.Items().Should().ContainSingle().Subject;
        var change = byField.GetProperty("entry").GetProperty("changes")[0];
        (change.Text("from"), change.Text("to")).Should().Be(("first", "second"));
        (await Admin.GetAsync($"/api/audit?kind=lead&person={Tenant.Sales.Id}")).Json.Items().Should().HaveCount(2);
        (await Admin.GetAsync("/api/audit?kind=lead&to=2020-01-01T00:00:00Z")).Json.Items().Should().BeEmpty();
        var page = (await Admin.GetAsync($"/api/audit?record={lead}&limit=2")).Json;
        (await Admin.GetAsync($"/api/audit?record={lead}&limit=2&cursor={page.Text("next")}")).Json.Items().Should().ContainSingle();
        (await Admin.GetAsync("/api/audit?kind=unknown")).ExpectProblem(400, "query-invalid", "kind");
        (await Admin.GetAsync("/api/audit?from=yesterday")).ExpectProblem(400, "query-invalid", "from");
    }

    [Fact]
    public async Task Where_the_chain_ended_is_listed_and_what_differs_is_named()
    {
        (await Admin.GetAsync("/api/audit/anchors")).Expect(200).Json.Items().Should().BeEmpty();
        await App.Silo.Anchors.WriteAsync(CancellationToken.None);
        (await Admin.PostAsync("/api/leads", new { name = "later" })).Expect(201);
        var head = Tenant.Head;

        foreach (var chain in (string[])["false", "true"])
        {
            var told = (await Admin.GetAsync($"/api/audit/anchors?chain={chain}")).Expect(200).Json;
            var anchor = told.Items().Should().ContainSingle().Subject;
            anchor.GetProperty("position").GetInt64().Should().Be(head - 1);
            anchor.Text("hash").Should().MatchRegex("^[0-9a-f]{64}$");
            told.IsNull("fault").Should().BeTrue();
            (told.GetProperty("head").GetInt64(), told.GetProperty("wholeChain").GetBoolean()).Should().Be((head, chain == "true"));
        }

        // what a journal that was written anew could not know: the copy that somebody kept of another one
        await File.AppendAllTextAsync(Path.Combine(App.Folder, "data", Anchors.FileName), $"2026-11-22T10:00:00Z {Tenant.Key} {head} {new string('0', 64)}\n");
        var fault = (await Admin.GetAsync("/api/audit/anchors")).Expect(200).Json.GetProperty("fault");
        fault.GetProperty("position").GetInt64().Should().Be(head);
        fault.Text("reason").Should().Be("the anchor of 2026-11-22T10:00:00Z says that it was another");

        (await Admin.GetAsync("/api/audit/anchors?chain=yes")).ExpectProblem(400, "query-invalid", "chain");
        (await Sales.GetAsync("/api/audit/anchors")).ExpectProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_field_is_restored_by_the_record_s_own_amending()
    {
        (await Admin.PostAsync("/api/fields/leads/add", new { label = new { en = "A" }, type = "text" })).Expect(200);
        var lead = (await Sales.PostAsync("/api/leads", new { name = "王伟", note = "first", custom = new { a = "1" } })).Expect(201).Id;
        (await Sales.PostAsync($"/api/leads/{lead}/amend", new { note = "second", custom = new { a = "2" } })).Expect(200);

        (await Sales.PostAsync($"/api/leads/{lead}/restore", new { field = "note", version = 1 })).Expect(200).Version.Should().Be(3);
        (await Sales.PostAsync($"/api/leads/{lead}/restore", new { field = "custom.a", version = 1 })).Expect(200);

        var card = (await Sales.GetAsync($"/api/leads/{lead}")).Json;
        card.Text("note").Should().Be("first");
        card.GetProperty("custom").Text("a").Should().Be("1");
        (await Sales.PostAsync($"/api/leads/{lead}/restore", new { field = "status", version = 1 })).ExpectProblem(422, "field-not-restorable", "field");
        (await Sales.PostAsync($"/api/leads/{lead}/restore", new { field = "note", version = 9 })).ExpectProblem(422, "version-unknown", "version");
        (await Tenant.OtherSales.Client.PostAsync($"/api/leads/{lead}/restore", new { field = "note", version = 1 })).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task Searches_and_refused_tries_are_noted_with_who_from_where_and_by_which_door()
    {
        var foreign = (await Admin.PostAsync("/api/leads", new { name = "x", ownerId = Tenant.OtherSales.Id })).Expect(201).Id;
        (await Sales.GetAsync("/api/leads?q=腾讯")).Expect(200);
        (await Sales.GetAsync($"/api/leads/{foreign}")).Expect(404);
        await App.Silo.AccessNotes.FlushAsync(CancellationToken.None);

        var notes = (await Admin.GetAsync($"/api/audit?kind=accesslog&person={Tenant.Sales.Id}")).Json.Items()
            .SelectMany(item => item.GetProperty("entry").GetProperty("data").Items("notes")).ToList();

        var search = notes.Single(note => note.Text("type") == "search");
        (search.Text("slice"), search.Text("detail"), search.Text("via")).Should().Be(("leads", "腾讯", "session"));
        search.Text("from").Should().NotBeNullOrEmpty();
        notes.Single(note => note.Text("type") == "refused").GetProperty("recordId").GetGuid().Should().Be(foreign);
    }

    [Fact]
    public async Task The_report_counts_exports_refusals_and_changes_of_rights()
    {
        (await Sales.PostAsync("/api/leads/export")).ExpectProblem(403, "export-forbidden");
        (await Sales.GetAsync("/api/audit")).Expect(403);

        // what was refused is noted once it is answered
        var lines = await Eventually.GetAsync(
            async () =>
            {
                await App.Silo.AccessNotes.FlushAsync(CancellationToken.None);
                return (await Admin.GetAsync("/api/audit/report")).Json.Items("lines");
            },
            found => found.Any(line => line.Text("topic") == "refusals" && line.Text("item") == "refused"),
            "the refusal in the report");

        lines.Should().Contain(line => line.Text("topic") == "exports" && line.Text("item") == "export-denied-v1" && line.GetProperty("count").GetInt64() == 1);
        lines.Should().Contain(line => line.Text("topic") == "refusals" && line.Text("item") == "refused");
        lines.Should().Contain(line => line.Text("topic") == "rights" && line.Text("item") == "user-registered-v1" && line.GetProperty("count").GetInt64() == 3);
        var csv = (await Admin.GetAsync("/api/audit/report?format=csv")).Expect(200);
        csv.ContentType.Should().Be("text/csv; charset=utf-8");
        csv.Text.Should().Contain("topic,item,count,people").And.Contain("exports,export-denied-v1,1,1");
        (await Admin.GetAsync("/api/audit/report?from=2020-01-01T00:00:00Z")).ExpectProblem(400, "query-invalid", "to");
    }
}
