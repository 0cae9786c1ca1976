using Crm.Grains.Pipelines;

namespace Crm.Grains.Tests.Pipelines;

public sealed class PipelineRulesTests() : RuleSpec<Pipeline, PipelineCommand, PipelineEvent, PipelineCard>(PipelineSlice.Definition)
{
    private static readonly PipelineStage First = new("contact", "初步接洽", 10);
    private static readonly PipelineStage Second = new("quote", "报价", 70);
    private static readonly PipelineStage WonStage = new("signed", "签单", 100);
    private static readonly PipelineEvent.Created Created = new("direct", "Direct sales", [First, Second, WonStage]);

    [Fact]
    public void PL1_a_pipeline_has_a_key_no_other_has() => Given(Created).Claims.Should().Equal("pipeline-key:direct");

    [Theory]
    [InlineData("Direct")]
    [InlineData("")]
    [InlineData("直销")]
    [InlineData("a|b")]
    public void PL1_a_key_that_is_no_slug_is_refused(string key) => Given().When(new PipelineCommand.Create(key, "Direct")).ThenRefused("key-invalid", "key");

    [Fact]
    public void PL1_a_pipeline_needs_a_name() => Given().When(new PipelineCommand.Create("direct", " ")).ThenRefused("field-required", "name");

    [Fact]
    public void PL1_what_never_was_is_not_found() => Given().When(new PipelineCommand.Rename("New")).ThenRefused(PipelineRefusals.NotFound);

    [Fact]
    public void PL2_the_preset_simple_is_that_of_OPP_07() =>
        Given().When(new PipelineCommand.Create("direct", " Direct ", "simple")).ThenEvents(new PipelineEvent.Created("direct", "Direct",
        [
            new("contact", "初步接洽", 10, NameEn: "First contact"), new("needs", "确定客户需求", 30, NameEn: "Needs confirmed"), new("proposal", "提供解决方案", 50, NameEn: "Solution proposed"), new("quote", "报价及谈判", 70, NameEn: "Quote & negotiation"), new("signed", "签单", 100, NameEn: "Order signed"),
        ]));

    [Fact]
    public void PL2_the_preset_complex_is_that_of_OPP_08() =>
        Given().When(new PipelineCommand.Create("direct", "Direct", "complex")).ThenEvents(new PipelineEvent.Created("direct", "Direct",
        [
            new("contact", "初步接洽", 10, NameEn: "First contact"), new("supporter", "支持者确定", 30, NameEn: "Supporter found"), new("key-supporter", "关键支持者认可", 70, NameEn: "Key supporter agrees"),
            new("key-persons", "其他关键人覆盖完毕", 80, NameEn: "Key people covered"), new("bid", "提案和投标", 90, NameEn: "Proposal and bid"), new("signed", "签约", 100, NameEn: "Contract signed"),
        ]));

    [Fact]
    public void PL2_the_preset_project_is_that_of_OPP_05() =>
        Given().When(new PipelineCommand.Create("direct", "Direct", "project")).ThenEvents(new PipelineEvent.Created("direct", "Direct",
        [
            new("new", "新建商机", 10, NameEn: "New opportunity"), new("review", "商机立项审核", 25, NameEn: "Project review"), new("discussion", "合作商讨", 50, NameEn: "Terms discussed"), new("plan", "方案制定", 75, NameEn: "Solution drafted"), new("signed", "合同签署", 100, NameEn: "Contract signed"),
        ]));

    [Fact]
    public void PL2_without_preset_and_stages_it_is_simple() =>
        Given().When(new PipelineCommand.Create("direct", "Direct")).ThenEvents(new PipelineEvent.Created("direct", "Direct", PipelinePresets.All["simple"]));

    [Fact]
    public void PL2_an_unknown_preset_is_refused() => Given().When(new PipelineCommand.Create("direct", "Direct", "huge")).ThenRefused("enum-invalid", "preset");

    [Fact]
    public void PL2_stages_can_be_given_one_by_one() =>
        Given().When(new PipelineCommand.Create("direct", "Direct", Stages: [new(" Contact ", 10), new("签单", 100), new("Contact", 0, "dead")]))
            .ThenEvents(new PipelineEvent.Created("direct", "Direct", [new("contact", "Contact", 10), new("stage-2", "签单", 100), new("dead", "Contact", 0)]));

