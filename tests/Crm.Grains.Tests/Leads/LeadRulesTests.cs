using Crm.Grains.Leads;

namespace Crm.Grains.Tests.Leads;

public sealed class LeadRulesTests() : RuleSpec<Lead, LeadCommand, LeadEvent, LeadCard>(LeadSlice.Definition)
{
    private static readonly LeadDetails Details = new(
        "王伟", "腾讯科技", "13800138000", "wei@example.com", "exhibition", "华南", "CRM", "met at stand 7", Custom(("budget", "500k")));

    private static readonly LeadEvent.Captured Captured = new(Details, OwnerId: Ada, ImportId: null);
    private static readonly LeadEvent.RuledOut RuledOut = new("no-intent", Note: null, From: "open");
    private static readonly LeadEvent.Converted Converted = new(Tencent, IsNewCustomer: true, Chen, OpportunityId: null, Opportunity: null, Details, Ada, From: "open");
    private static readonly Step CallBack = new("Call back", Wednesday);
    private static readonly Guid Import = new("01900000-0000-7000-8000-0000000000e1");

    [Fact]
    public void LD1_a_capture_with_a_name_is_a_lead() =>
        Given().When(new LeadCommand.Capture("  王伟 ", Mobile: " 13800138000 ", Company: ""))
            .ThenEvents(new LeadEvent.Captured(new("王伟", null, "13800138000", null, "other", null, null, null, NoCustom), OwnerId: null, ImportId: null));

    [Theory]
    [InlineData("name", "field-required")]
    [InlineData("company", "field-invalid")]
    [InlineData("mobile", "phone-invalid")]
    [InlineData("email", "email-invalid")]
    [InlineData("source", "enum-invalid")]
    [InlineData("region", "field-invalid")]
    [InlineData("product", "field-too-long")]
    [InlineData("note", "field-too-long")]
    [InlineData("custom.a", "field-invalid")]
    public void LD1_a_field_of_a_capture_that_cannot_be_is_refused_by_name(string field, string code)
    {
        var well = new LeadCommand.Capture("王伟");
        Given().When(field switch
        {
            "name" => well with { Name = " " },
            "company" => well with { Company = "a\u0000" },
            "mobile" => well with { Mobile = "=cmd()" },
            "email" => well with { Email = "wei" },
            "source" => well with { Source = "Trade Fair" },
            "region" => well with { Region = "\u202e" },
            "product" => well with { Product = new string('a', 201) },
            "note" => well with { Note = new string('a', 32_001) },
            _ => well with { Custom = Custom(("a", "\u0007")) },
        }).ThenRefused(code, field);
    }

    [Fact]
    public void LD1_amending_is_checked_as_capturing_is()
    {
        Given(Captured).When(new LeadCommand.Amend(Name: "")).ThenRefused("field-required", "name");
        Given(Captured).When(new LeadCommand.Amend(Name: new Optional<string?>(null))).ThenRefused("field-required", "name");
        Given(Captured).When(new LeadCommand.Amend(Email: "wei")).ThenRefused("email-invalid", "email");
        Given(Captured).When(new LeadCommand.Amend(Source: new Optional<string?>(null))).ThenRefused(LeadRefusals.SourceInvalid);
    }

    [Fact]
    public void LD1_empty_custom_fields_are_not_kept() =>
        Given().When(new LeadCommand.Capture("王伟", Custom: Custom(("a", " 1 "), ("b", "  "))))
            .ThenEvents(new LeadEvent.Captured(new("王伟", null, null, null, "other", null, null, null, Custom(("a", "1"))), null, null));

    [Theory]
    [InlineData("conference")]
    [InlineData("mini-program")]
    [InlineData("2026-fair")]
    public void LD2_a_source_is_a_channel_code(string source) =>
        Given().When(new LeadCommand.Capture("王伟", Source: source))
            .ThenEvents(new LeadEvent.Captured(new("王伟", null, null, null, source, null, null, null, NoCustom), null, null));

    [Theory]
    [InlineData("")]
    [InlineData("#")]
    [InlineData("展会")]
    [InlineData("01234567890123456789012345678901234567890")]
    public void LD2_what_is_no_code_is_refused(string source) => Given().When(new LeadCommand.Capture("王伟", Source: source)).ThenRefused(LeadRefusals.SourceInvalid);

