using Crm.Grains.Customers;
using Crm.Grains.Leads;

namespace Crm.Grains.Tests.Customers;

public sealed class CustomerRulesTests() : RuleSpec<Customer, CustomerCommand, CustomerEvent, CustomerCard>(CustomerSlice.Definition)
{
    private const string CreditCode = "91440300708461136T";

    private static readonly CustomerDetails Details = new(
        "华为技术有限公司", "华为", "telecom", CreditCode, "中国", "广东", "深圳", "10000+", "民营", "0755-28780808", "0755-28789251", "info@example.com",
        "https://example.com", ParentId: null, Mobile: null, "key account", Custom(("tier", "A")));

    private static readonly CustomerEvent.Created Created = new("corporate", Details, Ada, LeadId: null, ContactId: null);
    private static readonly CustomerEvent.Created Person = new("individual", Blank("王伟") with { Mobile = "13800138000" }, Ada, LeadId: null, Chen);

    [Fact]
    public void CU1_a_corporate_customer_has_all_the_fields_of_CUS_02() =>
        Given().When(new CustomerCommand.Create(
            "corporate", " 华为技术有限公司 ", "华为", "telecom", " 9144 0300 7084 6113 6t ", "中国", "广东", "深圳", "10000+", "民营", "0755-28780808", "0755-28789251",
            "info@example.com", "https://example.com", Note: "key account", Custom: Custom(("tier", " A "), ("none", "")), OwnerId: Ada))
            .ThenEvents(Created)
            .Card.Should().BeEquivalentTo(Details, o => o.ExcludingMissingMembers());

    [Fact]
    public void CU1_a_new_card_has_no_past() =>
        Given(Created).Card.Should().BeEquivalentTo(new { Id = It, Version = 1, Type = "corporate", Status = "potential", OwnerId = Ada, CreatedAt = Monday, UpdatedAt = Monday, LastActivityAt = (DateTimeOffset?)null });

    [Theory]
    [InlineData("", "field-required")]
    [InlineData("#", "enum-invalid")]
    [InlineData("partner", "enum-invalid")]
    public void CU1_the_type_is_one_of_two(string type, string code) => Given().When(new CustomerCommand.Create(type, "华为")).ThenRefused(code, "type");

    [Fact]
    public void CU1_what_cannot_be_is_refused_by_field()
    {
        var well = new CustomerCommand.Create("corporate", "华为");
        Given().When(well with { Name = " " }).ThenRefused("field-required", "name");
        Given().When(well with { Phone = "=cmd()" }).ThenRefused("phone-invalid", "phone");
        Given().When(well with { Fax = "12" }).ThenRefused("phone-invalid", "fax");
        Given().When(well with { Email = "info" }).ThenRefused("email-invalid", "email");
        Given().When(well with { Website = "javascript:alert(1)" }).ThenRefused("website-invalid", "website");
        Given().When(well with { City = "a\nb" }).ThenRefused("field-invalid", "city");
        Given(Created).When(new CustomerCommand.Amend(Name: new Optional<string?>(null))).ThenRefused("field-required", "name");
        Given(Created).When(new CustomerCommand.Amend(Website: "ftp://example.com")).ThenRefused("website-invalid", "website");
    }

    [Fact]
    public void CU1_creating_it_again_is_no_event() => Given(Created).When(new CustomerCommand.Create("individual", "Another")).ThenNothing();

    [Fact]
    public void CU1_what_never_was_is_not_found() => Given().When(new CustomerCommand.MakeFormal()).ThenRefused(CustomerRefusals.NotFound);

    [Fact]
    public void CU1_only_an_individual_customer_brings_a_contact() =>
        Given().When(new CustomerCommand.Create("corporate", "华为", ContactId: Chen)).ThenEvents(new CustomerEvent.Created("corporate", Blank("华为"), null, null, ContactId: null));

    [Theory]
    [InlineData("91440300708461136X")]
    [InlineData("9144030070846113")]
    [InlineData("IIIIIIIIIIIIIIIIII")]
    public void CU2_a_credit_code_that_does_not_add_up_is_refused(string code)
    {
        Given().When(new CustomerCommand.Create("corporate", "华为", CreditCode: code)).ThenRefused("credit-code-invalid", "creditCode");
        Given(Created).When(new CustomerCommand.Amend(CreditCode: code)).ThenRefused("credit-code-invalid", "creditCode");
    }