    [Fact]
    public void PL2_a_preset_and_stages_together_are_refused() =>
        Given().When(new PipelineCommand.Create("direct", "Direct", "simple", [new("Won", 100)])).ThenRefused(PipelineRefusals.PresetOrStages);

    [Fact]
    public void PL2_creating_it_again_under_the_same_name_is_no_event()
    {
        Given(Created).When(new PipelineCommand.Create("direct", "Direct sales ", "complex")).ThenNothing();
        Given(Created).When(new PipelineCommand.Create("direct", "Another")).ThenRefused(PipelineRefusals.KeyTaken);
    }

    [Theory]
    [InlineData("Needs analysis", "needs-analysis")]
    [InlineData("  POC (phase 2)!", "poc-phase-2")]
    [InlineData("客户需求", "stage-4")]
    [InlineData("Contact", "contact-2")]
    [InlineData("Stage", "stage-4")]
    public void PL3_a_stage_without_a_key_gets_one_from_its_name(string name, string key) =>
        Given(Created).When(new PipelineCommand.AddStage(name, 30)).ThenEvents(new PipelineEvent.StageAdded(new(key, name.Trim(), 30), "quote"));

    [Fact]
    public void PL3_a_key_that_is_made_is_not_taken_and_not_too_long()
    {
        Given(Created, new PipelineEvent.StageAdded(new("stage-5", "第五", 20), "contact")).When(new PipelineCommand.AddStage("客户需求", 30))
            .ThenEvents(new PipelineEvent.StageAdded(new("stage-6", "客户需求", 30), "quote"));
        Given(Created).When(new PipelineCommand.AddStage(new string('a', 200), 30)).ThenEvents(new PipelineEvent.StageAdded(new(new string('a', 36), new string('a', 200), 30), "quote"));
    }

    [Theory]
    [InlineData("", 30, null, "field-required", "name")]
    [InlineData("New", -1, null, "number-out-of-range", "winRate")]
    [InlineData("New", 101, null, "number-out-of-range", "winRate")]
    [InlineData("New", 30, "New", "key-invalid", "key")]
    public void PL3_a_stage_that_cannot_be_is_refused(string name, int rate, string? key, string code, string field)
    {
        Given(Created).When(new PipelineCommand.AddStage(name, rate, key)).ThenRefused(code, field);
        Given().When(new PipelineCommand.Create("direct", "Direct", Stages: [new("Won", 100), new(name, rate, key)])).ThenRefused(code, $"stages[1].{field}");
    }

    [Fact]
    public void PL3_two_stages_cannot_have_one_key()
    {
        Given().When(new PipelineCommand.Create("direct", "Direct", Stages: [new("A", 10, "a"), new("B", 100, "a")])).ThenRefused(PipelineRefusals.StageKeyTwice);
        Given(Created).When(new PipelineCommand.AddStage("Other", 30, "quote")).ThenRefused(PipelineRefusals.StageKeyTaken);
    }

    [Fact]
    public void PL4_one_stage_and_only_one_wins()
    {
        Given().When(new PipelineCommand.Create("direct", "Direct", Stages: [new("A", 10)])).ThenRefused("won-stage-needed", "stages", RefusalKind.Conflict);
        Given().When(new PipelineCommand.Create("direct", "Direct", Stages: [new("A", 100), new("B", 100)])).ThenRefused("won-stage-exists", "stages", RefusalKind.Conflict);
    }

    [Fact]
    public void PL4_the_won_stage_is_not_retired_or_rated_lower()
    {
        Given(Created).When(new PipelineCommand.RetireStage("signed")).ThenRefused("won-stage-needed", "stage", RefusalKind.Conflict);
        Given(Created).When(new PipelineCommand.RateStage("signed", 90)).ThenRefused("won-stage-needed", "winRate", RefusalKind.Conflict);
        Given(Created).When(new PipelineCommand.RateStage("signed", 100)).ThenNothing();
    }

