using Crm.Grains.Opportunities;

namespace Crm.Grains.Tests.Opportunities;

public sealed class OpportunityRulesTests() : RuleSpec<Opportunity, OpportunityCommand, OpportunityEvent, OpportunityCard>(OpportunitySlice.Definition)
{
    private static readonly StageRef Contact = new("simple", "contact", 10);
    private static readonly StageRef Quote = new("simple", "quote", 70);
    private static readonly StageRef Signed = new("simple", "signed", 100);
    private static readonly StageRef Elsewhere = new("complex", "bid", 90);
    private static readonly Money Million = new(1_000_000m, "CNY");

    private static readonly OpportunityDetails Details = new(
        "CRM for Tencent", Tencent, "腾讯科技", Chen, Million, new(2026, 12, 31), Competitor: null, "wants it fast", Custom(("seats", "200")));

    private static readonly OpportunityEvent.Created Created = new(Details, "simple", "contact", Ada, LeadId: null);
    private static readonly OpportunityEvent.Won Won = new("contact", "signed", MondayDay);
    private static readonly OpportunityEvent.Lost Lost = new("price", Note: null, [], "contact", MondayDay);
    private static readonly Step CallBack = new("Call back", Wednesday);

    private static readonly OpportunityCommand.Create Create = new("CRM for Tencent", Contact, Million, TuesdayDay);

    [Fact]
    public void OP1_an_opportunity_has_a_name_a_stage_and_an_amount() =>
        Given().When(Create with { Name = " CRM ", CustomerId = Tencent, CustomerName = " 腾讯科技 ", ContactId = Chen, OwnerId = Ada, ExpectedCloseOn = new(2026, 12, 31), Note = " ", Custom = Custom(("a", " 1 "), ("b", "")) })
            .ThenEvents(new OpportunityEvent.Created(new("CRM", Tencent, "腾讯科技", Chen, Million, new(2026, 12, 31), null, null, Custom(("a", "1"))), "simple", "contact", Ada, null))
            .Card.Should().BeEquivalentTo(new
            {
                Id = It,
                Version = 1,
                Name = "CRM",
                Pipeline = "simple",
                Stage = "contact",
                Status = "open",
                Amount = Million,
                OwnerId = Ada,
                StageSince = Tuesday,
                ClosedOn = (DateOnly?)null,
                CreatedAt = Tuesday,
                UpdatedAt = Tuesday,
            });

    [Fact]
    public void OP1_what_cannot_be_is_refused_by_field()
    {
        Given().When(Create with { Name = "" }).ThenRefused("field-required", "name");
        Given().When(Create with { Amount = new(-0.01m, "CNY") }).ThenRefused("number-out-of-range", "amount");
        Given().When(Create with { Amount = new(1m, "") }).ThenRefused("currency-unknown", "amount");
        Given().When(Create with { Note = "\u0000" }).ThenRefused("field-invalid", "note");
        Given().When(Create with { CustomerName = "a\nb" }).ThenRefused("field-invalid", "customerName");
        Given().When(Create with { Custom = Custom(("a b", "1")) }).ThenRefused("field-invalid", "custom");
        Given(Created).When(new OpportunityCommand.Amend(Name: new Optional<string?>(null))).ThenRefused("field-required", "name");
        Given(Created).When(new OpportunityCommand.Amend(Amount: new Optional<Money?>(null))).ThenRefused(OpportunityRefusals.AmountNeeded);
        Given(Created).When(new OpportunityCommand.Amend(Amount: new Money(-1m, "CNY"))).ThenRefused("number-out-of-range", "amount");
        Given(Created).When(new OpportunityCommand.Amend(Competitor: new string('a', 201))).ThenRefused("field-too-long", "competitor");
    }

    [Fact]
    public void OP1_an_amount_may_be_nothing() =>
        Given().When(Create with { Amount = new(0m, "CNY") })
            .ThenEvents(new OpportunityEvent.Created(new("CRM for Tencent", null, null, null, new(0m, "CNY"), null, null, null, NoCustom), "simple", "contact", null, null));