    [Fact]
    public void LD3_company_with_product_and_mobile_with_product_tell_leads_apart() =>
        Given(Captured).Claims.Should().Equal("lead-company:腾讯科技|crm", "lead-mobile:13800138000|crm");

    [Fact]
    public void LD3_the_same_company_with_another_product_is_another_lead() =>
        LeadRules.Keys("腾讯科技", null, null, "ERP").Should().NotIntersectWith(LeadRules.Keys("腾讯科技", null, null, "CRM"));

    [Fact]
    public void LD3_the_mail_address_decides_only_without_company_and_mobile()
    {
        LeadRules.Keys(null, null, " Wei@Example.com ", null).Should().Equal("lead-email:wei@example.com|");
        LeadRules.Keys("腾讯", null, "wei@example.com", null).Should().Equal("lead-company:腾讯|");
        LeadRules.Keys(null, null, null, "CRM").Should().BeEmpty();
    }

    [Fact]
    public void LD3_writing_a_company_or_number_in_another_way_does_not_make_another_lead() =>
        LeadRules.Keys("腾讯（深圳） 有限公司", "+86 138-0013-8000", null, "ｃｒｍ").Should().Equal(LeadRules.Keys("腾讯(深圳)有限公司", "13800138000", null, "CRM"));

    [Fact]
    public void LD3_ruled_out_and_converted_leads_keep_their_keys()
    {
        Given(Captured, RuledOut).Claims.Should().HaveCount(2);
        Given(Captured, Converted).Claims.Should().HaveCount(2);
    }

    [Fact]
    public void LD4_a_second_capture_fills_what_was_empty_and_changes_nothing() =>
        Given(new LeadEvent.Captured(Details with { Region = null, Email = null }, Ada, null))
            .When(new LeadCommand.Capture("王先生", Company: "腾讯科技", Product: "CRM", Region: "华南", Email: " ", Source: "website", Note: "came again"))
            .ThenEvents(new LeadEvent.CapturedAgain("website", "came again", [new("region", null, "华南")], Reopens: false))
            .Card.Should().BeEquivalentTo(new { Captures = 2, Name = "王伟", Region = "华南", Note = "met at stand 7", Source = "exhibition", Status = "open", LastActivityAt = Tuesday });

    [Fact]
    public void LD5_a_second_capture_opens_a_ruled_out_lead_again() =>
        Given(Captured, RuledOut).When(new LeadCommand.Capture("王伟", Company: "腾讯科技", Product: "CRM", Source: "website"))
            .ThenEvents(new LeadEvent.CapturedAgain("website", null, [], Reopens: true))
            .Card.Should().BeEquivalentTo(new { Captures = 2, Status = "open", RuledOutReason = (string?)null });

    [Fact]
    public void LD5_the_timeline_says_that_it_was_opened_again() =>
        LeadTimeline.Describe(new LeadEvent.CapturedAgain("website", null, [new("region", null, "华南")], Reopens: true)).Changes
            .Should().Equal(new FieldChange("region", null, "华南"), new FieldChange("status", "ruled-out", "open"));

    [Fact]
    public void LD6_amending_changes_what_is_given_and_records_from_and_to() =>
        Given(Captured)
            .When(new LeadCommand.Amend(Company: "腾讯云 ", Region: new Optional<string?>(null), Note: "met at stand 7", Custom: new(Custom(("budget", "800k"), ("seats", "20")))))
            .ThenEvents(new LeadEvent.Amended(
            [
                new("company", "腾讯科技", "腾讯云"), new("region", "华南", null), new("custom.budget", "500k", "800k"), new("custom.seats", null, "20"),
            ]))
            .Card.Should().BeEquivalentTo(new { Company = "腾讯云", Region = (string?)null, Custom = Custom(("budget", "800k"), ("seats", "20")), Mobile = "13800138000" });

