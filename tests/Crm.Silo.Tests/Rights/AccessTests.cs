using System.Text;
using Crm.Grains;
using Crm.Grains.Departments;
using Crm.Grains.FieldBooks;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Grains.RoleBooks;
using Crm.Grains.Shares;
using Crm.Grains.Users;
using Crm.Silo.Rights;

namespace Crm.Silo.Tests.Rights;

/// <summary>What roles, departments, regions and shares mean for one person.</summary>
public sealed class AccessTests
{
    private static readonly Slice Leads = LeadSlice.Definition;
    private static readonly Guid Head = Id(1), East = Id(2), Shanghai = Id(3), North = Id(4);
    private static readonly Guid Boss = Id(11), Manager = Id(12), Wang = Id(13), Li = Id(14), Zhao = Id(15), Report = Id(16);
    private static readonly Guid Record = Id(21);

    [Theory]
    [InlineData("own", true, false, false, false, false, false)]
    [InlineData("team", true, true, false, false, false, false)]
    [InlineData("department", true, true, true, false, false, false)]
    [InlineData("pool", false, false, false, false, true, true)]
    [InlineData("sub-pool", false, false, false, false, true, false)]
    [InlineData("region", true, false, false, false, true, false)]
    [InlineData("all", true, true, true, true, true, true)]
    public void A_scope_covers_what_it_says(string scope, bool own, bool colleague, bool below, bool elsewhere, bool poolOfMyRegion, bool poolOfAnother)
    {
        var access = AccessOf(Wang, "sales", [new("leads", "read", [scope])], East);

        access.Sees(Leads, new(Record, Wang, "华东")).Should().Be(own);
        access.Sees(Leads, new(Record, Li, null)).Should().Be(colleague);
        access.Sees(Leads, new(Record, Report, null)).Should().Be(below);
        access.Sees(Leads, new(Record, Zhao, null)).Should().Be(elsewhere);
        access.Sees(Leads, new(Record, null, "华东")).Should().Be(poolOfMyRegion);
        access.Sees(Leads, new(Record, null, "华北")).Should().Be(poolOfAnother);
    }

    [Fact]
    public void A_manager_sees_the_department_below_and_not_beside()
    {
        var access = AccessOf(Manager, "sales-manager", [new("leads", "read", ["department"])], department: null);

        access.Sees(Leads, new(Record, Wang, null)).Should().BeTrue("Wang is in the department that the manager manages");
        access.Sees(Leads, new(Record, Report, null)).Should().BeTrue("Shanghai lies below");
        access.Sees(Leads, new(Record, Zhao, null)).Should().BeFalse("the north is another department");
    }

    [Fact]
    public void A_region_comes_from_the_nearest_department_that_has_one()
    {
        var access = AccessOf(Report, "sales", [new("leads", "read", ["sub-pool"])], Shanghai);

        access.RegionName.Should().Be("华东");
        access.Sees(Leads, new(Record, null, "华东")).Should().BeTrue();
    }

    [Fact]
    public void Two_who_are_each_others_superiors_do_not_go_round_for_ever()
    {
        var users = People().ToDictionary(user => user.Id);
        users[Wang] = users[Wang] with { SuperiorId = Li };
        users[Li] = users[Li] with { SuperiorId = Wang };

        new Organisation(users, Departments(), [], null).DepartmentOf(users[Wang]).Should().Contain([Wang, Li]);
    }

    [Theory]
    [InlineData("read", null, "forbidden")]
    [InlineData("edit", null, null)]
    [InlineData(null, "not-found", "not-found")]
    public void A_share_opens_one_record_and_no_more_than_it_says(string? right, string? toRead, string? toAmend)
    {
        var shares = right is null ? [] : (ShareCard[])[new(Id(31), 1, "lead", Record, "department", East, right, Boss, default)];
        var access = AccessOf(Wang, "sales", [new("leads", "*", ["own"])], East, shares);

        access.MayCommand(Leads, "read", Record, new Holder(Zhao, Exists: true))?.Code.Should().Be(toRead);
        access.MayCommand(Leads, "amend", Record, new Holder(Zhao, Exists: true))?.Code.Should().Be(toAmend);
        access.Sees(Leads, new(Id(22), Zhao, null)).Should().BeFalse();
    }

    [Fact]
    public void What_is_seen_but_not_granted_is_forbidden_and_what_is_not_seen_is_not_there()
    {
        var access = AccessOf(Wang, "sales", [new("leads", "read", ["team"]), new("leads", "amend", ["own"])], East);

        access.MayCommand(Leads, "amend", Record, new Holder(Wang, Exists: true)).Should().BeNull();
        access.MayCommand(Leads, "amend", Record, new Holder(Li, Exists: true))!.Code.Should().Be("forbidden"); // asserted by what follows
        access.MayCommand(Leads, "amend", Record, new Holder(Zhao, Exists: true))!.Code.Should().Be("not-found");
        access.MayCommand(Leads, "create", Record, new Holder(null, Exists: false))!.Code.Should().Be("forbidden");
    }

    [Fact]
    public void Any_verb_does_not_imply_export_and_erase()
    {
        var access = AccessOf(Wang, "sales", [new("leads", "*", ["all"])], East);

        access.MayEver(Leads, "assign").Should().BeTrue();
        access.MayEver(Leads, "export").Should().BeFalse();
        access.MayEver(Leads, "erase").Should().BeFalse();
    }