    [Fact]
    public void OP1_creating_it_again_is_no_event() => Given(Created).When(Create with { Name = "Another" }).ThenNothing();

    [Fact]
    public void OP1_what_never_was_is_not_found() => Given().When(new OpportunityCommand.Move(Quote, TuesdayDay)).ThenRefused(OpportunityRefusals.NotFound);

    [Fact]
    public void OP2_moving_takes_it_to_another_stage() =>
        Given(Created).When(new OpportunityCommand.Move(Quote, TuesdayDay)).ThenEvents(new OpportunityEvent.Moved("contact", "quote"))
            .Card.Should().BeEquivalentTo(new { Stage = "quote", Status = "open", StageSince = Tuesday, UpdatedAt = Tuesday, CreatedAt = Monday });

    [Fact]
    public void OP2_a_stage_of_another_pipeline_is_refused()
    {
        Given(Created).When(new OpportunityCommand.Move(Elsewhere, TuesdayDay)).ThenRefused(OpportunityRefusals.StageNotInPipeline);
        Given(Created).When(new OpportunityCommand.Move(Contact with { Pipeline = "complex" }, TuesdayDay)).ThenRefused("stage-not-in-pipeline", "stage");
        Given(Created).When(new OpportunityCommand.Win(new StageRef("complex", "signed", 100), TuesdayDay)).ThenRefused(OpportunityRefusals.StageNotInPipeline);
        Given(Created).When(new OpportunityCommand.Move(new StageChoice([]), TuesdayDay)).ThenRefused(OpportunityRefusals.StageNotInPipeline);
    }

    [Fact]
    public void OP2_the_stage_it_is_in_is_no_event()
    {
        Given(Created).When(new OpportunityCommand.Move(Contact, TuesdayDay)).ThenNothing();
        Given(Created).When(new OpportunityCommand.Move(Contact with { Retired = true }, TuesdayDay)).ThenNothing();
    }

    [Fact]
    public void OP2_of_a_stage_that_several_pipelines_have_its_own_is_meant() =>
        Given(Created).When(new OpportunityCommand.Move(new([Quote with { Pipeline = "complex", WinRate = 100 }, Quote]), TuesdayDay)).ThenEvents(new OpportunityEvent.Moved("contact", "quote"));

    [Fact]
    public void OP3_a_retired_stage_cannot_be_entered()
    {
        Given(Created).When(new OpportunityCommand.Move(Quote with { Retired = true }, TuesdayDay)).ThenRefused(OpportunityRefusals.StageRetired);
        Given(Created).When(new OpportunityCommand.Win(Signed with { Retired = true }, TuesdayDay)).ThenRefused("stage-retired", "stage", RefusalKind.Conflict);
        Given().When(Create with { Stage = Contact with { Retired = true } }).ThenRefused(OpportunityRefusals.StageRetired);
    }

    [Fact]
    public void OP4_winning_takes_it_to_the_won_stage_and_closes_it() =>
        Given(Created, new OpportunityEvent.StepPlanned(CallBack, null)).When(new OpportunityCommand.Win(Signed, TuesdayDay)).ThenEvents(new OpportunityEvent.Won("contact", "signed", TuesdayDay))
            .Card.Should().BeEquivalentTo(new { Status = "won", Stage = "signed", ClosedOn = TuesdayDay, StageSince = Tuesday, NextStep = (Step?)null, Overdue = false });

    [Fact]
    public void OP4_moving_into_the_won_stage_wins() =>
        Given(Created).When(new OpportunityCommand.Move(Signed, TuesdayDay)).ThenEvents(new OpportunityEvent.Won("contact", "signed", TuesdayDay));

    [Fact]
    public void OP4_creating_in_the_won_stage_wins() =>
        Given().When(Create with { Stage = Signed })
            .ThenEvents(
                new OpportunityEvent.Created(new("CRM for Tencent", null, null, null, Million, null, null, null, NoCustom), "simple", "signed", null, null),
                new OpportunityEvent.Won(null, "signed", TuesdayDay))
            .Card.Should().BeEquivalentTo(new { Status = "won", Stage = "signed", ClosedOn = TuesdayDay, Version = 2 });

