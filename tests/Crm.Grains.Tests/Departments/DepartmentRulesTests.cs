using Crm.Grains.Departments;

namespace Crm.Grains.Tests.Departments;

public sealed class DepartmentRulesTests() : RuleSpec<Department, DepartmentCommand, DepartmentEvent, DepartmentCard>(DepartmentSlice.Definition)
{
    private static readonly Guid Above = Guid.Parse("01990000-0000-7000-8000-000000000001");
    private static readonly DepartmentEvent.Created Created = new("华东销售部", ParentId: null, ManagerId: null, "华东");

    [Fact]
    public void DE1_a_department_has_a_name_and_may_have_a_parent_a_manager_and_a_region() =>
        Given().When(new DepartmentCommand.Create(" 华东销售部 ", Above, Ada, " 华东 ")).ThenEvents(new DepartmentEvent.Created("华东销售部", Above, Ada, "华东"))
            .Card.Should().Be(new DepartmentCard(It, 1, "华东销售部", Above, Ada, "华东", Open: true));

    [Fact]
    public void DE1_it_needs_a_name()
    {
        Given().When(new DepartmentCommand.Create(" ")).ThenRefused("field-required", "name");
        Given(Created).When(new DepartmentCommand.Amend(Name: "")).ThenRefused("field-required", "name");
        Given(Created).When(new DepartmentCommand.Create("x")).ThenRefused(DepartmentRefusals.Exists);
        Given().When(new DepartmentCommand.Reopen()).ThenRefused(DepartmentRefusals.NotFound);
    }

    [Fact]
    public void DE2_name_manager_and_region_are_amended()
    {
        Given(Created).When(new DepartmentCommand.Amend("华东", (Guid?)Ada, (string?)null))
            .ThenEvents(new DepartmentEvent.Amended([new("name", "华东销售部", "华东"), new("managerId", null, Ada.ToString()), new("region", "华东", null)]))
            .Card.Should().BeEquivalentTo(new { Name = "华东", ManagerId = Ada, Region = (string?)null });
        Given(Created).When(new DepartmentCommand.Amend("华东销售部")).ThenNothing();
    }

    [Fact]
    public void DE3_it_is_moved_but_never_below_itself()
    {
        Given(Created).When(new DepartmentCommand.Move(Above)).ThenEvents(new DepartmentEvent.Moved(null, Above)).Card.Should().BeEquivalentTo(new { ParentId = Above });
        Given(Created).When(new DepartmentCommand.Move(Above, IsBelowItself: true)).ThenRefused(DepartmentRefusals.BelowItself);
        Given(Created).When(new DepartmentCommand.Move(null)).ThenNothing();
    }

    [Fact]
    public void DE4_only_an_empty_one_is_closed_and_a_closed_one_is_reopened()
    {
        Given(Created).When(new DepartmentCommand.Close(HasMembers: true)).ThenRefused(DepartmentRefusals.HasMembers);
        Given(Created).When(new DepartmentCommand.Close()).ThenEvents(new DepartmentEvent.Closed()).Card.Should().BeEquivalentTo(new { Open = false });
        Given(Created, new DepartmentEvent.Closed()).When(new DepartmentCommand.Close()).ThenNothing();
        Given(Created, new DepartmentEvent.Closed()).When(new DepartmentCommand.Amend("x")).ThenRefused(DepartmentRefusals.Closed);
        Given(Created, new DepartmentEvent.Closed()).When(new DepartmentCommand.Reopen()).ThenEvents(new DepartmentEvent.Reopened());
        Given(Created).When(new DepartmentCommand.Reopen()).ThenNothing();
    }
}
