using System.Text;
using Crm.Silo.Tests.Imports.Files;

namespace Crm.Web.Tests.Imports;

/// <summary>An import as a user of the API sees it, from the file to its undo.</summary>
public sealed class ImportEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    private const string Three = "姓名,公司,手机,来源\n王小明,海河软件,13800138000,展会\n李四,长江机械,13900139000,\n赵六,黄河钢铁,abc,\n";

    [Fact]
    public async Task A_csv_becomes_leads_and_every_refused_row_says_where_and_why()
    {
        var import = await Admin.ImportAsync(Three);

        import.Counts().Should().Be((3, 2, 0, 1));
        import.GetProperty("total").GetInt32().Should().Be(3);
        var problem = import.Items("problems").Should().ContainSingle().Which;
        problem.GetProperty("row").GetInt32().Should().Be(4);
        problem.Text("column").Should().Be("手机");
        problem.Text("value").Should().Be("abc");
        problem.Text("message").Should().NotBeNullOrEmpty();
        var leads = await Admin.LeadsAsync();
        leads.Select(lead => (lead.Text("name"), lead.Text("source"), lead.Text("importId"))).Should()
            .BeEquivalentTo([("王小明", "exhibition", import.Text("id")), ("李四", "import", import.Text("id"))]);
    }

    [Fact]
    public async Task A_workbook_becomes_leads_too()
    {
        var file = await new XlsxBuilder().WithTexts(["姓名", "公司", "手机"], ["王小明", "海河软件", "13800138000"], ["李四", "长江机械", "13900139000"]).BuildAsync();

        var preview = (await Admin.PreviewAsync(file, "leads.xlsx")).Expect(200).Json;
        var import = await Admin.EndOfAsync((await Admin.UploadAsync(file, "leads.xlsx")).Expect(202).Id);

        preview.GetProperty("rowCount").GetInt32().Should().Be(2);
        import.Counts().Should().Be((2, 2, 0, 0));
        (await Admin.LeadsAsync()).Select(lead => lead.Text("mobile")).Should().BeEquivalentTo("13800138000", "13900139000");
    }

    [Fact]
    public async Task A_preview_shows_columns_rows_and_a_mapping_and_keeps_nothing()
    {
        (await Admin.PostAsync("/api/fields/leads/add", new { label = new { zh = "行业" }, type = "text", key = "industry" })).Expect(200);
        var head = Tenant.Head;

        var preview = (await Admin.PreviewAsync(Encoding.UTF8.GetBytes("姓名,公司,行业\n王小明,海河软件,软件\n"))).Expect(200).Json;

        preview.Items("columns").Select(column => column.GetString()).Should().Equal("姓名", "公司", "行业");
        preview.Items("rows").Single().EnumerateArray().Select(cell => cell.GetString()).Should().Equal("王小明", "海河软件", "软件");
        preview.GetProperty("mapping").Text("姓名").Should().Be("name");
        preview.GetProperty("mapping").Text("行业").Should().Be("custom.industry");
        preview.Items("fields").Select(field => field.GetString()).Should().Contain(["name", "company", "mobile", "custom.industry"]);
        Tenant.Head.Should().Be(head);
    }

    [Fact]
    public async Task A_mapping_says_which_column_is_what()
    {
        var import = await Admin.ImportAsync("a,b,c\n王小明,海河软件,x\n", ("mapping", """{"a":"company","b":"name","c":null}"""), ("source", "conference"), ("ownerId", Tenant.Sales.Id.ToString()));

        import.Counts().Should().Be((1, 1, 0, 0));
        var lead = (await Sales.LeadsAsync()).Single();
        (lead.Text("name"), lead.Text("company"), lead.Text("source"), lead.Text("ownerId")).Should().Be(("海河软件", "王小明", "conference", Tenant.Sales.Id.ToString()));
        lead.GetProperty("custom").EnumerateObject().Should().BeEmpty();
    }

    [Theory]
    [InlineData("{", 400, "json-invalid")]
    [InlineData("""{"姓名":"name","公司":"name"}""", 422, "mapping-invalid")]
    [InlineData("""{"姓名":null,"公司":null}""", 422, "mapping-invalid")]
    [InlineData("""{"姓名":"salary"}""", 422, "mapping-invalid")]
    public async Task A_mapping_that_makes_no_leads_is_refused(string mapping, int status, string code) =>
        (await Admin.UploadAsync("姓名,公司\n王小明,海河软件\n", "leads.csv", ("mapping", mapping))).ExpectProblem(status, code, "mapping");

    [Fact]
    public async Task Row_60_rows_of_a_lead_that_is_there_are_merged_into_it_however_they_are_written()
    {
        var known = (await Admin.PostAsync("/api/leads", new { name = "Ada", email = "ada@example.com" })).Expect(201).Id;
        var company = (await Admin.PostAsync("/api/leads", new { name = "赵六", company = "腾讯（深圳）有限公司" })).Expect(201).Id;

        var import = await Admin.ImportAsync("name,email,company\nAda L, ADA@Example.com ,\n赵六六,,腾讯(深圳) 有限公司\n");

        import.Counts().Should().Be((2, 0, 2, 0));
        foreach (var id in (Guid[])[known, company])
        {
            (await Admin.GetAsync($"/api/leads/{id}")).Expect(200).Json.GetProperty("captures").GetInt32().Should().Be(2);
        }

        (await Admin.LeadsAsync()).Should().HaveCount(2);
    }

    [Fact]
    public async Task The_error_file_has_every_refused_row_with_its_column_and_reason()
    {
        var text = new StringBuilder("姓名,手机\n");
        for (var row = 0; row < 120; row++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"第{row}人,=bad{row}\n");
        }

        var import = await Admin.ImportAsync(text.ToString());
        var errors = (await Admin.GetAsync($"/api/imports/{import.Text("id")}/errors")).Expect(200);

        import.Items("problems").Should().HaveCount(100);
        errors.ContentType.Should().Be("text/csv; charset=utf-8");
        errors.Header("Content-Disposition").Should().StartWith("attachment");
        var lines = errors.Text.TrimStart('\uFEFF').Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        lines[0].Should().Be("row,column,reason,value,code");
        lines.Should().HaveCount(121);
        lines[1].Should().StartWith("2,手机,").And.Contain("'=bad0").And.NotContain(",=");
    }

    [Fact]
    public async Task Row_61_the_same_file_twice_creates_nothing()
    {
        var first = await Admin.ImportAsync(Three);
        var head = Tenant.Head;

        var second = (await Admin.UploadAsync(Three, "another name.csv")).ExpectProblem(409, "import-already-applied");

        second.Json.Text("existingId").Should().Be(first.Text("id"));
        Tenant.Head.Should().Be(head);
    }

    [Fact]
    public async Task The_same_request_twice_is_one_import_and_its_key_with_another_file_is_refused()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = (await Admin.PostAsync("/api/imports", Uploads.Form(Encoding.UTF8.GetBytes(Three), "leads.csv"), key)).Expect(202).Id;

        (await Admin.PostAsync("/api/imports", Uploads.Form(Encoding.UTF8.GetBytes(Three), "leads.csv"), key)).Expect(202).Id.Should().Be(first);
        (await Admin.PostAsync("/api/imports", Uploads.Form("姓名\n别人\n"u8.ToArray(), "leads.csv"), key)).ExpectProblem(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task An_undo_takes_back_what_nobody_has_touched_and_the_file_may_come_again()
    {
        var import = await Admin.ImportAsync("姓名,公司\n王小明,海河软件\n李四,长江机械\n赵六,黄河钢铁\n");
        var touched = (await Admin.LeadsAsync()).Single(lead => lead.Text("name") == "李四").Text("id");
        (await Admin.PostAsync($"/api/leads/{touched}/amend", new { note = "spoken to" })).Expect(200);

        (await Admin.PostAsync($"/api/imports/{import.Text("id")}/undo")).Expect(202);
        var undone = await Admin.EndOfAsync(Guid.Parse(import.Text("id")!), "undone"); // an import has an id

        undone.GetProperty("kept").GetInt32().Should().Be(1);
        (await Admin.LeadsAsync()).Should().ContainSingle().Which.Text("id").Should().Be(touched);
        (await Admin.ImportAsync("姓名,公司\n王小明,海河软件\n李四,长江机械\n赵六,黄河钢铁\n")).Counts().Should().Be((3, 2, 1, 0));
    }

    [Fact]
    public async Task A_salesperson_imports_nothing_and_another_tenant_sees_nothing_of_an_import()
    {
        var import = (await Admin.ImportAsync(Three)).Text("id");
        var stranger = (await App.NewTenantAsync()).Admin;

        (await Sales.UploadAsync(Three)).Expect(403);
        (await Sales.GetAsync($"/api/imports/{import}/errors")).Expect(403);
        (await stranger.GetAsync($"/api/imports/{import}")).Expect(404);
        (await stranger.GetAsync($"/api/imports/{import}/errors")).Expect(404);
        (await stranger.PostAsync($"/api/imports/{import}/undo")).Expect(404);
        (await stranger.UploadAsync(Three)).Expect(202);
    }

    [Fact]
    public async Task An_owner_who_is_not_there_is_refused() =>
        (await Admin.UploadAsync(Three, "leads.csv", ("ownerId", Guid.NewGuid().ToString()))).ExpectProblem(422, "reference-not-found", "ownerId");
}