    [Fact]
    public void OP4_winning_again_is_no_event()
    {
        Given(Created, Won).When(new OpportunityCommand.Win(Signed, WednesdayDay)).ThenNothing();
        Given(Created, Won).When(new OpportunityCommand.Move(Signed, WednesdayDay)).ThenNothing();
    }

    [Fact]
    public void OP4_a_day_that_nobody_filled_in_is_refused()
    {
        Given(Created).When(new OpportunityCommand.Win(Signed, default)).ThenRefused("date-invalid", "today");
        Given(Created).When(new OpportunityCommand.Lose("price")).ThenRefused("date-invalid", "today");
        Given().When(Create with { Today = default }).ThenRefused("date-invalid", "today");
        Given().When(Create with { ExpectedCloseOn = default(DateOnly) }).ThenRefused("date-invalid", "expectedCloseOn");
        Given(Created).When(new OpportunityCommand.Amend(ExpectedCloseOn: new Optional<DateOnly?>(default(DateOnly)))).ThenRefused("date-invalid", "expectedCloseOn");
    }

    [Fact]
    public void OP4_a_stage_that_does_not_win_is_not_won_into() => Given(Created).When(new OpportunityCommand.Win(Quote, TuesdayDay)).ThenRefused(OpportunityRefusals.StageDoesNotWin);

    [Fact]
    public void OP5_losing_keeps_the_reason_and_the_competitor() =>
        Given(Created, new OpportunityEvent.StepPlanned(CallBack, null))
            .When(new OpportunityCommand.Lose(" price ", " Salesforce ", "too dear by half", TuesdayDay))
            .ThenEvents(new OpportunityEvent.Lost("price", "too dear by half", [new("competitor", null, "Salesforce")], "contact", TuesdayDay))
            .Card.Should().BeEquivalentTo(new
            {
                Status = "lost",
                Stage = "contact",
                LossReason = "price",
                Competitor = "Salesforce",
                ClosedOn = TuesdayDay,
                NextStep = (Step?)null,
                StageSince = Monday,
                Note = "wants it fast",
            });

    [Fact]
    public void OP5_without_a_competitor_the_known_one_stays() =>
        Given(Created with { Details = Details with { Competitor = "Salesforce" } }).When(new OpportunityCommand.Lose("price", Today: TuesdayDay))
            .ThenEvents(new OpportunityEvent.Lost("price", null, [], "contact", TuesdayDay))
            .Card.Should().BeEquivalentTo(new { Competitor = "Salesforce" });

    [Fact]
    public void OP5_a_reason_has_1_to_200_characters()
    {
        Given(Created).When(new OpportunityCommand.Lose(" ", Today: TuesdayDay)).ThenRefused("field-required", "reason");
        Given(Created).When(new OpportunityCommand.Lose(new string('a', 201), Today: TuesdayDay)).ThenRefused("field-too-long", "reason");
        Given(Created).When(new OpportunityCommand.Lose("客户换了负责人", Today: TuesdayDay)).ThenEvents(Lost with { Reason = "客户换了负责人", On = TuesdayDay });
    }

    [Fact]
    public void OP5_losing_again_is_no_event() => Given(Created, Lost).When(new OpportunityCommand.Lose("timing", Today: WednesdayDay)).ThenNothing();

    [Fact]
    public void OP6_a_lost_one_is_reopened_in_its_stage() =>
        Given(Created, Lost).When(new OpportunityCommand.Reopen()).ThenEvents(new OpportunityEvent.Reopened("lost", "contact", "contact"))
            .Card.Should().BeEquivalentTo(new { Status = "open", Stage = "contact", StageSince = Monday, LossReason = (string?)null, ClosedOn = (DateOnly?)null });

