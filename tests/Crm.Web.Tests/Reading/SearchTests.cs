namespace Crm.Web.Tests.Reading;

/// <summary>Full text: Chinese by any two characters, English by prefix, phone numbers by any part.</summary>
public sealed class SearchTests(SharedApp shared) : ApiTest(shared)
{
    [Theory]
    [InlineData("腾讯", "tencent")]
    [InlineData("计算机", "tencent")]
    [InlineData("限公", "tencent huawei")]
    [InlineData("深圳 王", "tencent")]
    [InlineData("hua", "huawei")]
    [InlineData("HUAWEI tech", "huawei")]
    [InlineData("0013", "tencent")]
    [InlineData("138 0013", "tencent")]
    [InlineData("8000", "tencent")]
    [InlineData("+86 13800138000", "tencent")]
    [InlineData("8613800138000", "tencent")]
    [InlineData("xiaoming@ex", "tencent")]
    [InlineData("awei", "")]
    [InlineData("阿里", "")]
    public async Task A_text_finds_what_it_should(string q, string products)
    {
        (await Admin.PostAsync("/api/leads", new { name = "王小明", company = "深圳市腾讯计算机系统有限公司", mobile = "13800138000", email = "xiaoming@example.com", product = "tencent" })).Expect(201);
        (await Admin.PostAsync("/api/leads", new { name = "Li", company = "Huawei Technologies 有限公司", mobile = "13911112222", product = "huawei" })).Expect(201);

        var found = (await Admin.GetAsync($"/api/leads?q={Uri.EscapeDataString(q)}")).Expect(200).Json.Items().Select(item => item.Text("product"));

        found.Should().BeEquivalentTo(products.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("*")]
    [InlineData("NEAR(")]
    [InlineData("a AND")]
    [InlineData("terms:x")]
    [InlineData("的")]
    [InlineData("-")]
    [InlineData("'; drop table journal; --")]
    [InlineData("x OR 1=1")]
    [InlineData("{a b}: c ^d")]
    [InlineData("\\ud800")]
    [InlineData("zz\uFFFEzz")]
    [InlineData("👨‍👩‍👧")]
    public async Task What_means_something_to_the_index_is_only_text(string q)
    {
        (await Admin.PostAsync("/api/leads", new { name = "Ann" })).Expect(201);

        (await Admin.GetAsync($"/api/leads?q={Uri.EscapeDataString(q)}")).Expect(200).Json.Items().Should().BeEmpty();
        (await Admin.GetAsync($"/api/search?q={Uri.EscapeDataString(q)}")).Expect(200).Json.Items().Should().BeEmpty();
    }

    [Fact]
    public async Task One_search_finds_in_every_slice_what_the_asker_may_see()
    {
        var lead = (await Sales.PostAsync("/api/leads", new { name = "Zebra lead", company = "Zoo" })).Expect(201).Id;
        var customer = (await Sales.PostAsync("/api/customers", new { type = "corporate", name = "Zebra customer" })).Expect(201).Id;
        var contact = (await Sales.PostAsync("/api/contacts", new { customerId = customer, name = "Zebra contact" })).Expect(201).Id;
        var opportunity = (await Sales.PostAsync("/api/opportunities", new { name = "Zebra opportunity", pipeline = "simple", amount = 1 })).Expect(201).Id;

        var items = (await Sales.GetAsync("/api/search?q=zebra")).Expect(200).Json.Items();

        items.Should().AllSatisfy(item => item.FieldNames().Should().Equal("slice", "id", "title", "subtitle"));
        items.Select(item => (item.Text("slice")!, item.GetProperty("id").GetGuid(), item.Text("title")!)).Should().BeEquivalentTo(new[]
        {
            ("leads", lead, "Zebra lead"), ("customers", customer, "Zebra customer"), ("contacts", contact, "Zebra contact"), ("opportunities", opportunity, "Zebra opportunity"),
        });
        items.Single(item => item.Text("slice") == "leads").Text("subtitle").Should().Be("Zoo");
        (await Tenant.OtherSales.Client.GetAsync("/api/search?q=zebra")).Json.Items().Should().BeEmpty();
        (await Admin.GetAsync("/api/search?q=zebra")).Json.Items().Should().HaveCount(4);
        (await Admin.GetAsync("/api/search?q=zebra&limit=2")).Json.Items().Should().HaveCount(2);
        (await Admin.GetAsync("/api/search?q=zebra&limit=0")).ExpectProblem(400, "paging-invalid", "limit");
    }

    [Fact]
    public async Task Names_come_before_what_is_found_elsewhere()
    {
        var customer = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "腾讯" })).Expect(201).Id;
        (await Admin.PostAsync("/api/leads", new { name = "云腾讯", mobile = "13800138001" })).Expect(201);
        (await Admin.PostAsync("/api/leads", new { name = "腾讯云", mobile = "13800138002" })).Expect(201);
        foreach (var name in (string[])["甲", "乙", "丙", "丁", "戊"])
        {
            (await Admin.PostAsync("/api/contacts", new { customerId = customer, name })).Expect(201);
        }

        var items = (await Admin.GetAsync("/api/search?q=腾讯&limit=6")).Expect(200).Json.Items();

        items.Select(item => item.Text("title")).Should().Equal("腾讯", "腾讯云", "云腾讯", "戊", "丁", "丙");
    }

    [Fact]
    public async Task Search_follows_every_change()
    {
        var id = (await Admin.PostAsync("/api/leads", new { name = "Before" })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{id}/amend", new { name = "After" })).Expect(200);

        (await Admin.GetAsync("/api/leads?q=before")).Json.Items().Should().BeEmpty();
        (await Admin.GetAsync("/api/leads?q=after")).Json.Items().Should().ContainSingle();
    }
}
