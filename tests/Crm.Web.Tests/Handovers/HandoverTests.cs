using System.Text.Json;

namespace Crm.Web.Tests.Handovers;

/// <summary>Somebody leaves, and everything of his goes to colleagues as it is; for a while it can be taken back.</summary>
public sealed class HandoverTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task Everything_goes_to_the_colleague_as_it_is_and_the_person_is_shut_out()
    {
        var from = Tenant.Sales;
        var to = Tenant.OtherSales;
        var lead = (await Admin.PostAsync("/api/leads", new { name = "王伟", ownerId = from.Id })).Expect(201).Id;
        var gone = (await Admin.PostAsync("/api/leads", new { name = "gone", ownerId = from.Id })).Expect(201).Id;
        (await Admin.PostAsync($"/api/leads/{gone}/rule-out", new { reason = "wrong" })).Expect(200);
        var customer = (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "腾讯", ownerId = from.Id })).Expect(201).Id;
        var deal = (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", amount = 5, ownerId = from.Id })).Expect(201).Id;
        (await Admin.PostAsync($"/api/opportunities/{deal}/plan-step", new { text = "call", dueAt = "2027-01-01T00:00:00Z" })).Expect(200);
        (await Admin.PutAsync("/api/targets", new { pipeline = "simple", month = "2026-11", amount = 9, ownerId = from.Id })).Expect(200);
        var before = (await Admin.GetAsync($"/api/opportunities/{deal}")).Json;

        var preview = (await Admin.GetAsync($"/api/handovers/preview?userId={from.Id}")).Expect(200).Json;
        preview.Items("slices").ToDictionary(slice => slice.Text("slice")!, slice => slice.GetProperty("count").GetInt32())
            .Should().BeEquivalentTo(new Dictionary<string, int> { ["leads"] = 2, ["opportunities"] = 1, ["customers"] = 1, ["contacts"] = 0 });
        preview.GetProperty("total").GetInt32().Should().Be(4);
        preview.GetProperty("targetsKept").GetInt32().Should().Be(1);
        preview.Items("slices").Sum(slice => slice.GetProperty("openSteps").GetInt32()).Should().Be(1);

        var card = await RunAsync(new { fromId = from.Id, to = (Guid[])[to.Id] });

        card.Items("given").Sum(given => given.GetProperty("count").GetInt32()).Should().Be(4);
        card.GetProperty("refused").GetInt32().Should().Be(0);
        var after = (await to.Client.GetAsync($"/api/opportunities/{deal}")).Expect(200).Json;
        after.GetProperty("ownerId").GetGuid().Should().Be(to.Id);
        foreach (var field in (string[])["name", "stage", "status", "stageSince", "dueAt", "nextStep", "amount"])
        {
            if (before.TryGetProperty(field, out var was))
            {
                after.GetProperty(field).ToString().Should().Be(was.ToString(), field);
            }
        }

        (await to.Client.GetAsync($"/api/leads/{lead}")).Expect(200);
        (await to.Client.GetAsync($"/api/leads/{gone}")).Expect(200).Json.Text("status").Should().Be("ruled-out");
        (await to.Client.GetAsync($"/api/customers/{customer}")).Expect(200);
        (await from.Client.GetAsync("/api/leads")).Expect(401);
        (await Admin.GetAsync($"/api/handovers/preview?userId={from.Id}")).Json.GetProperty("total").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task Slices_go_to_whom_they_are_given_and_several_people_take_turns()
    {
        var third = await Tenant.NewPersonAsync("third", "sales");
        for (var i = 0; i < 9; i++)
        {
            (await Admin.PostAsync("/api/leads", new { name = $"lead {i}", ownerId = Tenant.Sales.Id })).Expect(201);
        }

        (await Admin.PostAsync("/api/customers", new { type = "corporate", name = "x", ownerId = Tenant.Sales.Id })).Expect(201);

        await RunAsync(new { fromId = Tenant.Sales.Id, to = (Guid[])[Tenant.OtherSales.Id, third.Id], shares = (object[])[new { slice = "customers", to = (Guid[])[third.Id] }] });

        var leads = (await Admin.GetAsync("/api/leads")).Json.Items().GroupBy(lead => lead.GetProperty("ownerId").GetGuid()).ToDictionary(group => group.Key, group => group.Count());
        leads.Values.Should().BeEquivalentTo([4, 5]);
        (await Admin.GetAsync("/api/customers")).Json.Items().Should().OnlyContain(customer => customer.GetProperty("ownerId").GetGuid() == third.Id);
    }

    [Fact]
    public async Task An_undo_gives_back_what_nobody_has_changed_and_counts_the_rest()
    {
        var left = (await Admin.PostAsync("/api/leads", new { name = "left", ownerId = Tenant.Sales.Id })).Expect(201).Id;
        var worked = (await Admin.PostAsync("/api/leads", new { name = "worked", ownerId = Tenant.Sales.Id })).Expect(201).Id;
        var handover = (await RunAsync(new { fromId = Tenant.Sales.Id, to = (Guid[])[Tenant.OtherSales.Id] })).GetProperty("id").GetGuid();
        (await Tenant.OtherSales.Client.PostAsync($"/api/leads/{worked}/qualify")).Expect(200);

        (await Admin.PostAsync($"/api/handovers/{handover}/undo")).Expect(202);
        var card = await EndAsync(handover, "undone");

        card.GetProperty("undone").GetInt32().Should().Be(1);
        card.GetProperty("kept").GetInt32().Should().Be(1);
        (await Admin.GetAsync($"/api/leads/{left}")).Json.GetProperty("ownerId").GetGuid().Should().Be(Tenant.Sales.Id);
        (await Admin.GetAsync($"/api/leads/{worked}")).Json.GetProperty("ownerId").GetGuid().Should().Be(Tenant.OtherSales.Id);
        (await Admin.GetAsync("/api/users")).Json.Items().Single(user => user.GetProperty("id").GetGuid() == Tenant.Sales.Id).GetProperty("active").GetBoolean().Should().BeTrue();
        var again = await Tenant.NewSessionAsync(Tenant.Sales);
        (await again.Client.GetAsync($"/api/leads/{left}")).Expect(200);
    }

    [Fact]
    public async Task Nobody_takes_over_who_is_not_there_and_nobody_hands_himself_over()
    {
        (await Admin.PostAsync("/api/handovers", new { fromId = Tenant.Sales.Id, to = (Guid[])[Guid.CreateVersion7()] })).ExpectProblem(422, "reference-not-found", "to");
        (await Admin.PostAsync("/api/handovers", new { fromId = Tenant.Sales.Id, to = (Guid[])[Tenant.Sales.Id] })).ExpectProblem(422, "handover-to-oneself", "to");
        (await Admin.PostAsync("/api/handovers", new { fromId = Tenant.Sales.Id, to = Array.Empty<Guid>() })).ExpectProblem(422, "field-required", "to");
        (await Admin.PostAsync("/api/handovers", new { fromId = Tenant.Sales.Id, to = (Guid[])[Tenant.OtherSales.Id], shares = (object[])[new { slice = "users", to = (Guid[])[Tenant.OtherSales.Id] }] })).ExpectProblem(422, "enum-invalid", "shares");
        (await Tenant.Boss.Client.PostAsync("/api/handovers", new { fromId = Tenant.Boss.Id, to = (Guid[])[Tenant.OtherSales.Id] })).ExpectProblem(409, "state-conflict");
        (await Tenant.Sales.Client.GetAsync("/api/leads")).Expect(200);
    }

    private async Task<JsonElement> RunAsync(object body) => await EndAsync((await Admin.PostAsync("/api/handovers", body)).Expect(202).Id, "done");

    private Task<JsonElement> EndAsync(Guid handover, string status) =>
        Eventually.GetAsync(async () => (await Admin.GetAsync($"/api/handovers/{handover}")).Expect(200).Json, card => card.Text("status") == status, $"the hand-over to be {status}");
}