    [Fact]
    public void PL4_no_other_stage_becomes_a_won_stage()
    {
        Given(Created).When(new PipelineCommand.AddStage("Also won", 100)).ThenRefused(PipelineRefusals.WonStageExists);
        Given(Created).When(new PipelineCommand.RateStage("quote", 100)).ThenRefused(PipelineRefusals.WonStageExists);
        Given(Created, new PipelineEvent.StageRetired("quote")).When(new PipelineCommand.RateStage("quote", 100)).ThenRefused(PipelineRefusals.WonStageExists);
    }

    [Fact]
    public void PL5_a_pipeline_has_1_to_50_stages()
    {
        PipelineStageDraft[] stages = [new("Won", 100), .. Enumerable.Range(1, 50).Select(n => new PipelineStageDraft($"Stage {n}", 10))];
        Given().When(new PipelineCommand.Create("direct", "Direct", Stages: [])).ThenRefused(PipelineRefusals.StageLimit);
        Given().When(new PipelineCommand.Create("direct", "Direct", Stages: stages)).ThenRefused(PipelineRefusals.StageLimit);

        var full = new PipelineEvent.Created("direct", "Direct", [WonStage, .. Enumerable.Range(1, 49).Select(n => new PipelineStage($"s{n}", $"S{n}", 10))]);
        Given(full).When(new PipelineCommand.AddStage("One more", 10)).ThenRefused(PipelineRefusals.StageLimit);
        Given(full, new PipelineEvent.StageRetired("s1")).When(new PipelineCommand.AddStage("One more", 10)).ThenRefused(PipelineRefusals.StageLimit);
    }

    [Fact]
    public void PL5_more_than_ten_stages_are_fine() =>
        Given(new PipelineEvent.Created("direct", "Direct", [WonStage, .. Enumerable.Range(1, 48).Select(n => new PipelineStage($"s{n}", $"S{n}", 10))]))
            .When(new PipelineCommand.AddStage("The fiftieth", 10, "fifty", After: "s48")).ThenEvents(new PipelineEvent.StageAdded(new("fifty", "The fiftieth", 10), "s48"));

    [Fact]
    public void PL6_a_stage_is_added_behind_the_one_named() =>
        StagesOf(Given(Created).When(new PipelineCommand.AddStage("Demo", 40, "demo", After: "contact")).ThenEvents(new PipelineEvent.StageAdded(new("demo", "Demo", 40), "contact")))
            .Should().Equal("contact", "demo", "quote", "signed");

    [Fact]
    public void PL6_or_in_front_of_the_won_stage()
    {
        StagesOf(Given(Created).When(new PipelineCommand.AddStage("Demo", 40, "demo")).ThenEvents(new PipelineEvent.StageAdded(new("demo", "Demo", 40), "quote")))
            .Should().Equal("contact", "quote", "demo", "signed");
        StagesOf(Given(new PipelineEvent.Created("direct", "Direct", [WonStage])).When(new PipelineCommand.AddStage("Demo", 40, "demo")).ThenEvents(new PipelineEvent.StageAdded(new("demo", "Demo", 40), null)))
            .Should().Equal("demo", "signed");
    }

    [Fact]
    public void PL6_adding_the_same_stage_again_is_no_event() => Given(Created).When(new PipelineCommand.AddStage("报价", 70, "quote")).ThenNothing();

    [Fact]
    public void PL6_a_place_behind_an_unknown_stage_is_refused() => Given(Created).When(new PipelineCommand.AddStage("Demo", 40, After: "gone")).ThenRefused(PipelineRefusals.AfterUnknown);

    [Fact]
    public void PL7_a_stage_is_renamed_rated_retired_and_restored_by_its_key() =>
        Given(Created)
            .When(new PipelineCommand.RenameStage("quote", " Quote ")).ThenEvents(new PipelineEvent.StageRenamed("quote", "报价", "Quote"))
            .When(new PipelineCommand.RateStage("quote", 60)).ThenEvents(new PipelineEvent.StageRated("quote", 70, 60))
            .When(new PipelineCommand.RetireStage("quote")).ThenEvents(new PipelineEvent.StageRetired("quote"))
            .Card.Should().BeEquivalentTo(new { Stages = new[] { First, new("quote", "Quote", 60, Retired: true), WonStage } });