    [Fact]
    public void Somebody_who_is_shut_out_or_whose_role_is_gone_may_nothing()
    {
        var users = People().ToDictionary(user => user.Id);
        users[Wang] = users[Wang] with { Active = false };
        users[Li] = users[Li] with { Role = "gone" };
        var organisation = new Organisation(users, Departments(), [], null);

        Access.Of(organisation, Wang, "admin").MayEver(Leads, "read").Should().BeFalse();
        Access.Of(organisation, Li, "admin").MayEver(Leads, "read").Should().BeFalse();
    }

    [Fact]
    public void A_mask_hides_masks_and_leaves()
    {
        var mask = FieldMask.Of(new("x", "x", [], [new("leads", "mobile", "masked"), new("leads", "email", "hidden"), new("leads", "custom.salary", "hidden"), new("leads", "note", "read"), new("leads", "nextStep", "masked")]), "leads", FieldSet.None)!; // it limits fields

        var shown = Encoding.UTF8.GetString(mask.Apply("""{"id":"1","mobile":"13800138000","email":"a@b.cn","note":"n","custom":{"salary":"1","size":"2"},"nextStep":{"text":"t"}}"""u8.ToArray()));

        shown.Should().Be("""{"id":"1","mobile":"****8000","note":"n","custom":{"size":"2"}}""");
        FieldMask.Mask("1234").Should().Be("****");
    }

    [Fact]
    public void A_command_may_not_fill_in_what_the_role_does_not_edit()
    {
        var role = new Role("sales", "x", [new("leads", "*", ["all"])], [new("leads", "mobile", "read"), new("leads", "custom.salary", "hidden")]);
        var access = Access.Of(OrganisationWith(role, Wang, East), Wang, "sales");

        access.MayFill(Leads, new LeadCommand.Amend(Mobile: "13800138000"))!.Field.Should().Be("mobile"); // asserted by the field
        access.MayFill(Leads, new LeadCommand.Amend(Mobile: (string?)null))!.Field.Should().Be("mobile");
        access.MayFill(Leads, new LeadCommand.Amend(Custom: new Dictionary<string, CustomValue> { ["salary"] = "1" }))!.Code.Should().Be("field-forbidden");
        access.MayFill(Leads, new LeadCommand.Amend(Note: "x")).Should().BeNull();
    }

    [Fact]
    public void Nobody_includes_a_role_that_can_do_more()
    {
        var access = AccessOf(Manager, "sales-manager", [new("leads", "*", ["department"])], East);
        bool Includes(params Grant[] grants) => access.Includes(new("x", "x", grants, []), Slices.All, ["read", "amend", "export"]);

        Includes(new Grant("leads", "read", ["own"])).Should().BeTrue();
        Includes(new Grant("leads", "read", ["all"])).Should().BeFalse();
        Includes(new Grant("leads", "export", ["own"])).Should().BeFalse();
        Includes(new Grant("customers", "amend", ["own"])).Should().BeFalse();
        access.Includes(RoleTemplates.Templates["standard"]["admin"], Slices.All, []).Should().BeFalse();
    }

    [Fact]
    public void What_follows_from_any_change_by_somebody_never_exceeds_what_he_had()
    {
        // every role that somebody includes includes, in turn, only what he includes
        var roles = RoleTemplates.Templates.Values.SelectMany(template => template.Values).ToList();
        string[] verbs = ["read", "create", "amend", "assign", "log-activity", "export", "erase"];
        foreach (var mine in roles.Where(role => role.Key != "admin"))
        {
            var access = Access.Of(OrganisationWith(mine, Wang, East), Wang, mine.Key);
            foreach (var given in roles.Where(role => role.Key != "admin" && access.Includes(role, Slices.All, verbs)))
            {
                var theirs = Access.Of(OrganisationWith(given, Wang, East), Wang, given.Key);
                foreach (var further in roles.Where(role => theirs.Includes(role, Slices.All, verbs)))
                {
                    access.Includes(further, Slices.All, verbs).Should().BeTrue($"{mine.Name} gives {given.Name}, who gives {further.Name}");
                }
            }
        }
    }

    private static Access AccessOf(Guid person, string roleKey, Grant[] grants, Guid? department, params ShareCard[] shares) =>
        Access.Of(OrganisationWith(new(roleKey, "x", grants, []), person, department, shares), person, roleKey);

    private static Organisation OrganisationWith(Role role, Guid person, Guid? department, params ShareCard[] shares)
    {
        var users = People().ToDictionary(user => user.Id);
        users[person] = users[person] with { Role = role.Key, DepartmentId = department };
        return new(users, Departments(), shares, new(Id(41), 1, "standard", [role]));
    }

    private static IEnumerable<UserCard> People() =>
    [
        User(Boss, "admin", Head), User(Manager, "sales-manager", null), User(Wang, "sales", East), User(Li, "sales", East), User(Zhao, "sales", North), User(Report, "sales", Shanghai),
    ];

    private static Dictionary<Guid, DepartmentCard> Departments() => ((DepartmentCard[])
    [
        new(Head, 1, "总部", null, Boss, null, Open: true), new(East, 1, "华东", Head, Manager, "华东", Open: true),
        new(Shanghai, 1, "上海", East, null, null, Open: true), new(North, 1, "华北", Head, null, "华北", Open: true),
    ]).ToDictionary(department => department.Id);

    private static UserCard User(Guid id, string role, Guid? department) => new(id, 1, $"u{id}", $"u{id}", role, Active: true, "zh-CN", department, null, null, null);

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
