using System.IO.Compression;
using Crm.Silo.Imports.Files;

namespace Crm.Web.Tests.Exports;

/// <summary>What leaves the house: who may take how much, what is in the file, and what is remembered of it (SEC-03, V15).</summary>
public sealed class ExportEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    private const string Strict = """{"approveAboveRows":1,"dailyRows":5,"windowMinutes":10,"leastRecords":300,"timesUsual":5,"step":"tell"}""";

    [Fact]
    public async Task A_salesperson_without_the_right_is_refused_recorded_and_reported_to_the_manager()
    {
        var manager = await Tenant.NewPersonAsync("manager", "sales-manager");
        (await Admin.PostAsync($"/api/users/{Tenant.Sales.Id}/amend", new { superiorId = manager.Id })).Expect(200);

        (await Sales.PostAsync("/api/leads/export", new { filter = "status eq \"open\"" })).ExpectProblem(403, "export-forbidden");
        (await Sales.PostAsync("/api/leads/export")).ExpectProblem(403, "export-forbidden");

        (await Admin.GetAsync("/api/exports?filter=status eq \"denied\"")).Json.Items().Should().OnlyContain(export => export.GetProperty("ownerId").GetGuid() == Tenant.Sales.Id).And.NotBeEmpty();
        var alert = (await manager.Client.GetAsync("/api/alerts")).Json.Items().Should().ContainSingle().Subject;
        alert.Text("type").Should().Be("export-forbidden");
        alert.GetProperty("personId").GetGuid().Should().Be(Tenant.Sales.Id);
        (await Tenant.OtherSales.Client.GetAsync("/api/alerts")).Json.Items().Should().BeEmpty();
    }

    [Fact]
    public async Task A_file_holds_what_the_list_shows_with_formulas_defused_and_a_mark_of_who_took_it()
    {
        await GrantAsync("own");
        (await Sales.PostAsync("/api/leads", new { name = "=HYPERLINK(\"http://x\")", mobile = "13800138000" })).Expect(201);
        (await Sales.PostAsync("/api/leads", new { name = "+1", company = "A,B" })).Expect(201);
        (await Admin.PostAsync("/api/leads", new { name = "not mine", ownerId = Tenant.OtherSales.Id })).Expect(201);

        var (id, file) = await ExportAsync(Sales, new { sort = "name", fields = "name,company,mobile" });

        file.ContentType.Should().Be("text/csv; charset=utf-8");
        file.Header("Content-Disposition").Should().StartWith("attachment; filename=\"leads-");
        var lines = file.Text.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(3, "a colleague's record is none of this person's business");
        lines[0].Should().StartWith("name,company,mobile,").And.Contain(Tenant.Key).And.Contain("sales").And.Contain(Tenant.Sales.Id.ToString()).And.Contain(id.ToString());
        file.Text.Should().Contain("'=HYPERLINK").And.Contain("'+1").And.NotContain("not mine");
        lines[1..].Should().OnlyContain(line => line.EndsWith(id.ToString("N"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_role_may_not_see_is_not_in_the_file()
    {
        await GrantAsync("all", """{"slice":"leads","field":"mobile","right":"masked"},{"slice":"leads","field":"note","right":"hidden"}""");
        (await Admin.PostAsync("/api/leads", new { name = "x", mobile = "13800138000", note = "CANARY-NOTE" })).Expect(201);

        var (_, file) = await ExportAsync(Sales, new { });

        file.Text.Should().Contain("****8000").And.NotContain("13800138000").And.NotContain("CANARY-NOTE").And.NotContain("note,");
        (await Sales.PostAsync("/api/leads/export", new { filter = "mobile eq \"13800138000\"" })).ExpectProblem(403, "field-forbidden");
    }

    [Fact]
    public async Task An_xlsx_file_has_texts_only_and_can_be_read_back()
    {
        (await Admin.PostAsync("/api/leads", new { name = "=1+1", company = "腾讯 <&>" })).Expect(201);

        var (_, file) = await ExportAsync(Admin, new { format = "xlsx", fields = "name,company" });

        using var zip = new ZipArchive(new MemoryStream(file.Bytes));
        using var sheet = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open()); // every workbook has one
        var xml = await sheet.ReadToEndAsync();
        xml.Should().NotContain("<f>").And.Contain("'=1+1");
        var opened = await TableFile.OpenAsync(new MemoryStream(file.Bytes), "x.xlsx", TableFileLimits.Default, CancellationToken.None);
        using var reader = opened.Reader!; // our own file is readable
        reader.Read(out var row).Should().BeTrue();
        row!.Cells[..2].Should().Equal("=1+1", "腾讯 <&>"); // read in the line above
    }

    [Fact]
    public async Task A_large_export_waits_for_somebody_else()
    {
        (await Admin.PutAsync("/api/policies", Strict)).Expect(200);
        await LeadsAsync(2);

        var export = (await Admin.PostAsync("/api/leads/export")).Expect(202);
        export.Json.Text("status").Should().Be("waiting");
        (await Admin.GetAsync($"/api/exports/{export.Id}/file")).ExpectProblem(409, "export-not-ready");
        (await Admin.PostAsync($"/api/exports/{export.Id}/approve")).ExpectProblem(403, "export-own");
        (await Tenant.Boss.Client.PostAsync($"/api/exports/{export.Id}/approve")).Expect(200);

        await DoneAsync(Admin, export.Id);
        (await Tenant.Boss.Client.GetAsync($"/api/exports/{export.Id}/file")).ExpectProblem(404, "not-found");
        (await Admin.GetAsync($"/api/exports/{export.Id}/file")).Expect(200);
        (await Admin.GetAsync($"/api/exports/{export.Id}/timeline")).Json.Items().Select(item => item.Text("type"))
            .Should().Equal("export-downloaded-v1", "export-done-v1", "export-started-v1", "export-approved-v1", "export-requested-v1");
    }

    [Fact]
    public async Task A_third_export_at_once_and_more_rows_than_a_day_allows_are_refused()
    {
        (await Admin.PutAsync("/api/policies", Strict)).Expect(200);
        await LeadsAsync(3);

        var first = (await Admin.PostAsync("/api/leads/export")).Expect(202).Id;
        (await Admin.PostAsync("/api/leads/export")).ExpectProblem(429, "export-quota");
        (await Admin.PostAsync("/api/customers/export")).Expect(202);
        await Eventually.GetAsync(async () => (await Admin.GetAsync("/api/exports?filter=slice eq \"customers\"")).Json.Items().Single().Text("status"), status => status == "done", "the empty export to end");
        (await Tenant.Boss.Client.PostAsync($"/api/exports/{first}/refuse", new { reason = "why?" })).Expect(200);
        (await Admin.PutAsync("/api/policies", Strict.Replace("\"dailyRows\":5", "\"dailyRows\":50", StringComparison.Ordinal))).Expect(200);

        (await Admin.PostAsync("/api/leads/export")).Expect(202);
        (await Admin.PostAsync("/api/leads/export")).Expect(202);
        (await Admin.PostAsync("/api/leads/export")).ExpectProblem(429, "export-limit");
    }

    private async Task GrantAsync(string scope, string fields = "")
    {
        var role = $$"""{"name":"销售","grants":[{"slice":"leads","verb":"*","scopes":["{{scope}}"]},{"slice":"leads","verb":"export","scopes":["{{scope}}"]}],"fields":[{{fields}}]}""";
        (await Admin.PutAsync("/api/roles/sales", role)).Expect(200);
    }

    private async Task LeadsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            (await Admin.PostAsync("/api/leads", new { name = $"lead {i}" })).Expect(201);
        }
    }

    private static async Task<(Guid Id, ApiAnswer File)> ExportAsync(ApiClient client, object body)
    {
        var id = (await client.PostAsync("/api/leads/export", body)).Expect(202).Id;
        await DoneAsync(client, id);
        return (id, (await client.GetAsync($"/api/exports/{id}/file")).Expect(200));
    }

    private static Task<string?> DoneAsync(ApiClient client, Guid id) =>
        Eventually.GetAsync(async () => (await client.GetAsync($"/api/exports/{id}")).Json.Text("status"), status => status == "done", "the export to end");
}
