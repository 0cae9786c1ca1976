using System.Text.Json;
using Crm.Silo.Rights;
using Crm.Web.Tests.Imports;

namespace Crm.Web.Tests.Rights;

/// <summary>Ways round a field right: what follows from a hidden value, what counts by it, what was written of it elsewhere.</summary>
public sealed class ConcealmentTests(SharedApp shared) : ApiTest(shared)
{
    private const string Canary = "13912347261";

    [Fact]
    public async Task A_formula_of_a_hidden_field_is_hidden_with_it()
    {
        await FormulaAsync("Commission", "amount * 0.05");
        await FormulaAsync("Twice", "commission * 2");
        await FormulaAsync("Days", "captured + 1", "captured");
        var clerk = await ClerkAsync("opportunities", ("amount", "hidden"));
        var veiled = await ClerkAsync("opportunities", ("amount", "masked"));
        var id = (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 7_654_320, custom = new { captured = 4 } })).Expect(201).Id;

        foreach (var person in (ApiClient[])[clerk, veiled])
        {
            foreach (var path in (string[])["/api/opportunities", $"/api/opportunities/{id}", $"/api/opportunities/{id}/timeline", "/api/boards/simple", "/api/opportunities?fields=custom", "/api/opportunities?fields=custom.twice"])
            {
                (await person.GetAsync(path)).Expect(200).Text.Should().NotContain("382716", path).And.NotContain("765432", path);
            }

            foreach (var query in (string[])["filter=custom.commission gt 1", "filter=custom.twice pr", "sort=custom.twice"])
            {
                (await person.GetAsync($"/api/opportunities?{query}")).ExpectProblem(403, "field-forbidden");
            }

            (await person.GetAsync($"/api/opportunities/{id}")).Json.GetProperty("custom").GetProperty("days").GetDecimal().Should().Be(5);
        }

        (await clerk.GetAsync("/api/fields/opportunities")).Json.Items("fields").Select(field => field.Text("key")).Should().Equal("captured", "days");
        (await Admin.GetAsync($"/api/opportunities/{id}")).Json.GetProperty("custom").GetProperty("twice").Text("amount").Should().Be("765432.00");
    }

    [Fact]
    public async Task What_a_conversion_recorded_of_an_opportunity_is_not_read_from_the_lead()
    {
        var clerk = await ClerkAsync(["leads", "opportunities"], "opportunities", ("amount", "hidden"));
        var id = (await Admin.PostAsync("/api/leads", new { name = "A" })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{id}/convert", new { opportunity = new { name = "B", pipeline = "simple", amount = 7_654_321 } })).Expect(200);

        (await clerk.GetAsync($"/api/leads/{id}/timeline")).Expect(200).Text.Should().NotContain("7654321");
    }

    [Theory]
    [InlineData("leads", "nextStep", "filter=dueAt gt \"2026-01-01T00:00:00Z\"")]
    [InlineData("leads", "nextStep", "sort=dueAt")]
    [InlineData("opportunities", "nextStep", "sort=-dueAt")]
    [InlineData("opportunities", "amount", "filter=currency eq \"CNY\"")]
    public async Task A_column_that_is_part_of_a_hidden_field_is_hidden_too(string slice, string field, string query)
    {
        var clerk = await ClerkAsync(slice, (field, "hidden"));

        (await clerk.GetAsync($"/api/{slice}?{query}")).ExpectProblem(403, "field-forbidden");
    }

    [Fact]
    public void Whatever_lists_are_filtered_and_sorted_by_is_a_field_or_part_of_one()
    {
        foreach (var slice in App.Silo.Slices.All)
        {
            var strangers = slice.Cards.Fields.Select(column => column.Name).Where(column => !slice.FieldNames.Contains(column) && !slice.FieldNames.Contains(FieldMask.PartOf.GetValueOrDefault(column, "")));
            strangers.Should().BeEmpty("a right on a field of {0} must hold for every column that is part of it", slice.Slice.Plural);
        }
    }

    [Fact]
    public async Task A_funnel_does_not_tell_the_month_of_a_hidden_day()
    {
        var clerk = await ClerkAsync("opportunities", ("expectedCloseOn", "hidden"));
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 1, expectedCloseOn = "2026-12-24" })).Expect(201);

        (await clerk.GetAsync("/api/funnels/simple?month=2026-12")).ExpectProblem(403, "field-forbidden", "month");
        (await clerk.GetAsync("/api/funnels/simple")).Expect(200);
    }

    [Fact]
    public async Task An_export_does_not_count_what_is_found_by_a_hidden_field()
    {
        var clerk = await ClerkAsync("leads", ("mobile", "hidden"));
        (await Admin.PostAsync("/api/leads", new { name = "A", mobile = Canary })).Expect(201);
        (await Admin.PostAsync("/api/leads", new { name = "Canary by name 2222222", mobile = "13800138000" })).Expect(201);
        (await Admin.PutAsync("/api/policies", """{"approveAboveRows":0,"dailyRows":100000,"windowMinutes":10,"leastRecords":300,"timesUsual":5,"step":"tell"}""")).Expect(200);

        var (hidden, absent) = (await RequestAsync(Canary), await RequestAsync("15000000000"));
        (hidden.Text("status"), hidden.GetProperty("rows").GetInt32()).Should().Be((absent.Text("status"), absent.GetProperty("rows").GetInt32()), "a number that is not shown cannot be guessed by exporting");
        (await RequestAsync("2222222")).GetProperty("rows").GetInt32().Should().Be(1);

        async Task<JsonElement> RequestAsync(string q)
        {
            var answer = (await clerk.PostAsync("/api/leads/export", new { q })).Expect(202);
            if (answer.Json.Text("status") != "waiting")
            {
                await Eventually.GetAsync(async () => (await clerk.GetAsync($"/api/exports/{answer.Id}")).Json.Text("status"), status => status == "done", "the export to end");
            }

            return (await clerk.GetAsync($"/api/exports/{answer.Id}")).Json;
        }
    }

    [Fact]
    public async Task A_file_fills_no_field_that_the_role_may_not_edit()
    {
        var clerk = await ClerkAsync(["leads", "imports"], "leads", ("mobile", "hidden"));
        (await Admin.PostAsync("/api/leads", new { name = "A", mobile = Canary })).Expect(201);

        // a number that is there would show itself by being merged
        (await clerk.UploadAsync($"姓名,手机\nx,{Canary}\n", "leads.csv", ("mapping", """{"手机":"mobile"}"""))).ExpectProblem(403, "field-forbidden", "mapping");
        var import = await clerk.ImportAsync($"姓名,手机\nx,{Canary}\ny,13800138001\n");

        import.Counts().Should().Be((2, 2, 0, 0));
        (await Admin.GetAsync($"/api/leads?filter=mobile eq \"{Canary}\"")).Json.Items().Should().ContainSingle();
        (await clerk.PreviewAsync("姓名,手机\nx,1\n"u8.ToArray())).Expect(200).Json.Items("fields").Select(field => field.GetString()).Should().Contain("name").And.NotContain("mobile");
    }

    [Theory]
    [InlineData("hidden")]
    [InlineData("masked")]
    public async Task What_a_file_was_refused_for_is_shown_to_those_who_see_the_field(string right)
    {
        var clerk = await ClerkAsync(["leads", "imports"], "leads", ("mobile", right), ("custom.nick", right));
        (await Admin.PostAsync("/api/fields/leads/add", new { label = new { en = "Nick" }, type = "link" })).Expect(200);
        var import = await Admin.ImportAsync($"姓名,手机,Nick,地区\nx,{Canary}0000000000000000,,\ny,,canary-{Canary},\nz,,,{new string('r', 3000)}\n");
        import.Counts().Refused.Should().Be(3);
        var id = import.Text("id");

        foreach (var path in (string[])[$"/api/imports/{id}", "/api/imports", $"/api/imports/{id}/errors", $"/api/imports/{id}/timeline", $"/api/imports?fields=problems"])
        {
            (await clerk.GetAsync(path)).Expect(200).Text.Should().NotContain(Canary, path);
            (await Admin.GetAsync(path)).Expect(200);
        }

        (await clerk.GetAsync($"/api/imports/{id}/errors")).Text.Should().Contain("手机,", "that something was wrong in a column is no secret").And.NotContain("rrr", "it may have been meant for another field");
        (await Admin.GetAsync($"/api/imports/{id}/errors")).Text.Should().Contain(Canary);
    }

    [Theory]
    [InlineData("leads")]
    [InlineData("customers")]
    [InlineData("contacts")]
    [InlineData("opportunities")]
    [InlineData("pipelines")]
    [InlineData("users")]
    public async Task Whatever_field_is_hidden_or_masked_every_page_still_opens(string slice)
    {
        var customer = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "Acme page" })).Expect(201).Id;
        (await Admin.PostAsync("/api/contacts", new { customerId = customer, name = "Ada page" })).Expect(201);
        var lead = (await Admin.PostAsync("/api/leads", new { name = "Lead page", mobile = Canary })).Expect(201).Id;
        var made = (await Admin.PostAsync("/api/opportunities", new { name = "Deal page", pipeline = "simple", amount = 1, customerId = customer })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{lead}/plan-step", new { text = "x", dueAt = "2027-01-01T00:00:00Z" })).Expect(200);
        var fields = (await Admin.GetAsync("/api/roles/catalog")).Json.Items("slices").Single(one => one.Text("slice") == slice).Items("fields").Select(field => field.GetString()!).Where(field => field != "ownerId").ToList();
        string[] reads = ["/api/leads?q=page", "/api/customers", "/api/contacts", "/api/opportunities", $"/api/leads/{lead}", $"/api/leads/{lead}/timeline", $"/api/opportunities/{made}", "/api/search?q=page", "/api/my-day", "/api/boards/simple", "/api/funnels/simple", "/api/users", "/api/pipelines", "/api/pipelines/simple", "/api/access/mine", "/api/fields", "/api/session"];
        var clerk = await Tenant.NewPersonAsync("clerk", "sales");
        foreach (var right in (string[])["hidden", "masked"])
        {
            foreach (var field in fields)
            {
                (await Admin.PutAsync("/api/roles/sales", new { name = "x", grants = (object[])[new { slice = "*", verb = "*", scopes = (string[])["all"] }], fields = (object[])[new { slice, field, right }] })).Expect(200);
                foreach (var path in reads)
                {
                    (await clerk.Client.GetAsync(path)).Status.Should().BeOneOf([200, 403], "{0} is {1}: {2}", field, right, path);
                }
            }
        }
    }

    private async Task FormulaAsync(string label, string expression, string? number = null)
    {
        if (number is not null)
        {
            (await Admin.PostAsync("/api/fields/opportunities/add", new { label = new { en = number }, type = "number" })).Expect(200);
        }

        (await Admin.PostAsync("/api/fields/opportunities/add", new { label = new { en = label }, type = "formula", expression })).Expect(200);
    }

    private Task<ApiClient> ClerkAsync(string slice, params (string Field, string Right)[] fields) => ClerkAsync([slice], slice, fields);

    private async Task<ApiClient> ClerkAsync(string[] granted, string slice, params (string Field, string Right)[] fields)
    {
        var role = $"clerk-{fields[0].Right}-{fields[0].Field.Replace('.', '-').ToLowerInvariant()}";
        (await Admin.PutAsync($"/api/roles/{role}", new
        {
            name = role,
            grants = granted.SelectMany(each => (object[])[new { slice = each, verb = "*", scopes = (string[])["all"] }, new { slice = each, verb = "export", scopes = (string[])["all"] }]),
            fields = fields.Select(field => new { slice, field = field.Field, right = field.Right }),
        })).Expect(200);
        return (await Tenant.NewPersonAsync(role, role)).Client;
    }
}