    [Fact]
    public void OP6_a_won_one_goes_back_to_the_stage_it_was_won_from() =>
        Given(Created, new OpportunityEvent.Moved("contact", "quote"), Won with { From = "quote" }).When(new OpportunityCommand.Reopen(Contact))
            .ThenEvents(new OpportunityEvent.Reopened("won", "signed", "quote"))
            .Card.Should().BeEquivalentTo(new { Status = "open", Stage = "quote", StageSince = Tuesday, ClosedOn = (DateOnly?)null });

    [Fact]
    public void OP6_one_created_as_won_goes_to_the_stage_given()
    {
        var created = Given(Created with { Stage = "signed" }, Won with { From = null });
        created.When(new OpportunityCommand.Reopen()).ThenRefused(OpportunityRefusals.StageNeeded);
        created.When(new OpportunityCommand.Reopen(Elsewhere)).ThenRefused(OpportunityRefusals.StageNotInPipeline);
        created.When(new OpportunityCommand.Reopen(Contact with { Retired = true })).ThenRefused(OpportunityRefusals.StageRetired);
        created.When(new OpportunityCommand.Reopen(Signed)).ThenRefused(OpportunityRefusals.StageWins);
        created.When(new OpportunityCommand.Reopen(Contact)).ThenEvents(new OpportunityEvent.Reopened("won", "signed", "contact"));
    }

    [Fact]
    public void OP6_an_open_one_cannot_be_reopened() => Given(Created).When(new OpportunityCommand.Reopen()).ThenRefused(OpportunityRefusals.NotClosed);

    [Fact]
    public void OP7_a_won_one_changes_no_more()
    {
        Given(Created, Won).When(new OpportunityCommand.Amend(Name: "New")).ThenRefused(OpportunityRefusals.Won);
        Given(Created, Won).When(new OpportunityCommand.Move(Quote, TuesdayDay)).ThenRefused(OpportunityRefusals.Won);
        Given(Created, Won).When(new OpportunityCommand.Lose("price", Today: TuesdayDay)).ThenRefused("state-conflict", kind: RefusalKind.Conflict);
        Given(Created, Won).When(new OpportunityCommand.PlanStep(CallBack)).ThenRefused(OpportunityRefusals.Won);
        Given(Created, Won).When(new OpportunityCommand.CompleteStep()).ThenRefused(OpportunityRefusals.Won);
        Given(Created, Won).When(new OpportunityCommand.StepDue(), at: Wednesday).ThenNothing();
    }

    [Fact]
    public void OP7_a_lost_one_changes_no_more()
    {
        Given(Created, Lost).When(new OpportunityCommand.Amend(Name: "New")).ThenRefused(OpportunityRefusals.Lost);
        Given(Created, Lost).When(new OpportunityCommand.Move(Contact, TuesdayDay)).ThenRefused(OpportunityRefusals.Lost);
        Given(Created, Lost).When(new OpportunityCommand.Win(Signed, TuesdayDay)).ThenRefused("state-conflict", kind: RefusalKind.Conflict);
        Given(Created, Lost).When(new OpportunityCommand.StepDue(), at: Wednesday).ThenNothing();
    }

    [Fact]
    public void OP7_but_takes_activities_assigning_and_its_customers_name()
    {
        foreach (var closed in new OpportunityEvent[] { Won, Lost })
        {
            Given(Created, closed).When(new OpportunityCommand.LogActivity(new("call", "Said thanks"))).ThenEvents(new OpportunityEvent.ActivityLogged(new("call", "Said thanks", Tuesday)));
            Given(Created, closed).When(new OpportunityCommand.Assign(Bob)).ThenEvents(new OpportunityEvent.Assigned(Ada, Bob)).Holder.OwnerId.Should().Be(Bob);
            Given(Created, closed).When(new OpportunityCommand.NameCustomer(Tencent, "腾讯云")).ThenEvents(new OpportunityEvent.CustomerNamed("腾讯科技", "腾讯云"))
                .When(new OpportunityCommand.NameCustomer(Tencent, "腾讯云")).ThenNothing();
        }
    }

