using Crm.Grains.RoleBooks;

namespace Crm.Grains.Tests.RoleBooks;

public sealed class RoleBookRulesTests() : RuleSpec<RoleBook, RoleBookCommand, RoleBookEvent, RoleBookCard>(RoleBookSlice.Definition)
{
    private static readonly Role Auditor = new("auditor", "审计", [new("leads", "read", ["all"])], [new("leads", "mobile", "masked")]);

    [Fact]
    public void RB1_a_role_has_grants_over_records()
    {
        Given().When(new RoleBookCommand.DefineRole(Auditor)).ThenEvents(new RoleBookEvent.RoleDefined(Auditor))
            .Card!.Roles.Should().Contain(Auditor).And.HaveCount(RoleTemplates.Templates[RoleTemplates.Standard].Count + 1); // there is a card after an event
        Given().When(new RoleBookCommand.DefineRole(Auditor with { Key = "Auditor" })).ThenRefused("key-invalid", "role.key");
        Given().When(new RoleBookCommand.DefineRole(Auditor with { Name = "" })).ThenRefused("field-required", "role.name");
        Given().When(new RoleBookCommand.DefineRole(Auditor with { Grants = [new("leads", "read", ["mine"])] })).ThenRefused("enum-invalid", "role.grants[0].scopes");
        Given().When(new RoleBookCommand.DefineRole(Auditor with { Grants = [new("leads", "read", ["own"]), new("", "read", ["own"])] })).ThenRefused("field-required", "role.grants[1].slice");
    }

    [Fact]
    public void RB2_a_field_right_is_one_of_four() =>
        Given().When(new RoleBookCommand.DefineRole(Auditor with { Fields = [new("leads", "mobile", "blurred")] })).ThenRefused("enum-invalid", "role.fields[0].right");

    [Fact]
    public void RB3_defining_a_role_again_replaces_it()
    {
        var wider = Auditor with { Grants = [new("leads", "read", ["all"]), new("customers", "read", ["all"])] };
        Given(new RoleBookEvent.RoleDefined(Auditor)).When(new RoleBookCommand.DefineRole(wider)).ThenEvents(new RoleBookEvent.RoleDefined(wider));
        Given(new RoleBookEvent.RoleDefined(wider)).When(new RoleBookCommand.DefineRole(wider with { Grants = [.. wider.Grants.Reverse()] })).ThenNothing();
    }

    [Fact]
    public void RB4_admin_stays_as_it_is()
    {
        Given().When(new RoleBookCommand.DefineRole(Auditor with { Key = "admin" })).ThenRefused(RoleBookRefusals.AdminIsFixed);
        Given().When(new RoleBookCommand.RemoveRole("admin")).ThenRefused(RoleBookRefusals.AdminIsFixed);
    }

    [Fact]
    public void RB5_a_role_that_people_have_is_not_removed()
    {
        Given(new RoleBookEvent.RoleDefined(Auditor)).When(new RoleBookCommand.RemoveRole("auditor", HasPeople: true)).ThenRefused(RoleBookRefusals.HasPeople);
        Given(new RoleBookEvent.RoleDefined(Auditor)).When(new RoleBookCommand.RemoveRole("auditor")).ThenEvents(new RoleBookEvent.RoleRemoved("auditor"));
        Given().When(new RoleBookCommand.RemoveRole("auditor")).ThenRefused(RoleBookRefusals.RoleUnknown);
    }

    [Theory]
    [InlineData("factory")]
    [InlineData("sales-led")]
    [InlineData("brand-led")]
    [InlineData("customer")]
    public void RB6_a_template_sets_its_roles_and_leaves_the_organisations_own(string template)
    {
        var card = Given(new RoleBookEvent.RoleDefined(Auditor)).When(new RoleBookCommand.SwitchTemplate(template))
            .ThenEvents(new RoleBookEvent.TemplateSwitched("standard", template, [.. RoleTemplates.Templates[template].Values, Auditor])).Card!; // there is a card after an event
        card.Template.Should().Be(template);
        card.Roles.Select(role => role.Key).Should().BeEquivalentTo([.. RoleTemplates.Templates["standard"].Keys, "auditor"]);
        Given().When(new RoleBookCommand.SwitchTemplate("none")).ThenRefused("enum-invalid", "template");
    }

    [Fact]
    public void RB6_a_salesperson_of_the_first_stage_has_no_right_to_the_total_pool() =>
        RoleTemplates.Templates["factory"]["sales"].Grants.SelectMany(grant => grant.Scopes).Should().AllBe("own");

    [Fact]
    public void RB7_until_it_is_written_in_the_standard_holds()
    {
        RoleBook.Initial.Now().Template.Should().Be(RoleTemplates.Standard);
        Given().When(new RoleBookCommand.SwitchTemplate(RoleTemplates.Standard)).ThenNothing();
    }

    [Fact]
    public void RB6_the_timeline_says_what_changed() =>
        RoleBookTimeline.Describe(new RoleBookEvent.TemplateSwitched("standard", "factory", [])).Changes.Should().Equal(new FieldChange("template", "standard", "factory"));
}
