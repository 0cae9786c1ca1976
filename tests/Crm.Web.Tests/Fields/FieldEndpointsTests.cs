using System.Text.Json;
using Crm.Web.Tests.Imports;

namespace Crm.Web.Tests.Fields;

public sealed class FieldEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task A_field_is_there_as_soon_as_it_is_defined_filled_filtered_sorted_and_searched()
    {
        await DefineAsync();
        var ids = new List<Guid>();
        foreach (var (name, budget, seats, level) in new[] { ("Ada", 100m, 4, "gold"), ("Bob", 90m, 2, "Silver"), ("陈静", 500m, 10, "gold") })
        {
            ids.Add((await Sales.PostAsync("/api/leads", new { name, custom = new { nick = $"nick {name}", budget = new { amount = $"{budget:0.00}", currency = "CNY" }, seats, level, due = "2026-12-31", tags = new[] { "x", "y" }, site = "https://example.com", buyer = Tenant.Sales.Id } })).Expect(201).Id);
        }

        var card = (await Sales.GetAsync($"/api/leads/{ids[0]}")).Json.GetProperty("custom");
        card.GetProperty("budget").Text("amount").Should().Be("100.00");
        card.GetProperty("seats").GetDecimal().Should().Be(4);
        card.Text("level").Should().Be("gold");
        card.Items("tags").Select(tag => tag.GetString()).Should().Equal("x", "y");
        card.GetProperty("per_seat").Text("amount").Should().Be("25.00");
        card.Text("buyer").Should().Be(Tenant.Sales.Id.ToString());

        (await NamesAsync("filter=custom.budget ge 100")).Should().Equal("陈静", "Ada");
        (await NamesAsync("filter=custom.per_seat gt 45 and custom.level eq \"gold\"")).Should().Equal("陈静");
        (await NamesAsync("filter=custom.level eq \"silver\"")).Should().Equal("Bob");
        (await NamesAsync("filter=custom.tags eq \"y\" and custom.seats lt 3")).Should().Equal("Bob");
        (await NamesAsync("filter=not (custom.tags eq \"y\")")).Should().BeEmpty();
        (await NamesAsync("filter=custom.due eq \"2026-12-31\" and custom.site co \"EXAMPLE\"")).Should().HaveCount(3);
        (await NamesAsync($"filter=custom.buyer eq \"{Tenant.Sales.Id}\" and custom.nick sw \"nick b\"")).Should().Equal("Bob");
        (await NamesAsync("sort=-custom.budget")).Should().Equal("陈静", "Ada", "Bob");
        (await NamesAsync("sort=custom.nick")).Should().Equal("陈静", "Ada", "Bob");
        (await NamesAsync("q=nick 陈静")).Should().Equal("陈静");
        var first = (await Sales.GetAsync("/api/leads?sort=custom.seats&limit=2")).Expect(200).Json;
        first.Items().Select(item => item.Text("name")).Should().Equal("Bob", "Ada");
        (await Sales.GetAsync($"/api/leads?sort=custom.seats&limit=2&cursor={first.Text("next")}")).Json.Items().Single().Text("name").Should().Be("陈静");
        var part = (await Sales.GetAsync("/api/leads?fields=name,custom.level&sort=name")).Json.Items()[0];
        part.GetProperty("custom").FieldNames().Should().Equal("level");
        (await Sales.GetAsync("/api/leads?filter=custom.colour eq \"red\"")).ExpectProblem(400, "filter-invalid", "filter").Text.Should().Contain("custom.colour");
        (await Sales.GetAsync("/api/leads?sort=custom.tags")).ExpectProblem(400, "sort-invalid", "sort");
        (await Sales.GetAsync("/api/leads?fields=custom.colour")).ExpectProblem(400, "fields-invalid", "fields");
    }

    [Fact]
    public async Task The_timeline_says_who_changed_what_and_a_formula_follows()
    {
        await DefineAsync();
        var id = (await Sales.PostAsync("/api/leads", new { name = "Ada", custom = new { budget = 100, seats = 4 } })).Expect(201).Id;

        (await Sales.PostAsync($"/api/leads/{id}/amend", new { custom = new { seats = 8, budget = (string?)null } })).Expect(200);

        var changes = (await Sales.GetAsync($"/api/leads/{id}/timeline")).Json.Items().SelectMany(entry => entry.Items("changes")).Select(change => change.ToString());
        changes.Should().Contain("""{"field":"custom.seats","from":"4","to":"8"}""").And.Contain("""{"field":"custom.budget","from":"100.00 CNY","to":null}""").And.Contain("""{"field":"custom.per_seat","from":"25.00 CNY","to":null}""");
        (await Sales.PostAsync($"/api/leads/{id}/amend", new { custom = new { seats = 8 } })).Expect(200).Version.Should().Be(2, "it was so already");
    }

    [Fact]
    public async Task Bad_values_name_their_field_and_change_nothing()
    {
        await DefineAsync();
        var id = (await Admin.PostAsync("/api/leads", new { name = "Ada" })).Expect(201).Id;
        var head = Tenant.Head;
        foreach (var (custom, code) in new[]
        {
            ("""{"colour":"red"}""", "field-unknown"), ("""{"seats":"many"}""", "field-invalid"), ("""{"seats":1.123}""", "number-out-of-range"), ("""{"budget":"1 XYZ"}""", "currency-unknown"),
            ("""{"due":"tomorrow"}""", "date-invalid"), ("""{"level":"bronze"}""", "option-unknown"), ("""{"tags":["x","q"]}""", "option-unknown"), ("""{"site":"javascript:alert(1)"}""", "url-invalid"),
            ("""{"buyer":"01900000-0000-7000-8000-00000000000a"}""", "person-unknown"), ("""{"per_seat":1}""", "field-computed"),
        })
        {
            var field = $"custom.{JsonDocument.Parse(custom).RootElement.EnumerateObject().Single().Name}";
            (await Admin.PostAsync($"/api/leads/{id}/amend", $$"""{"custom":{{custom}}}""")).ExpectProblem(422, code, field);
            (await Admin.PostAsync("/api/leads", $$"""{"name":"x","custom":{{custom}}}""")).ExpectProblem(422, code, field);
        }

        Tenant.Head.Should().Be(head);
    }

    [Fact]
    public async Task What_is_required_is_asked_of_whoever_makes_a_record()
    {
        (await AddAsync("customers", new { label = new { en = "Tax class" }, type = "choice", required = true, options = new[] { new { label = new { en = "A" } } } })).Expect(200);

        (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "x" })).ExpectProblem(422, "field-required", "custom.tax_class");
        var id = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "x", custom = new { tax_class = "a" } })).Expect(201).Id;
        (await Admin.PostAsync($"/api/customers/{id}/amend", new { custom = new { tax_class = "" } })).ExpectProblem(422, "field-required", "custom.tax_class");
        (await Admin.PostAsync($"/api/customers/{id}/amend", new { note = "y" })).Expect(200);
        var lead = (await Admin.PostAsync("/api/leads", new { name = "Ada", company = "Acme" })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{lead}/convert", "{}")).Expect(200);
    }

    [Fact]
    public async Task A_new_formula_is_reckoned_for_the_records_that_are_there()
    {
        (await Admin.PostAsync("/api/opportunities", new { name = "CRM", pipeline = "simple", amount = 2000 })).Expect(201);

        (await AddAsync("opportunities", new { label = new { en = "Commission" }, type = "formula", expression = "amount * 0.05" })).Expect(200);

        await FoundAsync("custom.commission eq 100");
        (await Admin.PostAsync("/api/fields/opportunities/amend", new { key = "commission", expression = "amount * 0.1" })).Expect(200);
        await FoundAsync("custom.commission eq 200");

        Task FoundAsync(string filter) => Eventually.GetAsync(async () => (await Admin.GetAsync($"/api/opportunities?filter={filter}")).Expect(200).Json.Items(), items => items.Count == 1, filter);
    }

    [Fact]
    public async Task A_wrong_formula_is_refused_at_its_position()
    {
        (await AddAsync("leads", new { label = new { en = "Sum" }, type = "formula", expression = "captures + colour" })).ExpectProblem(422, "formula-invalid", "expression").Text.Should().Contain("At character 12");
        (await AddAsync("pipelines", new { label = new { en = "x" }, type = "text" })).ExpectProblem(404, "not-found");
        (await AddAsync("leads", new { label = new { en = "x" }, type = "text", slice = "customers" })).ExpectProblem(400, "unknown-field", "slice");
    }

    [Fact]
    public async Task A_hidden_field_is_nowhere_for_whom_it_is_hidden_from()
    {
        const string Canary = "canary7261";
        await DefineAsync();
        (await Admin.PutAsync("/api/roles/clerk", new
        {
            name = "clerk",
            grants = (object[])[new { slice = "leads", verb = "*", scopes = (string[])["all"] }, new { slice = "leads", verb = "export", scopes = (string[])["all"] }],
            fields = (object[])[new { slice = "leads", field = "custom.nick", right = "hidden" }, new { slice = "leads", field = "custom.site", right = "masked" }, new { slice = "leads", field = "custom.level", right = "read" }],
        })).Expect(200);
        var clerk = await Tenant.NewPersonAsync("clerk", "clerk");
        var id = (await Admin.PostAsync("/api/leads", new { name = "Ada", custom = new { nick = Canary, site = "https://example.com/secret", level = "gold", seats = 1 } })).Expect(201).Id;

        foreach (var path in new[] { "/api/leads", $"/api/leads/{id}", $"/api/leads/{id}/timeline", "/api/leads?sort=name&fields=custom", $"/api/leads?q={Canary}", $"/api/search?q={Canary}", "/api/fields", "/api/fields/leads" })
        {
            var answer = (await clerk.Client.GetAsync(path)).Expect(200);
            answer.Text.Should().NotContain(Canary).And.NotContain("\"nick\"").And.NotContain("https://example.com", path);
        }

        (await clerk.Client.GetAsync($"/api/leads/{id}")).Json.GetProperty("custom").Text("site").Should().Be("****cret");
        (await clerk.Client.GetAsync($"/api/leads?q={Canary}")).Json.Items().Should().BeEmpty();
        (await clerk.Client.GetAsync("/api/leads?filter=custom.nick pr")).ExpectProblem(403, "field-forbidden");
        (await clerk.Client.GetAsync("/api/leads?sort=custom.site")).ExpectProblem(403, "field-forbidden");
        (await clerk.Client.PostAsync($"/api/leads/{id}/amend", new { custom = new { nick = "x" } })).ExpectProblem(403, "field-forbidden", "custom.nick");
        (await clerk.Client.PostAsync($"/api/leads/{id}/amend", new { custom = new { level = "silver" } })).ExpectProblem(403, "field-forbidden", "custom.level");
        (await clerk.Client.PostAsync($"/api/leads/{id}/amend", new { custom = new { seats = 2 } })).Expect(200);
        (await clerk.Client.GetAsync("/api/leads?filter=custom.level eq \"gold\"")).Expect(200).Json.Items().Should().ContainSingle();
    }

    [Fact]
    public async Task Rows_of_a_file_fill_fields_and_refused_ones_name_column_and_reason()
    {
        await DefineAsync();

        var import = await Admin.ImportAsync("姓名,Budget,席位,级别,标签,Unknown\nAda,\"1,000 USD\",3,金,x、Y级,?\nBob,much,3,gold,,\nCid,1,3,bronze,,\n");

        import.Counts().Should().Be((3, 1, 0, 2));
        var lead = (await Admin.GetAsync("/api/leads?filter=custom.budget eq 1000")).Json.Items().Single().GetProperty("custom");
        lead.GetProperty("budget").Text("currency").Should().Be("USD");
        lead.GetProperty("per_seat").Text("amount").Should().Be("333.33");
        lead.Items("tags").Should().HaveCount(2);
        var problems = (await Admin.GetAsync($"/api/imports/{import.Text("id")}")).Json.Items("problems");
        problems.Select(problem => (problem.Text("column"), problem.Text("code"))).Should().Equal(("Budget", "field-invalid"), ("级别", "option-unknown"));
    }

    [Fact]
    public async Task Definitions_change_and_stay_as_their_rules_say()
    {
        await DefineAsync();
        (await Admin.PostAsync("/api/fields/leads/amend", new { key = "nick", label = new { zh = "昵称" } })).Expect(200);
        (await Admin.PostAsync("/api/fields/leads/add-option", new { key = "level", option = new { label = new { en = "Bronze" } } })).Expect(200);
        (await Admin.PostAsync("/api/fields/leads/retire-option", new { key = "level", option = "silver" })).Expect(200);
        (await Admin.PostAsync("/api/fields/leads/retire", new { key = "seats" })).ExpectProblem(409, "field-in-use", "key");
        (await Admin.PostAsync("/api/fields/leads/retire", new { key = "nick" })).Expect(200);
        (await Admin.PostAsync("/api/leads", new { name = "x", custom = new { nick = "x" } })).ExpectProblem(422, "field-unknown", "custom.nick");
        (await Admin.GetAsync("/api/leads?filter=custom.nick pr")).ExpectProblem(400, "filter-invalid", "filter");
        (await Sales.PostAsync("/api/fields/leads/restore", new { key = "nick" })).ExpectProblem(403, "forbidden");

        var book = (await Sales.GetAsync("/api/fields/leads")).Expect(200).Json;
        book.Items("fields")[0].GetProperty("label").Text("zh").Should().Be("昵称");
        book.Items("fields")[0].GetProperty("retired").GetBoolean().Should().BeTrue();
        (await Admin.GetAsync("/api/fields/leads/timeline")).Json.Items().SelectMany(entry => entry.Items("changes")).Select(change => change.Text("field"))
            .Should().Contain(["nick.label", "level.bronze", "level.silver.retired", "nick.retired"]);
        (await Admin.GetAsync("/api/roles/catalog")).Json.Items("slices").Single(slice => slice.Text("slice") == "leads").Items("fields").Select(field => field.GetString()).Should().Contain("custom.level").And.NotContain("custom.nick");
    }

    private async Task DefineAsync()
    {
        (await AddAsync("leads", new { label = new { zh = "外号", en = "Nick" }, type = "text" })).Expect(200);
        (await AddAsync("leads", new { label = new { en = "Budget" }, type = "money" })).Expect(200);
        (await AddAsync("leads", new { label = new { zh = "席位", en = "Seats" }, type = "number" })).Expect(200);
        (await AddAsync("leads", new { label = new { zh = "级别", en = "Level" }, type = "choice", options = new object[] { new { label = new { zh = "金", en = "Gold" } }, new { label = new { en = "Silver" } } } })).Expect(200);
        (await AddAsync("leads", new { label = new { en = "Due" }, type = "date" })).Expect(200);
        (await AddAsync("leads", new { label = new { zh = "标签", en = "Tags" }, type = "multi-choice", options = new object[] { new { label = new { en = "X" } }, new { label = new { zh = "Y级" }, key = "y" } } })).Expect(200);
        (await AddAsync("leads", new { label = new { en = "Site" }, type = "link" })).Expect(200);
        (await AddAsync("leads", new { label = new { en = "Buyer" }, type = "person" })).Expect(200);
        (await AddAsync("leads", new { label = new { en = "Per seat" }, type = "formula", expression = "budget / seats" })).Expect(200);
    }

    private Task<ApiAnswer> AddAsync(string slice, object field) => Admin.PostAsync($"/api/fields/{slice}/add", field);

    private async Task<IReadOnlyList<string>> NamesAsync(string query) =>
        [.. (await Sales.GetAsync($"/api/leads?{Uri.EscapeDataString(query).Replace("%3D", "=", StringComparison.Ordinal)}")).Expect(200).Json.Items().Select(item => item.Text("name")!)]; // leads have names
}