    [Fact]
    public void OP8_assigning_keeps_stage_step_and_all_else()
    {
        OpportunityEvent[] past = [Created, new OpportunityEvent.Moved("contact", "quote"), new OpportunityEvent.StepPlanned(CallBack, null)];
        var before = Given(past);
        var after = Given(past).When(new OpportunityCommand.Assign(Bob)).ThenEvents(new OpportunityEvent.Assigned(Ada, Bob));
        after.Card.Should().BeEquivalentTo(before.Card! with { OwnerId = Bob, Version = 4, UpdatedAt = Tuesday }); // not null: three events have happened
        after.Clocks.Should().Equal(before.Clocks);
        after.When(new OpportunityCommand.Assign(Bob)).ThenNothing();
        after.When(new OpportunityCommand.Assign(null)).ThenEvents(new OpportunityEvent.Assigned(Bob, null));
    }

    [Fact]
    public void OP9_amending_changes_what_is_given_and_records_from_and_to() =>
        Given(Created)
            .When(new OpportunityCommand.Amend(
                " ERP ", new Money(2_000_000.5m, "USD"), new DateOnly(2027, 1, 31), new Optional<string?>(null), new(Custom(("seats", ""), ("term", "3"))),
                Competitor: "SAP", ContactId: new Optional<Guid?>(null)))
            .ThenEvents(new OpportunityEvent.Amended(
            [
                new("name", "CRM for Tencent", "ERP"), new("contactId", Chen.ToString(), null), new("amount", "1000000.00 CNY", "2000000.50 USD"),
                new("expectedCloseOn", "2026-12-31", "2027-01-31"), new("competitor", null, "SAP"), new("note", "wants it fast", null),
                new("custom.seats", "200", null), new("custom.term", null, "3"),
            ]))
            .Card.Should().BeEquivalentTo(new
            {
                Name = "ERP",
                Amount = new Money(2_000_000.50m, "USD"),
                ExpectedCloseOn = new DateOnly(2027, 1, 31),
                Competitor = "SAP",
                Note = (string?)null,
                Custom = Custom(("term", "3")),
                CustomerId = Tencent,
                ContactId = (Guid?)null,
            });

    [Fact]
    public void OP9_an_amount_without_currency_keeps_the_one_it_has() =>
        Given(Created).When(new OpportunityCommand.Amend(Amount: new Money(5m, ""))).ThenEvents(new OpportunityEvent.Amended([new("amount", "1000000.00 CNY", "5.00 CNY")]));

    [Fact]
    public void OP9_nothing_different_is_no_event() =>
        Given(Created).When(new OpportunityCommand.Amend(Name: "CRM for Tencent ", Amount: new Money(1_000_000.00m, "CNY"), CustomerId: Tencent)).ThenNothing();

    [Fact]
    public void OP10_another_customer_comes_with_its_name_and_without_the_old_contact() =>
        Given(Created).When(new OpportunityCommand.Amend(CustomerId: Huawei, CustomerName: "华为"))
            .ThenEvents(new OpportunityEvent.Amended([new("customerId", Tencent.ToString(), Huawei.ToString()), new("customerName", "腾讯科技", "华为"), new("contactId", Chen.ToString(), null)]));

    [Fact]
    public void OP10_a_contact_given_with_it_is_kept() =>
        Given(Created).When(new OpportunityCommand.Amend(CustomerId: Huawei, CustomerName: "华为", ContactId: Bob))
            .ThenEvents(new OpportunityEvent.Amended([new("customerId", Tencent.ToString(), Huawei.ToString()), new("customerName", "腾讯科技", "华为"), new("contactId", Chen.ToString(), Bob.ToString())]));

    [Fact]
    public void OP10_no_customer_has_no_name() =>
        Given(Created).When(new OpportunityCommand.Amend(CustomerId: new Optional<Guid?>(null), CustomerName: "whatever"))
            .ThenEvents(new OpportunityEvent.Amended([new("customerId", Tencent.ToString(), null), new("customerName", "腾讯科技", null), new("contactId", Chen.ToString(), null)]));