    [Fact]
    public void LD6_every_field_can_be_amended() =>
        Given(Captured)
            .When(new LeadCommand.Amend("李娜", "华为", "13900139000", "na@example.com", "referral", "华北", "ERP", "new", new Optional<IReadOnlyDictionary<string, CustomValue>?>(null)))
            .ThenEvents(new LeadEvent.Amended(
            [
                new("name", "王伟", "李娜"), new("company", "腾讯科技", "华为"), new("mobile", "13800138000", "13900139000"), new("email", "wei@example.com", "na@example.com"),
                new("source", "exhibition", "referral"), new("region", "华南", "华北"), new("product", "CRM", "ERP"), new("note", "met at stand 7", "new"), new("custom.budget", "500k", null),
            ]))
            .Card.Should().BeEquivalentTo(new LeadDetails("李娜", "华为", "13900139000", "na@example.com", "referral", "华北", "ERP", "new", NoCustom), o => o.ExcludingMissingMembers());

    [Fact]
    public void LD6_nothing_different_is_no_event() => Given(Captured).When(new LeadCommand.Amend(Name: " 王伟", Company: "腾讯科技")).ThenNothing();

    [Fact]
    public void LD7_assigning_moves_a_lead_and_nothing_else()
    {
        var before = Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).Card;
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.Assign(Bob))
            .ThenEvents(new LeadEvent.Assigned(Ada, Bob))
            .Card.Should().BeEquivalentTo(before! with { OwnerId = Bob, Version = 3, UpdatedAt = Tuesday }); // not null: two events have happened
    }

    [Fact]
    public void LD7_a_lead_can_go_back_to_nobody() =>
        Given(Captured).When(new LeadCommand.Assign(null)).ThenEvents(new LeadEvent.Assigned(Ada, null)).Holder.Should().BeEquivalentTo(new { OwnerId = (Guid?)null, Exists = true });

    [Fact]
    public void LD7_assigning_to_the_owner_is_no_event() => Given(Captured).When(new LeadCommand.Assign(Ada)).ThenNothing();

    [Fact]
    public void LD16_a_lead_goes_to_a_colleague_whatever_its_status()
    {
        Given(Captured).When(new LeadCommand.HandOver(Bob)).ThenEvents(new LeadEvent.Assigned(Ada, Bob));
        Given(Captured).When(new LeadCommand.HandOver(Ada)).ThenNothing();
        Given(Captured, RuledOut).When(new LeadCommand.HandOver(Bob)).ThenEvents(new LeadEvent.Assigned(Ada, Bob)).Card.Should().BeEquivalentTo(new { OwnerId = Bob, Status = "ruled-out" });
        Given(Captured, Converted).When(new LeadCommand.HandOver(Bob)).ThenEvents(new LeadEvent.Assigned(Ada, Bob)).Holder.OwnerId.Should().Be(Bob);
        Given().When(new LeadCommand.HandOver(Bob)).ThenRefused(LeadRefusals.NotFound);
    }

    [Fact]
    public void LD8_a_planned_step_runs_a_clock_until_it_is_due() =>
        Given(Captured).When(new LeadCommand.PlanStep(CallBack with { Text = " Call back " })).ThenEvents(new LeadEvent.StepPlanned(CallBack, null))
            .Clocks.Should().Equal(new Clock("step", Wednesday));

    [Fact]
    public void LD8_a_new_step_replaces_the_old() =>
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null), new LeadEvent.StepOverdue(CallBack))
            .When(new LeadCommand.PlanStep(new("Visit", Wednesday.AddDays(7))))
            .ThenEvents(new LeadEvent.StepPlanned(new("Visit", Wednesday.AddDays(7)), CallBack))
            .Card.Should().BeEquivalentTo(new { Overdue = false });

    [Fact]
    public void LD8_planning_the_same_step_again_is_no_event()
    {
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.PlanStep(CallBack)).ThenNothing();
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.PlanStep(CallBack with { Text = "Call back " })).ThenNothing();
    }

    [Fact]
    public void LD8_when_its_time_has_come_the_lead_is_overdue_once()
    {
        var overdue = Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.StepDue(), at: Wednesday).ThenEvents(new LeadEvent.StepOverdue(CallBack));
        overdue.Card.Should().BeEquivalentTo(new { Overdue = true, NextStep = CallBack });
        overdue.Clocks.Should().BeEmpty();
        overdue.When(new LeadCommand.StepDue(), at: Wednesday).ThenNothing();
    }

    [Fact]
    public void LD8_a_clock_that_comes_too_early_or_for_nothing_is_no_event()
    {
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.StepDue(), at: Wednesday.AddMilliseconds(-1)).ThenNothing();
        Given(Captured).When(new LeadCommand.StepDue()).ThenNothing();
        Given(Captured, RuledOut).When(new LeadCommand.StepDue()).ThenNothing();
        Given(Captured, Converted).When(new LeadCommand.StepDue()).ThenNothing();
    }

    [Fact]
    public void LD8_completing_ends_the_step()
    {
        var done = Given(Captured, new LeadEvent.StepPlanned(CallBack, null), new LeadEvent.StepOverdue(CallBack)).When(new LeadCommand.CompleteStep(" wants a quote "))
            .ThenEvents(new LeadEvent.StepCompleted(CallBack, "wants a quote"));
        done.Card.Should().BeEquivalentTo(new { NextStep = (Step?)null, Overdue = false, LastActivityAt = Tuesday });
        done.When(new LeadCommand.CompleteStep()).ThenRefused(LeadRefusals.NoStep);
    }

    [Fact]
    public void LD8_a_step_without_text_or_too_far_away_is_refused()
    {
        Given(Captured).When(new LeadCommand.PlanStep(new(" ", Wednesday))).ThenRefused("field-required", "text");
        Given(Captured).When(new LeadCommand.PlanStep(new("Call", Wednesday.AddYears(11)))).ThenRefused("date-invalid", "dueAt");
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.CompleteStep("\u0000")).ThenRefused("field-invalid", "outcome");
    }

    [Fact]
    public void LD9_qualifying_marks_an_open_lead_once()
    {
        var qualified = Given(Captured).When(new LeadCommand.Qualify(" has budget ")).ThenEvents(new LeadEvent.Qualified("has budget"));
        qualified.Card.Should().BeEquivalentTo(new { Status = "qualified" });
        qualified.When(new LeadCommand.Qualify()).ThenNothing();
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("no-intent")]
    [InlineData("irrelevant")]
    [InlineData("duplicate")]
    [InlineData("unreachable")]
    public void LD10_ruling_out_needs_a_reason_of_the_list(string reason) =>
        Given(Captured).When(new LeadCommand.RuleOut(reason, " for now ")).ThenEvents(new LeadEvent.RuledOut(reason, "for now", "open"))
            .Card.Should().BeEquivalentTo(new { Status = "ruled-out", RuledOutReason = reason });

    [Fact]
    public void LD10_another_reason_is_refused() => Given(Captured).When(new LeadCommand.RuleOut("lazy")).ThenRefused("enum-invalid", "reason");

    [Fact]
    public void LD10_ruling_out_ends_the_step_and_can_be_taken_back()
    {
        var gone = Given(Captured, new LeadEvent.Qualified(null), new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.RuleOut("wrong"))
            .ThenEvents(new LeadEvent.RuledOut("wrong", null, "qualified"));
        gone.Clocks.Should().BeEmpty();
        gone.Card.Should().BeEquivalentTo(new { NextStep = (Step?)null });
        gone.When(new LeadCommand.RuleOut("wrong")).ThenNothing();
        gone.When(new LeadCommand.Reopen()).ThenEvents(new LeadEvent.Reopened("ruled-out"))
            .Card.Should().BeEquivalentTo(new { Status = "open", RuledOutReason = (string?)null, OwnerId = Ada });
    }

    [Fact]
    public void LD10_an_open_lead_cannot_be_reopened() => Given(Captured).When(new LeadCommand.Reopen()).ThenRefused(LeadRefusals.NotRuledOut);

    [Fact]
    public void LD11_converting_names_what_the_lead_becomes() =>
        Given(Captured, new LeadEvent.Qualified(null))
            .When(new LeadCommand.Convert(Tencent, IsNewCustomer: true, Chen, It, new("CRM for Tencent", "simple", "contact", 10, new(100m, "CNY"))))
            .ThenEvents(new LeadEvent.Converted(Tencent, true, Chen, It, new("CRM for Tencent", "simple", "contact", 10, new(100m, "CNY")), Details, Ada, "qualified"))
            .Card.Should().BeEquivalentTo(new { Status = "converted", CustomerId = Tencent, ContactId = Chen, OpportunityId = It });

    [Fact]
    public void LD11_it_happens_once() => Given(Captured, Converted).When(new LeadCommand.Convert(Huawei, true, Chen, null, null)).ThenRefused(LeadRefusals.Converted);

    [Fact]
    public void LD11_the_opportunity_is_checked_before_it_is_promised()
    {
        var wanted = new ConvertedOpportunity("CRM", "simple", "contact", 10, new(1m, "CNY"));
        Given(Captured).When(new LeadCommand.Convert(Tencent, true, Chen, It, wanted with { Name = "" })).ThenRefused("field-required", "opportunity.name");
        Given(Captured).When(new LeadCommand.Convert(Tencent, true, Chen, It, wanted with { Amount = new(-1m, "CNY") })).ThenRefused("number-out-of-range", "opportunity.amount");
        Given(Captured).When(new LeadCommand.Convert(Tencent, true, Chen, It, wanted with { Amount = new(1m, "") })).ThenRefused("currency-unknown", "opportunity.amount");
    }

    [Fact]
    public void LD19_the_planned_step_goes_along_into_the_opportunity()
    {
        var wanted = new ConvertedOpportunity("CRM", "simple", "contact", 10, new(1m, "CNY"));
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.Convert(Tencent, true, Chen, It, wanted))
            .ThenEvents(new LeadEvent.Converted(Tencent, true, Chen, It, wanted, Details, Ada, "open", CallBack)).Clocks.Should().BeEmpty();
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null), new LeadEvent.StepOverdue(CallBack)).When(new LeadCommand.Convert(Tencent, true, Chen, It, wanted))
            .ThenEvents(new LeadEvent.Converted(Tencent, true, Chen, It, wanted, Details, Ada, "open", CallBack));
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.Convert(Tencent, true, Chen, It, wanted, KeepsStep: false))
            .ThenEvents(new LeadEvent.Converted(Tencent, true, Chen, It, wanted, Details, Ada, "open"));
    }

    [Fact]
    public void LD19_a_step_that_nothing_takes_over_is_ended_only_when_told()
    {
        var won = new ConvertedOpportunity("CRM", "simple", "signed", 100, new(1m, "CNY"));
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.Convert(Tencent, true, Chen, null, null)).ThenRefused(LeadRefusals.StepPlanned);
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.Convert(Tencent, true, Chen, It, won)).ThenRefused(LeadRefusals.StepPlanned);
        Given(Captured, new LeadEvent.StepPlanned(CallBack, null)).When(new LeadCommand.Convert(Tencent, true, Chen, null, null, KeepsStep: false))
            .ThenEvents(new LeadEvent.Converted(Tencent, true, Chen, null, null, Details, Ada, "open"));
        Given(Captured).When(new LeadCommand.Convert(Tencent, true, Chen, It, won)).ThenEvents(new LeadEvent.Converted(Tencent, true, Chen, It, won, Details, Ada, "open"));
    }

    [Fact]
    public void LD12_a_converted_lead_takes_activities_and_captures_only()
    {
        Given(Captured, Converted).When(new LeadCommand.Amend(Name: "李娜")).ThenRefused(LeadRefusals.Converted);
        Given(Captured, Converted).When(new LeadCommand.Assign(Bob)).ThenRefused(LeadRefusals.Converted);
        Given(Captured, Converted).When(new LeadCommand.RuleOut("wrong")).ThenRefused(LeadRefusals.Converted);
        Given(Captured, Converted).When(new LeadCommand.LogActivity(new("call", "Said thanks"))).ThenEvents(new LeadEvent.ActivityLogged(new("call", "Said thanks", Tuesday)));
        Given(Captured, Converted).When(new LeadCommand.Capture("王伟", Company: "腾讯科技", Product: "CRM")).ThenEvents(new LeadEvent.CapturedAgain("other", null, [], Reopens: false))
            .Card.Should().BeEquivalentTo(new { Status = "converted", Captures = 2 });
    }

    [Fact]
    public void LD12_a_ruled_out_lead_takes_activities_captures_and_reopening_only()
    {
        Given(Captured, RuledOut).When(new LeadCommand.Amend(Name: "李娜")).ThenRefused(LeadRefusals.RuledOut);
        Given(Captured, RuledOut).When(new LeadCommand.Qualify()).ThenRefused(LeadRefusals.RuledOut);
        Given(Captured, RuledOut).When(new LeadCommand.Convert(Tencent, true, Chen, null, null)).ThenRefused(LeadRefusals.RuledOut);
        Given(Captured, RuledOut).When(new LeadCommand.LogActivity(new("note", "Called in"))).ThenEvents(new LeadEvent.ActivityLogged(new("note", "Called in", Tuesday)));
    }

    [Fact]
    public void LD12_what_never_was_is_not_found() => Given().When(new LeadCommand.Qualify()).ThenRefused(LeadRefusals.NotFound);

    [Fact]
    public void LD13_an_activity_is_logged_with_the_time_it_happened() =>
        Given(Captured).When(new LeadCommand.LogActivity(new("visit", " Saw the plant ", Monday.AddDays(-3))))
            .ThenEvents(new LeadEvent.ActivityLogged(new("visit", "Saw the plant", Monday.AddDays(-3))))
            .Card.Should().BeEquivalentTo(new { LastActivityAt = Tuesday });

    [Fact]
    public void LD13_an_activity_of_another_type_or_of_tomorrow_is_refused()
    {
        Given(Captured).When(new LeadCommand.LogActivity(new("fax", "Sent"))).ThenRefused("enum-invalid", "type");
        Given(Captured).When(new LeadCommand.LogActivity(new("call", "Will call", Wednesday))).ThenRefused("date-invalid", "happenedAt");
    }

    [Fact]
    public void LD14_the_lead_names_the_customer_that_existed_already() =>
        Given(Captured, Converted).When(new LeadCommand.NameCustomer(Huawei, Chen)).ThenEvents(new LeadEvent.CustomerNamed(Tencent, Huawei, Chen))
            .Card.Should().BeEquivalentTo(new { CustomerId = Huawei, ContactId = Chen });

    [Fact]
    public void LD14_naming_the_same_again_or_before_conversion_is_no_event()
    {
        Given(Captured, Converted).When(new LeadCommand.NameCustomer(Tencent, Chen)).ThenNothing();
        Given(Captured).When(new LeadCommand.NameCustomer(Tencent, Chen)).ThenNothing();
    }

    [Fact]
    public void LD15_undoing_an_import_withdraws_an_untouched_lead()
    {
        var withdrawn = Given(Captured with { ImportId = Import }).When(new LeadCommand.Withdraw(Import)).ThenEvents(new LeadEvent.Withdrawn(Import));
        withdrawn.Card.Should().BeNull();
        withdrawn.Claims.Should().BeEmpty();
        withdrawn.Holder.Exists.Should().BeFalse();
        withdrawn.When(new LeadCommand.Withdraw(Import)).ThenNothing();
        withdrawn.When(new LeadCommand.Qualify()).ThenRefused(LeadRefusals.NotFound);
    }

    [Fact]
    public void LD15_a_second_row_of_the_same_import_does_not_keep_a_lead()
    {
        var twice = Given(Captured with { ImportId = Import }).When(new LeadCommand.Capture("王伟", Company: "腾讯科技", Product: "CRM", ImportId: Import))
            .ThenEvents(new LeadEvent.CapturedAgain("other", null, [], Reopens: false, Import));
        twice.When(new LeadCommand.Withdraw(Import)).ThenEvents(new LeadEvent.Withdrawn(Import));
    }

    [Fact]
    public void LD15_a_withdrawn_lead_can_be_captured_anew() =>
        Given(Captured with { ImportId = Import }, new LeadEvent.Withdrawn(Import)).When(new LeadCommand.Capture("王伟"))
            .ThenEvents(new LeadEvent.Captured(new("王伟", null, null, null, "other", null, null, null, NoCustom), null, null))
            .Card.Should().BeEquivalentTo(new { Version = 3, Captures = 1, ImportId = (Guid?)null });

    [Theory]
    [InlineData("amended")]
    [InlineData("assigned")]
    [InlineData("activity")]
    [InlineData("step")]
    [InlineData("qualified")]
    [InlineData("captured")]
    [InlineData("captured-by-another-import")]
    [InlineData("other-import")]
    public void LD15_a_lead_that_was_touched_or_is_not_the_imports_is_kept(string touch)
    {
        var lead = Given(Captured with { ImportId = touch == "other-import" ? Chen : Import });
        LeadEvent? touched = touch switch
        {
            "amended" => new LeadEvent.Amended([new("name", "王伟", "李娜")]),
            "assigned" => new LeadEvent.Assigned(Ada, Bob),
            "activity" => new LeadEvent.ActivityLogged(new("call", "Talked", Monday)),
            "step" => new LeadEvent.StepPlanned(CallBack, null),
            "qualified" => new LeadEvent.Qualified(null),
            "captured" => new LeadEvent.CapturedAgain("website", null, [], false),
            "captured-by-another-import" => new LeadEvent.CapturedAgain("import", null, [], false, Chen),
            _ => null,
        };
        (touched is null ? lead : lead.Then(touched)).When(new LeadCommand.Withdraw(Import)).ThenRefused(LeadRefusals.Touched);
    }

    [Fact]
    public void LD6_the_timeline_says_what_changed()
    {
        LeadTimeline.Describe(new LeadEvent.Amended([new("name", "王伟", "李娜")])).Changes.Should().Equal(new FieldChange("name", "王伟", "李娜"));
        LeadTimeline.Describe(new LeadEvent.Assigned(null, Ada)).Changes.Should().Equal(new FieldChange("ownerId", null, Ada.ToString()));
        LeadTimeline.Describe(RuledOut).Changes.Should().Equal(new FieldChange("status", "open", "ruled-out"));
        LeadTimeline.Describe(Converted).Changes.Should().Equal(new FieldChange("status", "open", "converted"));
        LeadTimeline.Describe(new LeadEvent.ActivityLogged(new("call", "Talked", Monday))).Activity.Should().Be(new Activity("call", "Talked", Monday));
    }

    [Fact]
    public void LD17_the_person_in_a_lead_is_erased_and_what_is_left_counts()
    {
        var remains = new LeadRemains("exhibition", "华南", "CRM", "open", null, Ada, 2, Monday, null, null, null);
        var captured = new LeadEvent.Captured(new("王伟", "腾讯", "13800138000", null, "exhibition", "华南", "CRM", null, NoCustom), Ada, null);
        var erased = Given(captured).When(new LeadCommand.Erase(remains)).ThenEvents(new LeadEvent.Erased(remains));
        erased.Card.Should().BeEquivalentTo(new { Name = Erasure.Name, Company = (string?)null, Mobile = (string?)null, Source = "exhibition", Region = "华南", Status = "open", OwnerId = Ada, Captures = 2 });
        erased.Claims.Should().BeEmpty();
        erased.Holder.Should().Be(new Holder(Ada, Exists: true, "华南"));
        Given(captured, new LeadEvent.Erased(remains)).When(new LeadCommand.Erase(remains)).ThenNothing();
        Given(captured, new LeadEvent.Erased(remains)).When(new LeadCommand.Amend("李娜")).ThenRefused(Erasure.Erased);
        Given().When(new LeadCommand.Erase(remains)).ThenRefused(LeadRefusals.NotFound);
        Given(new LeadEvent.Erased(remains)).Card.Should().NotBeNull("what came before is empty in a rebuild");
    }

    [Fact]
    public void LD18_computing_changes_nothing_and_results_stay_through_every_status()
    {
        var captured = new LeadEvent.Captured(new("王伟", null, null, null, "other", null, null, null, NoCustom), Ada, null);
        var computed = new LeadEvent.Computed([new("custom.score", null, "7", CustomValue.Number)]);
        Given(captured).When(new LeadCommand.Compute()).ThenNothing();
        Given().When(new LeadCommand.Compute()).ThenRefused(LeadRefusals.NotFound);
        foreach (var lead in (LeadEvent[][])[[captured, computed], [captured, new LeadEvent.RuledOut("wrong", null, "open"), computed], [captured, new LeadEvent.Converted(Tencent, true, Chen, null, null, captured.Details, Ada, "open"), computed]])
        {
            var history = Given(lead);
            history.Card!.Custom["score"].Should().Be(CustomValue.Of(7m));
            LeadRules.CustomOf(history.State)!["score"].Should().Be(CustomValue.Of(7m));
            history.When(new LeadCommand.Compute()).ThenNothing();
        }
    }
}
