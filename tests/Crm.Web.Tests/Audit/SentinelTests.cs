namespace Crm.Web.Tests.Audit;

/// <summary>Somebody who reads far more of others' records than is usual is noticed, and the step of the policy is taken.</summary>
public sealed class SentinelTests(SharedApp shared) : ApiTest(shared)
{
    [Theory]
    [InlineData("tell")]
    [InlineData("mask")]
    [InlineData("stop")]
    public async Task Unusual_reading_is_answered_by_the_configured_step_until_it_is_released(string step)
    {
        (await Admin.PutAsync("/api/policies", $$"""{"approveAboveRows":1000,"dailyRows":50000,"windowMinutes":10,"leastRecords":10,"timesUsual":5,"step":"{{step}}"}""")).Expect(200);
        (await Admin.PutAsync("/api/roles/sales", """{"name":"销售","grants":[{"slice":"leads","verb":"*","scopes":["all"]}],"fields":[]}""")).Expect(200);
        var leads = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            leads.Add((await Admin.PostAsync("/api/leads", new { name = $"lead {i}", mobile = $"138001380{i:00}", ownerId = Tenant.OtherSales.Id })).Expect(201).Id);
        }

        // one's own and the same ones again are nothing unusual
        (await Sales.PostAsync("/api/leads", new { name = "mine" })).Expect(201);
        for (var i = 0; i < 20; i++)
        {
            (await Sales.GetAsync($"/api/leads/{leads[0]}")).Expect(200);
        }

        (await Admin.GetAsync("/api/alerts")).Json.Items().Should().BeEmpty();
        foreach (var lead in leads)
        {
            await Sales.GetAsync($"/api/leads/{lead}");
        }

        var alert = (await Eventually.GetAsync(async () => (await Admin.GetAsync("/api/alerts")).Json.Items(), alerts => alerts.Count > 0, "the alert"))[0];
        (alert.Text("type"), alert.Text("step"), alert.GetProperty("personId").GetGuid()).Should().Be(("unusual-reading", step, Tenant.Sales.Id));
        await ExpectSightAsync(step, leads[0]);
        (await Admin.GetAsync("/api/alerts")).Json.Items().Should().ContainSingle("what was read before an alert is told once");

        (await Admin.PostAsync($"/api/alerts/{alert.GetProperty("id").GetGuid()}/release", new { note = "was asked to" })).Expect(200);
        await ExpectSightAsync("tell", leads[0]);
    }

    private async Task ExpectSightAsync(string step, Guid lead)
    {
        var answer = await Sales.GetAsync($"/api/leads/{lead}");
        switch (step)
        {
            case "tell":
                answer.Expect(200).Json.Text("mobile").Should().Be("13800138000");
                break;
            case "mask":
                answer.Expect(200).Json.Text("mobile").Should().Be("****8000");
                (await Sales.GetAsync("/api/leads?filter=mobile eq \"13800138000\"")).ExpectProblem(403, "field-forbidden");
                break;
            default:
                answer.ExpectProblem(403, "access-stopped");
                (await Sales.GetAsync("/api/session")).Expect(200);
                break;
        }
    }
}
