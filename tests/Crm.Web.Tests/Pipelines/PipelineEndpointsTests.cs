using System.Text.Json;
using Crm.Web.Tests.Live;

namespace Crm.Web.Tests.Pipelines;

/// <summary>Pipelines as data: the presets, and every change of one while opportunities sit in it.</summary>
public sealed class PipelineEndpointsTests(SharedApp shared) : ApiTest(shared)
{
    [Fact]
    public async Task PL13_names_of_presets_from_before_there_were_English_ones_are_shown_with_them()
    {
        var stages = new[] { new { key = "contact", name = "初步接洽", winRate = 10 }, new { key = "mine", name = "试用", winRate = 50 }, new { key = "signed", name = "签单", winRate = 100 } };
        (await Admin.PostAsync("/api/pipelines", new { key = "old", name = "标准销售", stages })).Expect(201);
        var head = Tenant.Head;
        await using var screen = await HubSocket.OpenAsync(App, Admin);
        (await screen.FollowAsync("pipelines:all")).Should().BeNull();

        Check((await Admin.GetAsync("/api/pipelines/old")).Expect(200).Json);
        Check((await Admin.GetAsync("/api/pipelines")).Expect(200).Json.Items().Single(pipeline => pipeline.Text("key") == "old"));
        await screen.HearAsync(hub => hub.Messages.Count > 0, "the pipelines");
        Check(screen.Messages[0].GetProperty("data").Items().Single(pipeline => pipeline.Text("key") == "old"));
        Tenant.Head.Should().Be(head, "nothing is written for it");

        (await Admin.PostAsync("/api/pipelines/old/rename-stage", new { stage = "signed", name = "成交" })).Expect(200);
        (await Admin.GetAsync("/api/pipelines/old")).Json.Items("stages")[2].GetProperty("nameEn").ValueKind.Should().Be(JsonValueKind.Null);

        static void Check(JsonElement pipeline)
        {
            (pipeline.Text("name"), pipeline.Text("nameEn")).Should().Be(("标准销售", "Standard sales"));
            pipeline.Items("stages").Select(stage => stage.Text("nameEn")).Should().Equal("First contact", null, "Order signed");
        }
    }