    [Fact]
    public void CU2_the_old_number_of_15_digits_is_taken() =>
        Given().When(new CustomerCommand.Create("corporate", "华为", CreditCode: "440301103097413")).ThenEvents(new CustomerEvent.Created("corporate", Blank("华为") with { CreditCode = "440301103097413" }, null, null, null));

    [Fact]
    public void CU2_writing_the_same_code_in_another_way_is_no_change() => Given(Created).When(new CustomerCommand.Amend(CreditCode: "9144 0300-7084 6113-6t")).ThenNothing();

    [Fact]
    public void CU3_a_corporate_customer_is_told_by_its_credit_code()
    {
        Given(Created).Claims.Should().Equal($"customer-credit-code:{CreditCode}");
        Given(Created with { Details = Details with { CreditCode = null, Mobile = "13800138000" } }).Claims.Should().BeEmpty();
    }

    [Fact]
    public void CU3_an_individual_customer_is_told_by_the_mobile() => Given(Person).Claims.Should().Equal("customer-mobile:13800138000");

    [Fact]
    public void CU3_the_refusal_names_the_field_in_the_way()
    {
        CustomerRules.Claimed($"customer-credit-code:{CreditCode}").Should().Be(CustomerRefusals.CreditCodeTaken);
        CustomerRules.Claimed("customer-mobile:13800138000").Should().Be(CustomerRefusals.MobileTaken);
        (CustomerRefusals.MobileTaken.Code, CustomerRefusals.CreditCodeTaken.Code).Should().Be(("customer-duplicate", "customer-duplicate"));
    }

    [Fact]
    public void CU4_every_field_can_be_amended() =>
        Given(Created)
            .When(new CustomerCommand.Amend(
                "荣耀", "Honor", "phones", new Optional<string?>(null), "China", "Guangdong", "Shenzhen", "1000+", "state", "0755-1234567", "0755-7654321", "na@example.com", "example.org",
                Tencent, "13900139000", new Optional<string?>(null), new(Custom(("tier", "B")))))
            .ThenEvents(new CustomerEvent.Amended(
            [
                new("name", "华为技术有限公司", "荣耀"), new("shortName", "华为", "Honor"), new("industry", "telecom", "phones"), new("creditCode", CreditCode, null),
                new("country", "中国", "China"), new("province", "广东", "Guangdong"), new("city", "深圳", "Shenzhen"), new("size", "10000+", "1000+"), new("enterpriseType", "民营", "state"),
                new("phone", "0755-28780808", "0755-1234567"), new("fax", "0755-28789251", "0755-7654321"), new("email", "info@example.com", "na@example.com"),
                new("website", "https://example.com", "example.org"), new("parentId", null, Tencent.ToString()), new("mobile", null, "13900139000"), new("note", "key account", null),
                new("custom.tier", "A", "B"),
            ]))
            .Card.Should().BeEquivalentTo(
                new CustomerDetails("荣耀", "Honor", "phones", null, "China", "Guangdong", "Shenzhen", "1000+", "state", "0755-1234567", "0755-7654321", "na@example.com", "example.org", Tencent, "13900139000", null, Custom(("tier", "B"))),
                o => o.ExcludingMissingMembers());

    [Fact]
    public void CU4_nothing_different_is_no_event() => Given(Created).When(new CustomerCommand.Amend(Name: "华为技术有限公司 ", City: "深圳")).ThenNothing();

    [Fact]
    public void CU5_assigning_moves_it_and_nothing_else()
    {
        var before = Given(Created).Card;
        var after = Given(Created).When(new CustomerCommand.Assign(Bob)).ThenEvents(new CustomerEvent.Assigned(Ada, Bob));
        after.Card.Should().BeEquivalentTo(before! with { OwnerId = Bob, Version = 2, UpdatedAt = Tuesday }); // not null: it was created
        after.Holder.Should().Be(new Holder(Bob, Exists: true));
        after.When(new CustomerCommand.Assign(Bob)).ThenNothing();
        after.When(new CustomerCommand.Assign(null)).ThenEvents(new CustomerEvent.Assigned(Bob, null));
    }

    [Fact]
    public void CU6_an_activity_is_logged_or_refused()
    {
        Given(Created).When(new CustomerCommand.LogActivity(new("visit", " Saw the plant "))).ThenEvents(new CustomerEvent.ActivityLogged(new("visit", "Saw the plant", Tuesday)))
            .Card.Should().BeEquivalentTo(new { LastActivityAt = Tuesday });
        Given(Created).When(new CustomerCommand.LogActivity(new("visit", ""))).ThenRefused("field-required", "text");
    }

