using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Leads;

namespace Crm.Grains.Tests.Contacts;

public sealed class ContactRulesTests() : RuleSpec<Contact, ContactCommand, ContactEvent, ContactCard>(ContactSlice.Definition)
{
    private static readonly ContactDetails Details = new("陈静", "13800138000", "jing@example.com", "CTO", "R&D", "chenjing", "key person", Custom(("floor", "7")));
    private static readonly ContactEvent.Created Created = new(Tencent, "腾讯科技", Details, Ada, LeadId: null);

    [Fact]
    public void CT1_a_contact_has_a_name_and_a_customer() =>
        Given().When(new ContactCommand.Create(Tencent, " 腾讯科技 ", " 陈静 ", "13800138000", "jing@example.com", "CTO", "R&D", "chenjing", "key person", Custom(("floor", "7"), ("none", " ")), Ada))
            .ThenEvents(Created)
            .Card.Should().BeEquivalentTo(new { Id = It, Version = 1, CustomerId = Tencent, CustomerName = "腾讯科技", Name = "陈静", Wechat = "chenjing", OwnerId = Ada, CreatedAt = Tuesday });

    [Fact]
    public void CT1_what_cannot_be_is_refused_by_field()
    {
        var well = new ContactCommand.Create(Tencent, "腾讯科技", "陈静");
        Given().When(well with { CustomerId = Guid.Empty }).ThenRefused("field-required", "customerId");
        Given().When(well with { CustomerName = " " }).ThenRefused("field-required", "customerName");
        Given().When(well with { Name = "" }).ThenRefused("field-required", "name");
        Given().When(well with { Mobile = "12" }).ThenRefused("phone-invalid", "mobile");
        Given().When(well with { Email = "jing" }).ThenRefused("email-invalid", "email");
        Given().When(well with { Wechat = "\u202e" }).ThenRefused("field-invalid", "wechat");
        Given(Created).When(new ContactCommand.Amend(Name: new Optional<string?>(null))).ThenRefused("field-required", "name");
        Given(Created).When(new ContactCommand.Amend(Title: new string('a', 201))).ThenRefused("field-too-long", "title");
    }

    [Fact]
    public void CT1_creating_it_again_is_no_event() => Given(Created).When(new ContactCommand.Create(Huawei, "华为", "Another")).ThenNothing();

    [Fact]
    public void CT1_what_never_was_is_not_found() => Given().When(new ContactCommand.Assign(Bob)).ThenRefused(ContactRefusals.NotFound);

    [Fact]
    public void CT2_no_two_contacts_of_one_customer_have_the_same_mobile()
    {
        Given(Created).Claims.Should().Equal($"contact-mobile:{Tencent}|13800138000");
        ContactRules.Keys(Tencent, "+86 138-0013-8000").Should().Equal(ContactRules.Keys(Tencent, "13800138000"));
        ContactRules.Keys(Huawei, "13800138000").Should().NotIntersectWith(ContactRules.Keys(Tencent, "13800138000"));
        ContactRules.Keys(Tencent, null).Should().BeEmpty();
    }

    [Fact]
    public void CT3_every_field_can_be_amended() =>
        Given(Created)
            .When(new ContactCommand.Amend("李娜", "13900139000", "na@example.com", "CEO", "Board", "lina", new Optional<string?>(null), new(Custom(("floor", ""), ("car", "red")))))
            .ThenEvents(new ContactEvent.Amended(
            [
                new("name", "陈静", "李娜"), new("mobile", "13800138000", "13900139000"), new("email", "jing@example.com", "na@example.com"), new("title", "CTO", "CEO"),
                new("department", "R&D", "Board"), new("wechat", "chenjing", "lina"), new("note", "key person", null), new("custom.floor", "7", null), new("custom.car", null, "red"),
            ]))
            .Card.Should().BeEquivalentTo(new ContactDetails("李娜", "13900139000", "na@example.com", "CEO", "Board", "lina", null, Custom(("car", "red"))), o => o.ExcludingMissingMembers());

    [Fact]
    public void CT3_nothing_different_is_no_event() => Given(Created).When(new ContactCommand.Amend(Name: "陈静 ", Title: "CTO")).ThenNothing();

    [Fact]
    public void CT4_V12_moving_takes_it_to_another_customer_and_keeps_its_history()
    {
        var moved = Given(Created, new ContactEvent.ActivityLogged(new("call", "Talked", Monday))).When(new ContactCommand.Move(Huawei, " 华为 "))
            .ThenEvents(new ContactEvent.Moved(Tencent, "腾讯科技", Huawei, "华为"));
        moved.Card.Should().BeEquivalentTo(new { CustomerId = Huawei, CustomerName = "华为", Name = "陈静", LastActivityAt = Monday, CreatedAt = Monday, Version = 3 });
        moved.Claims.Should().Equal($"contact-mobile:{Huawei}|13800138000");
        ContactTimeline.Describe(new ContactEvent.Moved(Tencent, "腾讯科技", Huawei, "华为")).Changes
            .Should().Equal(new FieldChange("customerId", Tencent.ToString(), Huawei.ToString()), new FieldChange("customerName", "腾讯科技", "华为"));
    }

    [Fact]
    public void CT4_the_customer_it_is_at_is_no_event() => Given(Created).When(new ContactCommand.Move(Tencent, "腾讯科技")).ThenNothing();

    [Fact]
    public void CT4_no_customer_is_refused()
    {
        Given(Created).When(new ContactCommand.Move(Guid.Empty, "华为")).ThenRefused("field-required", "customerId");
        Given(Created).When(new ContactCommand.Move(Huawei, "")).ThenRefused("field-required", "customerName");
    }