    [Fact]
    public async Task The_presets_have_their_keys_stages_and_rates()
    {
        var items = (await Sales.GetAsync("/api/pipelines")).Expect(200).Json.Items();

        items.Should().AllSatisfy(item => item.FieldNames().Should().BeEquivalentTo("id", "version", "key", "name", "stages", "retired", "nameEn"));
        items.ToDictionary(item => item.Text("key")!, Rates).Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["simple"] = "contact 10, needs 30, proposal 50, quote 70, signed 100",
            ["complex"] = "contact 10, supporter 30, key-supporter 70, key-persons 80, bid 90, signed 100",
            ["project"] = "new 10, review 25, discussion 50, plan 75, signed 100",
        });
        items[0].Items("stages")[0].FieldNames().Should().Equal("key", "name", "winRate", "retired", "nameEn");
        (await Sales.GetAsync("/api/pipelines/simple")).Expect(200).Json.ToString().Should().Be(items.Single(item => item.Text("key") == "simple").ToString());
        (await Sales.GetAsync("/api/pipelines/nope")).ExpectProblem(404, "not-found");
    }

    [Fact]
    public async Task A_pipeline_goes_through_every_verb()
    {
        (await Admin.PostAsync("/api/pipelines", new { key = "own", name = "Own", stages = new object[] { new { name = "First", winRate = 20 }, new { name = "Won", winRate = 100 } } })).Expect(201);
        (await Admin.PostAsync("/api/pipelines/own/rename", new { name = "Our own" })).Expect(200);
        (await Admin.PostAsync("/api/pipelines/own/add-stage", new { name = "Second", winRate = 60 })).Expect(200);
        (await Admin.PostAsync("/api/pipelines/own/rename-stage", new { stage = "second", name = "2nd" })).Expect(200);
        (await Admin.PostAsync("/api/pipelines/own/rate-stage", new { stage = "second", winRate = 55 })).Expect(200);
        var version = (await ReadAsync("own")).GetProperty("version").GetInt64();
        (await Admin.PostAsync("/api/pipelines/own/reorder-stages", new { stages = (string[])["second", "first", "won"] }, ("If-Match", $"\"{version}\""))).Expect(200);
        (await Admin.PostAsync("/api/pipelines/own/retire-stage", new { stage = "first" })).Expect(200);

        var own = await ReadAsync("own");
        (own.Text("name"), Rates(own)).Should().Be(("Our own", "second 55, first 20 retired, won 100"));
        own.Items("stages")[0].Text("name").Should().Be("2nd");

        (await Admin.PostAsync("/api/pipelines/own/restore-stage", new { stage = "first" })).Expect(200);
        (await Admin.PostAsync("/api/pipelines/own/retire")).Expect(200);
        (await ReadAsync("own")).GetProperty("retired").GetBoolean().Should().BeTrue();
        (await Admin.PostAsync("/api/pipelines/own/rename", new { name = "x" })).ExpectProblem(409, "state-conflict");
        (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "own", amount = 1 })).ExpectProblem(409, "stage-retired");
        (await Admin.PostAsync("/api/pipelines/own/restore")).Expect(200);
        (await ReadAsync("own")).GetProperty("retired").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task Reordering_needs_the_version_one_saw()
    {
        string[] stages = ["needs", "contact", "proposal", "quote", "signed"];

        (await Admin.PostAsync("/api/pipelines/simple/reorder-stages", new { stages })).ExpectProblem(428, "precondition-required");
        (await Admin.PostAsync("/api/pipelines/simple/reorder-stages", new { stages }, ("If-Match", "\"7\""))).ExpectProblem(412, "version-conflict");
        (await Admin.PostAsync("/api/pipelines/simple/reorder-stages", new { stages = stages[..4] }, ("If-Match", "\"1\""))).ExpectProblem(422, "stage-order-incomplete", "stages");
        (await Admin.PostAsync("/api/pipelines/simple/reorder-stages", new { stages }, ("If-Match", "\"1\""))).Expect(200).Version.Should().Be(2);
    }

    [Fact]
    public async Task An_opportunity_stays_in_a_retired_stage_but_none_enters_it()
    {
        var inside = (await Admin.PostAsync("/api/opportunities", new { name = "A", pipeline = "simple", stage = "needs", amount = 1 })).Expect(201).Id;
        var outside = (await Admin.PostAsync("/api/opportunities", new { name = "B", pipeline = "simple", amount = 1 })).Expect(201).Id;
        (await Admin.PostAsync("/api/pipelines/simple/retire-stage", new { stage = "needs" })).Expect(200);

        (await Admin.PostAsync($"/api/opportunities/{outside}/move", new { stage = "needs" })).ExpectProblem(409, "stage-retired", "stage");
        var stages = (await Admin.GetAsync("/api/funnels/simple")).Json.Items("stages");
        stages.Single(stage => stage.Text("stage") == "needs").GetProperty("count").GetInt32().Should().Be(1);
        (await Admin.PostAsync($"/api/opportunities/{inside}/move", new { stage = "quote" })).Expect(200);
        (await Admin.GetAsync("/api/funnels/simple")).Json.Items("stages").Should().NotContain(stage => stage.Text("stage") == "needs");
    }

    [Fact]
    public async Task A_taken_key_is_refused_and_a_repeated_request_is_not()
    {
        var body = new { key = "own", name = "Own", preset = "simple" };
        var first = (await Admin.PostAsync("/api/pipelines", body, ("Idempotency-Key", "p-1"))).Expect(201);

        (await Admin.PostAsync("/api/pipelines", body, ("Idempotency-Key", "p-1"))).Expect(201).Text.Should().Be(first.Text);
        (await Admin.PostAsync("/api/pipelines", body)).ExpectProblem(409, "pipeline-key-taken", "key").Json.GetProperty("existingId").GetGuid().Should().Be(first.Id);
    }

    [Fact]
    public async Task The_won_stage_stays()
    {
        (await Admin.PostAsync("/api/pipelines/simple/rate-stage", new { stage = "signed", winRate = 90 })).ExpectProblem(409, "won-stage-needed", "winRate");
        (await Admin.PostAsync("/api/pipelines/simple/retire-stage", new { stage = "signed" })).ExpectProblem(409, "won-stage-needed", "stage");
        (await Admin.PostAsync("/api/pipelines/simple/add-stage", new { name = "X", winRate = 100 })).ExpectProblem(409, "won-stage-exists", "winRate");
        (await Admin.PostAsync("/api/pipelines/simple/rate-stage", new { stage = "needs", winRate = 101 })).ExpectProblem(422, "number-out-of-range", "winRate");
        (await Admin.PostAsync("/api/pipelines/simple/rate-stage", new { stage = "nope", winRate = 1 })).ExpectProblem(422, "stage-unknown", "stage");
    }

    private async Task<JsonElement> ReadAsync(string key) => (await Admin.GetAsync($"/api/pipelines/{key}")).Expect(200).Json;

    private static string Rates(JsonElement pipeline) => string.Join(", ", pipeline.Items("stages")
        .Select(stage => $"{stage.Text("key")} {stage.GetProperty("winRate").GetInt32()}{(stage.GetProperty("retired").GetBoolean() ? " retired" : "")}"));
}