    [Fact]
    public void CU7_a_potential_customer_becomes_formal_once()
    {
        var formal = Given(Created).When(new CustomerCommand.MakeFormal()).ThenEvents(new CustomerEvent.MadeFormal());
        formal.Card.Should().BeEquivalentTo(new { Status = "formal" });
        formal.When(new CustomerCommand.MakeFormal()).ThenNothing();
        CustomerTimeline.Describe(new CustomerEvent.MadeFormal()).Changes.Should().Equal(new FieldChange("status", "potential", "formal"));
    }

    [Fact]
    public void CU8_a_converted_lead_with_a_company_becomes_a_corporate_customer() =>
        CustomerReactions.From(It, Converted("腾讯科技")).Should().Be(new CustomerCommand.Create("corporate", "腾讯科技", OwnerId: Ada, LeadId: It));

    [Fact]
    public void CU8_one_without_becomes_an_individual_customer_and_brings_no_second_contact() =>
        CustomerReactions.From(It, Converted(company: null)).Should().Be(new CustomerCommand.Create("individual", "王伟", Email: "wei@example.com", Mobile: "13800138000", OwnerId: Ada, LeadId: It));

    [Fact]
    public void CU8_one_that_joins_a_customer_becomes_none() => CustomerReactions.From(It, Converted("腾讯科技") with { IsNewCustomer = false }).Should().BeNull();

    [Fact]
    public void CU9_leads_of_one_company_become_one_customer()
    {
        Given(Created with { LeadId = It, Details = Blank("腾讯（深圳）有限公司") }).Claims.Should().Equal("customer-name:腾讯深圳有限公司");
        Given(Created with { LeadId = It }).Claims.Should().Equal($"customer-credit-code:{CreditCode}", "customer-name:华为技术有限公司");
        CustomerRules.Claimed("customer-name:华为技术有限公司").Should().Be(CustomerRefusals.NameTaken);
    }

    [Fact]
    public void CU9_by_hand_two_customers_may_have_one_name() => Given(Created with { Details = Blank("华为") }).Claims.Should().BeEmpty();

    private static LeadEvent.Converted Converted(string? company) => new(
        Tencent, IsNewCustomer: true, Chen, null, null, new("王伟", company, "13800138000", "wei@example.com", "website", null, null, null, NoCustom), Ada, "open");

    private static CustomerDetails Blank(string name) => new(name, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, NoCustom);

    [Fact]
    public void CU10_an_individual_is_erased_and_what_is_left_counts()
    {
        var remains = new CustomerRemains("potential", null, null, "广东", "深圳", Ada, null, Monday);
        static CustomerEvent.Created Created(string type) =>
            new(type, new("陈静", null, null, null, null, "广东", "深圳", null, null, null, null, null, null, null, "13800138000", null, NoCustom), Ada, null, null);
        var erased = Given(Created("individual")).When(new CustomerCommand.Erase(remains)).ThenEvents(new CustomerEvent.Erased(remains));
        erased.Card.Should().BeEquivalentTo(new { Type = "individual", Status = "potential", Name = Erasure.Name, Mobile = (string?)null, City = "深圳", OwnerId = Ada });
        erased.Claims.Should().BeEmpty();
        Given(Created("corporate")).When(new CustomerCommand.Erase(remains)).ThenRefused(CustomerRefusals.NotAPerson);
        Given(Created("individual"), new CustomerEvent.Erased(remains)).When(new CustomerCommand.Amend("李娜")).ThenRefused(Erasure.Erased);
    }

    [Fact]
    public void CU11_computing_changes_nothing_and_results_are_kept()
    {
        var created = new CustomerEvent.Created("corporate", new("腾讯", null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, NoCustom), Ada, null, null);
        var computed = new CustomerEvent.Computed([new("custom.score", null, "7", CustomValue.Number)]);
        Given(created).When(new CustomerCommand.Compute()).ThenNothing();
        Given().When(new CustomerCommand.Compute()).ThenRefused(CustomerRefusals.NotFound);
        var history = Given(created, computed);
        history.Card!.Custom["score"].Should().Be(CustomValue.Of(7m));
        CustomerRules.CustomOf(history.State)!["score"].Should().Be(CustomValue.Of(7m));
    }
}