    [Fact]
    public void OP11_a_planned_step_runs_a_clock_until_it_is_due() =>
        Given(Created).When(new OpportunityCommand.PlanStep(CallBack with { Text = " Call back " })).ThenEvents(new OpportunityEvent.StepPlanned(CallBack, null))
            .Clocks.Should().Equal(new Clock("step", Wednesday));

    [Fact]
    public void OP11_a_new_step_replaces_the_old_and_the_same_is_no_event()
    {
        Given(Created, new OpportunityEvent.StepPlanned(CallBack, null), new OpportunityEvent.StepOverdue(CallBack)).When(new OpportunityCommand.PlanStep(new("Visit", Wednesday.AddDays(7))))
            .ThenEvents(new OpportunityEvent.StepPlanned(new("Visit", Wednesday.AddDays(7)), CallBack)).Card.Should().BeEquivalentTo(new { Overdue = false });
        Given(Created, new OpportunityEvent.StepPlanned(CallBack, null)).When(new OpportunityCommand.PlanStep(CallBack with { Text = "Call back " })).ThenNothing();
        Given(Created).When(new OpportunityCommand.PlanStep(new("", Wednesday))).ThenRefused("field-required", "text");
    }

    [Fact]
    public void OP11_when_its_time_has_come_it_is_overdue_once()
    {
        var planned = Given(Created, new OpportunityEvent.StepPlanned(CallBack, null));
        planned.When(new OpportunityCommand.StepDue(), at: Wednesday.AddMilliseconds(-1)).ThenNothing();
        var overdue = planned.When(new OpportunityCommand.StepDue(), at: Wednesday).ThenEvents(new OpportunityEvent.StepOverdue(CallBack));
        overdue.Card.Should().BeEquivalentTo(new { Overdue = true, NextStep = CallBack });
        overdue.Clocks.Should().BeEmpty();
        overdue.When(new OpportunityCommand.StepDue(), at: Wednesday).ThenNothing();
        Given(Created).When(new OpportunityCommand.StepDue()).ThenNothing();
    }

    [Fact]
    public void OP11_completing_winning_or_losing_ends_the_step()
    {
        OpportunityEvent[] past = [Created, new OpportunityEvent.StepPlanned(CallBack, null)];
        Given(past).When(new OpportunityCommand.CompleteStep(" agreed ")).ThenEvents(new OpportunityEvent.StepCompleted(CallBack, "agreed"))
            .Card.Should().BeEquivalentTo(new { NextStep = (Step?)null, LastActivityAt = Tuesday });
        Given(Created).When(new OpportunityCommand.CompleteStep()).ThenRefused(OpportunityRefusals.NoStep);
        Given(past).When(new OpportunityCommand.CompleteStep("\u0007")).ThenRefused("field-invalid", "outcome");
        Given([.. past, Won]).Clocks.Should().BeEmpty();
        Given([.. past, Lost]).Clocks.Should().BeEmpty();
        Given([.. past, Won, new OpportunityEvent.Reopened("won", "signed", "contact")]).Clocks.Should().BeEmpty();
    }

    [Fact]
    public void OP12_an_activity_is_logged_or_refused()
    {
        Given(Created).When(new OpportunityCommand.LogActivity(new("meeting", " Agreed on price ", Monday))).ThenEvents(new OpportunityEvent.ActivityLogged(new("meeting", "Agreed on price", Monday)))
            .Card.Should().BeEquivalentTo(new { LastActivityAt = Tuesday });
        Given(Created).When(new OpportunityCommand.LogActivity(new("fax", "Sent"))).ThenRefused("enum-invalid", "type");
        Given(Created).When(new OpportunityCommand.LogActivity(new("call", "Will call", Wednesday))).ThenRefused("date-invalid", "happenedAt");
    }

    [Fact]
    public void OP13_it_shows_its_customers_new_name() =>
        Given(Created).When(new OpportunityCommand.NameCustomer(Tencent, " 腾讯云 ")).ThenEvents(new OpportunityEvent.CustomerNamed("腾讯科技", "腾讯云"))
            .Card.Should().BeEquivalentTo(new { CustomerName = "腾讯云" });