    [Fact]
    public void PL7_what_is_already_so_is_no_event()
    {
        Given(Created).When(new PipelineCommand.RenameStage("quote", "报价")).ThenNothing();
        Given(Created).When(new PipelineCommand.RateStage("quote", 70)).ThenNothing();
        Given(Created).When(new PipelineCommand.RestoreStage("quote")).ThenNothing();
        Given(Created, new PipelineEvent.StageRetired("quote")).When(new PipelineCommand.RetireStage("quote")).ThenNothing();
    }

    [Fact]
    public void PL7_an_unknown_stage_is_refused()
    {
        Given(Created).When(new PipelineCommand.RenameStage("gone", "New")).ThenRefused(PipelineRefusals.StageUnknown);
        Given(Created).When(new PipelineCommand.RateStage("gone", 10)).ThenRefused(PipelineRefusals.StageUnknown);
        Given(Created).When(new PipelineCommand.RetireStage("gone")).ThenRefused(PipelineRefusals.StageUnknown);
        Given(Created).When(new PipelineCommand.RestoreStage("gone")).ThenRefused(PipelineRefusals.StageUnknown);
        Given(Created).When(new PipelineCommand.RateStage("quote", 101)).ThenRefused(PipelineRefusals.WinRateOutOfRange);
    }

    [Fact]
    public void PL8_a_retired_stage_stays_in_its_place_and_can_be_restored() =>
        Given(Created, new PipelineEvent.StageRetired("contact")).When(new PipelineCommand.RestoreStage("contact")).ThenEvents(new PipelineEvent.StageRestored("contact"))
            .Card.Should().BeEquivalentTo(new { Stages = new[] { First, Second, WonStage } }, o => o.WithStrictOrdering());

    [Fact]
    public void PL9_reordering_names_every_stage_once() =>
        StagesOf(Given(Created, new PipelineEvent.StageRetired("contact")).When(new PipelineCommand.ReorderStages(["quote", "contact", "signed"]))
            .ThenEvents(new PipelineEvent.StagesReordered(["contact", "quote", "signed"], ["quote", "contact", "signed"]))).Should().Equal("quote", "contact", "signed");

    [Theory]
    [InlineData("contact", "quote")]
    [InlineData("contact", "quote", "quote")]
    [InlineData("contact", "quote", "gone")]
    [InlineData("contact", "quote", "signed", "signed")]
    [InlineData]
    public void PL9_an_order_that_does_not_is_refused(params string[] stages) => Given(Created).When(new PipelineCommand.ReorderStages(stages)).ThenRefused(PipelineRefusals.OrderIncomplete);

    [Fact]
    public void PL9_the_order_it_has_is_no_event() => Given(Created).When(new PipelineCommand.ReorderStages(["contact", "quote", "signed"])).ThenNothing();

    [Fact]
    public void PL10_a_retired_pipeline_keeps_its_key_and_only_takes_restoring()
    {
        var retired = Given(Created).When(new PipelineCommand.Retire()).ThenEvents(new PipelineEvent.Retired());
        retired.Claims.Should().Equal("pipeline-key:direct");
        retired.Card.Should().BeEquivalentTo(new { Retired = true });
        retired.When(new PipelineCommand.Retire()).ThenNothing();
        retired.When(new PipelineCommand.Rename("New")).ThenRefused(PipelineRefusals.Retired);
        retired.When(new PipelineCommand.AddStage("New", 10)).ThenRefused(PipelineRefusals.Retired);
        retired.When(new PipelineCommand.Restore()).ThenEvents(new PipelineEvent.Restored()).Card.Should().BeEquivalentTo(new { Retired = false });
    }

    [Fact]
    public void PL10_restoring_one_that_is_not_retired_is_no_event() => Given(Created).When(new PipelineCommand.Restore()).ThenNothing();

    [Fact]
    public void PL11_a_pipeline_is_renamed() =>
        Given(Created).When(new PipelineCommand.Rename(" 直销 ")).ThenEvents(new PipelineEvent.Renamed("Direct sales", "直销"))
            .When(new PipelineCommand.Rename("直销")).ThenNothing();

