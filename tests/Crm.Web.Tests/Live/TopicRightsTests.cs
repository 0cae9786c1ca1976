using Crm.Silo.Live;
using Crm.Web.Tests.Rights;

namespace Crm.Web.Tests.Live;

/// <summary>What one topic answers to each role: nothing but yes, or the code of the refusal.</summary>
/// <param name="Topic">As a client names it; <c>{lead}</c> and the like is a record that belongs to whom the role says, <c>{me}</c> who asks.</param>
public sealed record TopicRow(string Topic, string Own, string Others, string Nobodys, string Admin, string Foreign, string Key, string Manager, string Viewer, string Reader)
{
    public string For(Role role) => role switch
    {
        Role.Own => Own,
        Role.Others => Others,
        Role.Nobodys => Nobodys,
        Role.Admin => Admin,
        Role.Foreign => Foreign,
        Role.Key => Key,
        Role.Manager => Manager,
        Role.Viewer => Viewer,
        _ => Reader,
    };
}

/// <summary>Every topic of the hub, followed as every role.</summary>
public sealed class TopicRightsTests(SharedApp shared, TwoTenants tenants) : IClassFixture<TwoTenants>
{
    private const string Yes = "", No = "not-found", Scope = "scope-missing";
    private static readonly Role[] Signed = [.. Enum.GetValues<Role>().Where(role => role is not (Role.Guest or Role.Disabled))];