    [Fact]
    public void OP13_the_name_of_a_customer_it_left_is_ignored()
    {
        Given(Created).When(new OpportunityCommand.NameCustomer(Huawei, "华为")).ThenNothing();
        Given(Created with { Details = Details with { CustomerId = null, CustomerName = null } }).When(new OpportunityCommand.NameCustomer(Huawei, "华为")).ThenNothing();
        Given(Created).When(new OpportunityCommand.NameCustomer(Tencent, " ")).ThenRefused("field-required", "name");
    }

    [Fact]
    public void OP14_an_open_one_counts_in_the_month_of_its_expected_close() =>
        TalliesOf(Given(Created)).Should().Equal(new Tally($"open|simple|contact|{Ada}|2026-12|CNY", 1, 100_000_000));

    [Fact]
    public void OP14_a_closed_one_counts_in_the_month_it_closed()
    {
        TalliesOf(Given(Created, Won)).Should().Equal(new Tally($"won|simple|signed|{Ada}|2026-11|CNY", 1, 100_000_000));
        TalliesOf(Given(Created, Lost)).Should().Equal(new Tally($"lost|simple|contact|{Ada}|2026-11|CNY", 1, 100_000_000));
    }

    [Fact]
    public void OP14_without_owner_and_day_it_counts_under_a_hyphen() =>
        TalliesOf(Given(Created with { Details = Details with { ExpectedCloseOn = null }, OwnerId = null })).Should().Equal(new Tally("open|simple|contact|-|-|CNY", 1, 100_000_000));

    [Fact]
    public void OP4_the_timeline_says_what_changed()
    {
        OpportunityTimeline.Describe(new OpportunityEvent.Moved("contact", "quote")).Changes.Should().Equal(new FieldChange("stage", "contact", "quote"));
        OpportunityTimeline.Describe(Won).Changes.Should().Equal(new FieldChange("stage", "contact", "signed"), new FieldChange("status", "open", "won"));
        OpportunityTimeline.Describe(Won with { From = null }).Changes.Should().Equal(new FieldChange("status", "open", "won"));
        OpportunityTimeline.Describe(Lost with { Changes = [new("competitor", "SAP", "Kingdee")] }).Changes
            .Should().Equal(new FieldChange("status", "open", "lost"), new FieldChange("lossReason", null, "price"), new FieldChange("competitor", "SAP", "Kingdee"));
        OpportunityTimeline.Describe(new OpportunityEvent.Reopened("lost", "contact", "contact")).Changes.Should().Equal(new FieldChange("status", "lost", "open"));
    }

    private static IReadOnlyList<Tally> TalliesOf(History history) => OpportunityBoard.Tallies(history.Card!); // not null: asked of opportunities that were created

    [Fact]
    public void OP18_computing_changes_nothing_and_results_are_kept()
    {
        var created = new OpportunityEvent.Created(new("CRM", null, null, null, new(1m, "CNY"), null, null, null, NoCustom), "simple", "contact", Ada, null);
        var computed = new OpportunityEvent.Computed([new("custom.score", null, "7", CustomValue.Number)]);
        Given(created).When(new OpportunityCommand.Compute()).ThenNothing();
        Given().When(new OpportunityCommand.Compute()).ThenRefused(OpportunityRefusals.NotFound);
        var history = Given(created, computed);
        history.Card!.Custom["score"].Should().Be(CustomValue.Of(7m));
        OpportunityRules.CustomOf(history.State)!["score"].Should().Be(CustomValue.Of(7m));
        Given(created, new OpportunityEvent.Won("contact", "signed", MondayDay), computed).Card!.Custom["score"].Should().Be(CustomValue.Of(7m));
        OpportunityRules.CustomOf(Given(created, new OpportunityEvent.Lost("price", null, [], "contact", MondayDay), computed).State)!["score"].Should().Be(CustomValue.Of(7m));
    }
}