    [Fact]
    public void PL12_renaming_leaves_one_name_for_all_unless_both_are_given()
    {
        Preset().When(new PipelineCommand.Rename("直销")).ThenEvents(new PipelineEvent.Renamed("标准销售", "直销", "Standard sales")).Card.Should().BeEquivalentTo(new { Name = "直销", NameEn = (string?)null });
        Preset().When(new PipelineCommand.Rename("标准销售")).ThenNothing();
        Preset().When(new PipelineCommand.Rename("直销", " Direct ")).ThenEvents(new PipelineEvent.Renamed("标准销售", "直销", "Standard sales", "Direct")).Card.Should().BeEquivalentTo(new { NameEn = "Direct" });
        StageOf(Preset().When(new PipelineCommand.RenameStage("quote", "报价")).ThenEvents(new PipelineEvent.StageRenamed("quote", "报价及谈判", "报价", "Quote & negotiation"))).Should().Be(new PipelineStage("quote", "报价", 70));
        StageOf(Preset().When(new PipelineCommand.RenameStage("quote", "报价及谈判", "Quote")).ThenEvents(new PipelineEvent.StageRenamed("quote", "报价及谈判", "报价及谈判", "Quote & negotiation", "Quote")))
            .Should().Be(new PipelineStage("quote", "报价及谈判", 70, NameEn: "Quote"));
        Preset().When(new PipelineCommand.RenameStage("quote", "报价及谈判", new string('x', 300))).ThenRefused("field-too-long", "nameEn");

        History Preset() => Given(new PipelineEvent.Created("direct", "标准销售", PipelinePresets.All["simple"], "Standard sales"));
        static PipelineStage? StageOf(History history) => history.Card!.Stages.FirstOrDefault(stage => stage.Key == "quote"); // not null: it was created
    }

    [Fact]
    public void PL12_a_pipeline_and_its_stages_are_made_with_both()
    {
        Given().When(new PipelineCommand.Create("direct", "直销", Stages: [new("签单", 100, "signed", " Signed ")], NameEn: "Direct"))
            .ThenEvents(new PipelineEvent.Created("direct", "直销", [new("signed", "签单", 100, NameEn: "Signed")], "Direct"));
        Given(Created).When(new PipelineCommand.AddStage("演示", 40, "demo", NameEn: "Demo")).ThenEvents(new PipelineEvent.StageAdded(new("demo", "演示", 40, NameEn: "Demo"), "quote"));
        PipelinePresets.All.Values.SelectMany(stages => stages).Should().AllSatisfy(stage => stage.NameEn.Should().NotBeNullOrEmpty());
    }

    [Fact]
    public void PL11_but_not_to_nothing() => Given(Created).When(new PipelineCommand.Rename("")).ThenRefused("field-required", "name");

    [Fact]
    public void PL7_the_timeline_says_what_changed()
    {
        PipelineTimeline.Describe(new PipelineEvent.StageRated("quote", 70, 60)).Changes.Should().Equal(new FieldChange("stages.quote.winRate", "70", "60"));
        PipelineTimeline.Describe(new PipelineEvent.StagesReordered(["a", "b"], ["b", "a"])).Changes.Should().Equal(new FieldChange("stages", "a, b", "b, a"));
    }

    private static IEnumerable<string> StagesOf(History history) => history.Card!.Stages.Select(stage => stage.Key); // not null: asked of pipelines that were created

    [Fact]
    public void PL13_a_presets_own_names_have_English_ones()
    {
        PipelinePresets.EnglishOf("标准销售").Should().Be("Standard sales");
        PipelinePresets.EnglishOf("我的流程").Should().BeNull();
        PipelinePresets.EnglishOf("signed", "签单").Should().Be("Order signed");
        PipelinePresets.EnglishOf("signed", "签约").Should().Be("Contract signed");
        PipelinePresets.EnglishOf("signed", "成交").Should().BeNull("it was renamed");
        PipelinePresets.EnglishOf("contact", "签单").Should().BeNull("it is another stage");
    }
}