    private static readonly TopicRow[] Rows =
    [
        // own others nobody's admin foreign key manager viewer reader
        new("funnel:simple", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("funnel:nowhere", No, No, No, No, No, No, No, No, No),
        new("board:simple", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("board:nowhere", No, No, No, No, No, No, No, No, No),
        new("record:lead/{lead}", Yes, No, Yes, Yes, No, Yes, Yes, Yes, Yes),
        new("record:lead/{lead}?unseen=true", Yes, No, Yes, Yes, No, Yes, Yes, Yes, Yes),
        new("record:lead/{lead}?unseen=false", No, No, No, No, No, No, No, No, No),
        new("record:customer/{customer}", Yes, No, No, Yes, No, Yes, Yes, Yes, Yes),
        new("record:contact/{contact}", Yes, No, No, Yes, No, Yes, Yes, Yes, Yes),
        new("record:opportunity/{opportunity}", Yes, No, No, Yes, No, Yes, Yes, Yes, Yes),
        new("record:customer/{lead}", No, No, No, No, No, No, No, No, No),
        new("record:user/{other}", Yes, Yes, Yes, Yes, No, Yes, Yes, Yes, Yes),
        new("record:apikey/{key}", No, No, No, Yes, No, No, No, No, Yes),
        new("import:{import}", No, No, No, Yes, No, No, No, No, Yes),
        new("handover:{handover}", No, No, No, Yes, No, No, No, No, Yes),
        new("mine:{me}", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("mine:{other}", No, No, No, No, No, No, No, No, No),
        new("pipelines:all", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("pipelines:*", No, No, No, No, No, No, No, No, No),
        new("fields:all", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("fields:leads", No, No, No, No, No, No, No, No, No),
        new("tenant:mine", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("tenant:theirs", No, No, No, No, No, No, No, No, No),
        new("alerts:all", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:leads?filter=name eq \"x\"", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:leads?filter=nobody eq 1", No, No, No, No, No, No, No, No, No),
        new("list:audit", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:alerts", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:api-keys", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:files", No, No, No, Yes, Yes, No, No, No, Scope),
        new("list:company-sign-ins", No, No, No, Yes, Yes, No, No, No, Scope),
        new("list:contacts", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:customers", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:departments", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:exports", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:factors", No, No, No, Yes, Yes, No, No, No, Scope),
        new("list:fields", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:handovers", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:imports", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:leads", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:mails", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:opportunities", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:pipelines", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:policies", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:roles", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:sessions", No, No, No, Yes, Yes, No, No, No, Yes),
        new("list:shares", No, No, No, Yes, Yes, No, No, No, Scope),
        new("list:targets", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
        new("list:tenants", No, No, No, Yes, Yes, No, No, No, Scope),
        new("list:users", Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes),
    ];

    [Fact]
    public void Every_sort_of_topic_and_every_slice_has_its_row()
    {
        Rows.Select(row => row.Topic.Split(':')[0]).Distinct().Should().BeEquivalentTo(LiveTopics.Sorts);
        Rows.Where(row => row.Topic.StartsWith("list:", StringComparison.Ordinal)).Select(row => row.Topic["list:".Length..]).Where(list => !list.Contains('?', StringComparison.Ordinal))
            .Should().BeEquivalentTo(shared.App.Silo.Slices.All.Select(slice => slice.Slice.Plural));
        Rows.Where(row => row.Topic.StartsWith("record:", StringComparison.Ordinal)).Select(row => row.Topic["record:".Length..].Split('/')[0])
            .Should().Contain(shared.App.Silo.Slices.All.Where(slice => slice.Slice.HasCustomFields).Select(slice => slice.Kind));
    }

    [Fact]
    public async Task A_topic_answers_each_role_as_the_table_says()
    {
        foreach (var role in Signed)
        {
            await using var socket = await HubSocket.OpenAsync(shared.App, tenants.ClientOf(role));
            var answers = new List<(string Topic, string Answer)>();
            foreach (var row in Rows)
            {
                answers.Add((row.Topic, await socket.FollowAsync(await FillAsync(row.Topic, role)) ?? Yes));
            }

            answers.Should().Equal(Rows.Select(row => (row.Topic, row.For(role))), "the role is {0}", role);
        }
    }

    [Theory]
    [InlineData(Role.Guest)]
    [InlineData(Role.Disabled)]
    public async Task Nobody_who_is_not_signed_in_opens_a_socket(Role role)
    {
        var opening = () => HubSocket.OpenAsync(shared.App, tenants.ClientOf(role));

        (await opening.Should().ThrowAsync<RefusedException>()).Which.Status.Should().Be(401);
    }

    private async Task<string> FillAsync(string topic, Role role)
    {
        var admin = tenants.Ours.Admin;
        Guid? owner = role switch { Role.Others => tenants.Ours.OtherSales.Id, Role.Nobodys => null, Role.Key => tenants.Ours.SalesKey.Id, _ => tenants.Ours.Sales.Id };
        var maker = role == Role.Key ? tenants.Ours.SalesKey.Client : admin;
        Guid? given = role == Role.Key ? null : owner;
        var start = topic.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return topic;
        }

        var what = topic[(start + 1)..topic.IndexOf('}', StringComparison.Ordinal)];
        var id = what switch
        {
            "me" => tenants.ClientOf(role).CallerId!.Value, // whoever is signed in is somebody
            "other" => tenants.Ours.OtherSales.Id,
            "key" => tenants.Ours.SalesKey.Id,
            "lead" => (await maker.PostAsync("/api/leads", new { name = "x", ownerId = given })).Expect(201).Id,
            "customer" => (await maker.PostAsync("/api/customers", new { type = "corporate", name = "x", ownerId = given })).Expect(201).Id,
            "opportunity" => (await maker.PostAsync("/api/opportunities", new { name = "x", pipeline = "simple", amount = 1, ownerId = given })).Expect(201).Id,
            "contact" => (await maker.PostAsync("/api/contacts", new { customerId = (await maker.PostAsync("/api/customers", new { type = "corporate", name = "x", ownerId = given })).Expect(201).Id, name = "x", ownerId = given })).Expect(201).Id,
            "import" => (await admin.PostAsync("/api/imports", Imports.Uploads.Form(System.Text.Encoding.UTF8.GetBytes($"姓名\n{Guid.NewGuid():N}\n"), "x.csv"))).Expect(202).Id,
            _ => (await admin.PostAsync("/api/handovers", new { fromId = (await tenants.Ours.NewPersonAsync($"l{Guid.NewGuid():N}"[..9], "sales")).Id, to = (Guid[])[tenants.Ours.OtherSales.Id] })).Expect(202).Id,
        };
        return topic.Replace($"{{{what}}}", id.ToString(), StringComparison.Ordinal);
    }
}