    [Fact]
    public void CT5_assigning_moves_it_and_nothing_else()
    {
        var before = Given(Created).Card;
        var after = Given(Created).When(new ContactCommand.Assign(Bob)).ThenEvents(new ContactEvent.Assigned(Ada, Bob));
        after.Card.Should().BeEquivalentTo(before! with { OwnerId = Bob, Version = 2, UpdatedAt = Tuesday }); // not null: it was created
        after.When(new ContactCommand.Assign(Bob)).ThenNothing();
    }

    [Fact]
    public void CT6_an_activity_is_logged_or_refused()
    {
        Given(Created).When(new ContactCommand.LogActivity(new("message", "Sent the plan"))).ThenEvents(new ContactEvent.ActivityLogged(new("message", "Sent the plan", Tuesday)))
            .Card.Should().BeEquivalentTo(new { LastActivityAt = Tuesday });
        Given(Created).When(new ContactCommand.LogActivity(new("message", "Will send", Wednesday))).ThenRefused("date-invalid", "happenedAt");
    }

    [Fact]
    public void CT7_it_shows_its_customers_new_name()
    {
        Given(Created).When(new ContactCommand.NameCustomer(Tencent, " 腾讯云 ")).ThenEvents(new ContactEvent.CustomerNamed("腾讯科技", "腾讯云"))
            .When(new ContactCommand.NameCustomer(Tencent, "腾讯云")).ThenNothing();
        Given(Created).When(new ContactCommand.NameCustomer(Tencent, " ")).ThenRefused("field-required", "name");
    }

    [Fact]
    public void CT7_the_name_of_a_customer_it_left_is_ignored() =>
        Given(Created, new ContactEvent.Moved(Tencent, "腾讯科技", Huawei, "华为")).When(new ContactCommand.NameCustomer(Tencent, "腾讯云")).ThenNothing();

    [Fact]
    public void CT7_a_renamed_customer_names_its_contacts()
    {
        ContactReactions.From(Tencent, new CustomerEvent.Amended([new("name", "腾讯科技", "腾讯云")])).Should().Be(new ContactCommand.NameCustomer(Tencent, "腾讯云"));
        ContactReactions.From(Tencent, new CustomerEvent.Amended([new("city", null, "深圳")])).Should().BeNull();
    }

    [Fact]
    public void CT8_V13_an_individual_customer_brings_its_contact_along()
    {
        var person = new CustomerDetails("王伟", null, null, null, null, null, null, null, null, null, null, "wei@example.com", null, null, "13800138000", null, NoCustom);
        ContactReactions.From(Tencent, new CustomerEvent.Created("individual", person, Ada, null, Chen))
            .Should().Be(new ContactCommand.Create(Tencent, "王伟", "王伟", "13800138000", "wei@example.com", OwnerId: Ada));
        ContactReactions.From(Tencent, new CustomerEvent.Created("individual", person, Ada, null, ContactId: null)).Should().BeNull();
        ContactReactions.From(Tencent, new CustomerEvent.Created("corporate", person, Ada, null, Chen)).Should().BeNull();
    }

    [Fact]
    public void CT9_a_converted_lead_becomes_a_contact_of_the_customer_of_the_conversion() =>
        ContactReactions.From(
            It, new LeadEvent.Converted(Tencent, true, Chen, null, null, new("王伟", "腾讯", "13800138000", "wei@example.com", "website", null, null, null, NoCustom), Ada, "open"), Huawei, "华为")
            .Should().Be(new ContactCommand.Create(Huawei, "华为", "王伟", "13800138000", "wei@example.com", OwnerId: Ada, LeadId: It));

    [Fact]
    public void CT10_the_person_in_a_contact_is_erased_and_what_is_left_counts()
    {
        var remains = new ContactRemains(Tencent, "腾讯", Ada, Monday);
        var created = new ContactEvent.Created(Tencent, "腾讯", new("陈静", "13800138000", null, null, null, null, null, NoCustom), Ada, null);
        var erased = Given(created).When(new ContactCommand.Erase(remains)).ThenEvents(new ContactEvent.Erased(remains));
        erased.Card.Should().BeEquivalentTo(new { Name = Erasure.Name, Mobile = (string?)null, CustomerId = Tencent, CustomerName = "腾讯", OwnerId = Ada });
        erased.Claims.Should().BeEmpty();
        Given(created, new ContactEvent.Erased(remains)).When(new ContactCommand.NameCustomer(Tencent, "腾讯云")).ThenNothing();
        Given(created, new ContactEvent.Erased(remains)).When(new ContactCommand.Amend("李娜")).ThenRefused(Erasure.Erased);
    }

    [Fact]
    public void CT11_computing_changes_nothing_and_results_are_kept()
    {
        var created = new ContactEvent.Created(Tencent, "腾讯", new("陈静", null, null, null, null, null, null, NoCustom), Ada, null);
        var computed = new ContactEvent.Computed([new("custom.score", null, "7", CustomValue.Number)]);
        Given(created).When(new ContactCommand.Compute()).ThenNothing();
        Given().When(new ContactCommand.Compute()).ThenRefused(ContactRefusals.NotFound);
        var history = Given(created, computed);
        history.Card!.Custom["score"].Should().Be(CustomValue.Of(7m));
        ContactRules.CustomOf(history.State)!["score"].Should().Be(CustomValue.Of(7m));
    }
}
