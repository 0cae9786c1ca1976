using Crm.Grains;
using Crm.Grains.AccessLogs;
using Crm.Grains.Alerts;
using Crm.Grains.ApiKeys;
using Crm.Grains.Attachments;
using Crm.Grains.CompanySignIns;
using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Departments;
using Crm.Grains.Exports;
using Crm.Grains.Factors;
using Crm.Grains.FieldBooks;
using Crm.Grains.Handovers;
using Crm.Grains.Imports;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Grains.Mails;
using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;
using Crm.Grains.Policies;
using Crm.Grains.RoleBooks;
using Crm.Grains.Sessions;
using Crm.Grains.Shares;
using Crm.Grains.Targets;
using Crm.Grains.Tenants;
using Crm.Grains.Users;

namespace Crm.Architecture.Tests;

/// <summary>
/// Every command has an answer in every state. The compiler does not see a missing arm of a switch over cases, so a new command without an
/// answer, or without a sample here, fails.
/// </summary>
public sealed class TotalityTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 2);
    private static readonly Guid Ada = new("01900000-0000-7000-8000-00000000000a");
    private static readonly Guid Tencent = new("01900000-0000-7000-8000-0000000000c1");
    private static readonly Guid Chen = new("01900000-0000-7000-8000-0000000000d1");
    private static readonly Money Amount = new(100m, "CNY");
    private static readonly Step Step = new("Call back", Now.AddDays(-1));
    private static readonly ActivityDraft Call = new("call", "Talked");
    private static readonly Dictionary<string, CustomValue> NoCustom = [];

    private static readonly LeadEvent.Captured Captured = new(new("王伟", null, null, null, "other", null, null, null, NoCustom), Ada, Chen);
    private static readonly LeadEvent.Converted Converted = new(Tencent, true, Chen, null, null, Captured.Details, Ada, "open");
    private static readonly OpportunityEvent.Created Created = new(new("CRM", Tencent, "腾讯", Chen, Amount, null, null, null, NoCustom), "simple", "contact", Ada, null);
    private static readonly PipelineEvent.Created Founded = new("simple", "Direct", PipelinePresets.All["simple"]);
    private static readonly ImportEvent.Requested Requested = new("leads.csv", new string('a', 64), null, null, Ada, new Dictionary<string, string?>(), []);

    private static readonly FieldBookEvent.Added Defined = new("leads", new("level", "choice", new("级别", "Level"), Required: false, null, [new("a", new("A"))], null, null, Retired: false));

    private static readonly TenantEvent.Opened Opened = new(new("Acme", "CNY", "Asia/Shanghai", "zh-CN"));
    private static readonly HandoverEvent.Requested Leaving = new(Ada, [Chen], [], [], WasActive: true);
    private static readonly ExportOrder Order = new("leads", "csv", null, null, null, null);
    private static readonly ExportEvent.Requested Asked = new(Order, Ada, "sales", 1, false);
    private static readonly AlertEvent.Raised Raised = new("unusual-reading", Ada, null, null, 500, 60, "tell");
    private static readonly AccessNote Search = new(Now, "search", "leads", null, "x", null, "key", 1);

    private static readonly AttachmentEvent.WasAttached Kept = new("lead", Ada, "x", "text/plain", 1, new('a', 64));

    private static readonly IReadOnlyList<SliceSample> Samples =
    [
        Sample(
            LeadSlice.Definition,
            [
                [Captured],
                [Captured, new LeadEvent.StepPlanned(Step, null)],
                [Captured, new LeadEvent.StepPlanned(Step, null), new LeadEvent.StepOverdue(Step)],
                [Captured, new LeadEvent.RuledOut("wrong", null, "open")],
                [Captured, Converted],
                [Captured, new LeadEvent.Withdrawn(Chen)],
                [Captured, new LeadEvent.Erased(new("other", null, null, "open", null, Ada, 1, Now, null, null, null))],
            ],
            [
                new LeadCommand.Capture("王伟"), new LeadCommand.Amend("李娜"), new LeadCommand.Assign(Ada), new LeadCommand.HandOver(Chen), new LeadCommand.LogActivity(Call), new LeadCommand.PlanStep(Step),
                new LeadCommand.CompleteStep(), new LeadCommand.Qualify(), new LeadCommand.RuleOut("wrong"), new LeadCommand.Reopen(), new LeadCommand.Convert(Tencent, true, Chen, null, null),
                new LeadCommand.NameCustomer(Tencent, Chen), new LeadCommand.Withdraw(Chen), new LeadCommand.StepDue(), new LeadCommand.Compute(),
                new LeadCommand.Erase(new("other", null, null, "open", null, Ada, 1, Now, null, null, null)),
            ]),
        Sample(
            OpportunitySlice.Definition,
            [
                [Created],
                [Created, new OpportunityEvent.StepPlanned(Step, null)],
                [Created, new OpportunityEvent.Won("contact", "signed", Today)],
                [Created, new OpportunityEvent.Won(null, "signed", Today)],
                [Created, new OpportunityEvent.Lost("price", null, [], "contact", Today)],
            ],
            [
                new OpportunityCommand.Create("CRM", new StageRef("simple", "contact", 10), Amount, Today), new OpportunityCommand.Amend("ERP"), new OpportunityCommand.Move(new StageRef("simple", "quote", 70), Today),
                new OpportunityCommand.Win(new StageRef("simple", "signed", 100), Today), new OpportunityCommand.Lose("price", Today: Today), new OpportunityCommand.Reopen(),
                new OpportunityCommand.Reopen(new StageRef("simple", "contact", 10)), new OpportunityCommand.Assign(Ada), new OpportunityCommand.LogActivity(Call), new OpportunityCommand.PlanStep(Step),
                new OpportunityCommand.CompleteStep(), new OpportunityCommand.StepDue(), new OpportunityCommand.Compute(), new OpportunityCommand.NameCustomer(Tencent, "腾讯"),
            ]),
        Sample(
            CustomerSlice.Definition,
            [[new CustomerEvent.Created("corporate", new("腾讯", null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, NoCustom), Ada, null, null)], [new CustomerEvent.Erased(new("potential", null, null, null, null, Ada, null, Now))]],
            [
                new CustomerCommand.Create("corporate", "腾讯"), new CustomerCommand.Amend("腾讯云"), new CustomerCommand.Assign(Ada), new CustomerCommand.LogActivity(Call), new CustomerCommand.MakeFormal(), new CustomerCommand.Compute(),
                new CustomerCommand.Erase(new("potential", null, null, null, null, Ada, null, Now)),
            ]),
        Sample(
            ContactSlice.Definition,
            [[new ContactEvent.Created(Tencent, "腾讯", new("陈静", null, null, null, null, null, null, NoCustom), Ada, null)], [new ContactEvent.Erased(new(Tencent, "腾讯", Ada, Now))]],
            [
                new ContactCommand.Create(Tencent, "腾讯", "陈静"), new ContactCommand.Amend("李娜"), new ContactCommand.Move(Chen, "华为"), new ContactCommand.Assign(Ada), new ContactCommand.LogActivity(Call),
                new ContactCommand.Compute(), new ContactCommand.NameCustomer(Tencent, "腾讯云"), new ContactCommand.Erase(new(Tencent, "腾讯", Ada, Now)),
            ]),
        Sample(
            PipelineSlice.Definition,
            [[Founded], [Founded, new PipelineEvent.StageRetired("contact")], [Founded, new PipelineEvent.Retired()]],
            [
                new PipelineCommand.Create("simple", "Direct"), new PipelineCommand.Rename("直销"), new PipelineCommand.AddStage("Demo", 40), new PipelineCommand.RenameStage("contact", "First"),
                new PipelineCommand.RateStage("contact", 20), new PipelineCommand.ReorderStages(["signed"]), new PipelineCommand.RetireStage("contact"), new PipelineCommand.RestoreStage("contact"),
                new PipelineCommand.Retire(), new PipelineCommand.Restore(),
            ]),
        Sample(TargetSlice.Definition, [[new TargetEvent.Agreed("simple", "2026-11", null, Amount)]], [new TargetCommand.Set("simple", "2026-11", Amount)]),
        Sample(
            ImportSlice.Definition,
            [
                [Requested],
                [Requested, new ImportEvent.Started()],
                [Requested, new ImportEvent.Started(), new ImportEvent.Finished()],
                [Requested, new ImportEvent.Failed("Why", "queued")],
                [Requested, new ImportEvent.Failed("Why", "queued"), new ImportEvent.UndoRequested("failed")],
                [Requested, new ImportEvent.Failed("Why", "queued"), new ImportEvent.UndoRequested("failed"), new ImportEvent.UndoFinished()],
            ],
            [
                new ImportCommand.Request("leads.csv", new string('a', 64), null, null, Ada, new Dictionary<string, string?>(), []), new ImportCommand.Start(), new ImportCommand.Progress(1, 1, 0, 0, []),
                new ImportCommand.Finish(), new ImportCommand.Fail("Why"), new ImportCommand.RequestUndo(), new ImportCommand.UndoProgress(1, 0), new ImportCommand.FinishUndo(),
            ]),
        Sample(
            UserSlice.Definition,
            [[new UserEvent.Registered("Ada", "ada", "sales", "zh-CN")], [new UserEvent.Registered("Ada", "ada", "sales", "zh-CN"), new UserEvent.Deactivated()]],
            [
                new UserCommand.Register("Ada", "ada", "sales"), new UserCommand.Amend("Ada L."), new UserCommand.Activate(), new UserCommand.Deactivate(), new UserCommand.SetLocale("en"), new UserCommand.SetPassword(),
            ]),
        Sample(
            ApiKeySlice.Definition,
            [
                [new ApiKeyEvent.Issued("ERP", "sales")],
                [new ApiKeyEvent.Scoped("ERP", "sales", ["leads:read"], 5), new ApiKeyEvent.Rescoped(["leads:read"], ["*"], null), new ApiKeyEvent.Rotated(Now)],
                [new ApiKeyEvent.Issued("ERP", "sales"), new ApiKeyEvent.Revoked()],
            ],
            [new ApiKeyCommand.Issue("ERP", "sales"), new ApiKeyCommand.Rescope(["leads:read"]), new ApiKeyCommand.Rotate(), new ApiKeyCommand.Revoke()]),
        Sample(
            SessionSlice.Definition,
            [
                [new SessionEvent.Started(Ada, "password", null, null)],
                [new SessionEvent.Started(Ada, "password", null, null), new SessionEvent.Closed("revoked")],
                [new SessionEvent.Denied(Ada, "password", null, null)],
            ],
            [new SessionCommand.Start(Ada, "password", null, null), new SessionCommand.Refuse(Ada, "password", null, null), new SessionCommand.End("revoked")]),
        Sample(
            FactorSlice.Definition,
            [[new FactorEvent.TotpEnrolled(), new FactorEvent.CodesRenewed()], [new FactorEvent.PasskeyAdded("a", "Phone"), new FactorEvent.PasskeyRemoved("a"), new FactorEvent.CompanyLinked("https://a"), new FactorEvent.TotpRemoved(), new FactorEvent.WasReset()]],
            [
                new FactorCommand.EnrolTotp(), new FactorCommand.RemoveTotp(), new FactorCommand.RenewCodes(), new FactorCommand.AddPasskey("a", "Phone"), new FactorCommand.RemovePasskey("a"),
                new FactorCommand.LinkCompany("https://a"), new FactorCommand.Reset(),
            ]),
        Sample(
            CompanySignInSlice.Definition,
            [[new CompanySignInEvent.Configured("Corp", "https://id.example.com", "crm", true), new CompanySignInEvent.SecretSet()]],
            [new CompanySignInCommand.Set("Corp", "https://id.example.com", "crm", true), new CompanySignInCommand.SetSecret()]),
        Sample(
            MailSlice.Definition,
            [
                [new MailEvent.Queued(Ada, "ada@example.com", "reset"), new MailEvent.Failed("no"), new MailEvent.WasRead()],
                [new MailEvent.Queued(Ada, "ada@example.com", "reset"), new MailEvent.PutAside("no-server")],
                [new MailEvent.Queued(Ada, "ada@example.com", "reset"), new MailEvent.PutAside("no-server"), new MailEvent.Resent(), new MailEvent.Delivered()],
            ],
            [
                new MailCommand.Queue(Ada, "ada@example.com", "reset"), new MailCommand.NoteSent(), new MailCommand.NoteFailure("no"), new MailCommand.Hold("no-server"), new MailCommand.Resend(),
                new MailCommand.Open(),
            ]),
        Sample(
            DepartmentSlice.Definition,
            [[new DepartmentEvent.Created("x", null, null, null)], [new DepartmentEvent.Created("x", null, null, null), new DepartmentEvent.Closed()]],
            [new DepartmentCommand.Create("x"), new DepartmentCommand.Amend("y"), new DepartmentCommand.Move(Ada), new DepartmentCommand.Close(), new DepartmentCommand.Reopen()]),
        Sample(
            ShareSlice.Definition,
            [[new ShareEvent.Gave("lead", Ada, "user", Ada, "read")], [new ShareEvent.Gave("lead", Ada, "user", Ada, "read"), new ShareEvent.WasEnded()]],
            [new ShareCommand.Give("lead", Ada, "user", Ada, "edit"), new ShareCommand.End()]),
        Sample(
            AttachmentSlice.Definition,
            [[Kept], [Kept, new AttachmentEvent.WasRemoved("x", Now)], [Kept, new AttachmentEvent.WasRemoved("x", Now), new AttachmentEvent.WasPurged()], [Kept, new AttachmentEvent.WasErased()]],
            [new AttachmentCommand.Attach("lead", Ada, "x", "text/plain", 1, new('a', 64)), new AttachmentCommand.Remove(), new AttachmentCommand.Restore(), new AttachmentCommand.Purge(), new AttachmentCommand.Erase()]),
        Sample(
            FieldBookSlice.Definition,
            [[Defined], [Defined, new FieldBookEvent.Retired("level")], [Defined, new FieldBookEvent.OptionRetired("level", "a")]],
            [
                new FieldBookCommand.Add(new("预算"), "money", Slice: "leads"), new FieldBookCommand.Amend("level", Required: true), new FieldBookCommand.AddOption("level", new(new("B"))),
                new FieldBookCommand.RenameOption("level", "a", new("A+")), new FieldBookCommand.RetireOption("level", "a"), new FieldBookCommand.RestoreOption("level", "a"),
                new FieldBookCommand.Retire("level"), new FieldBookCommand.Restore("level"), new FieldBookCommand.Reorder(["level"]),
            ]),
        Sample(PolicySlice.Definition, [[new PolicyEvent.LimitsSet(PolicyLimits.Default, PolicyLimits.Default)]], [new PolicyCommand.SetLimits(PolicyLimits.Default)]),
        Sample(
            ExportSlice.Definition,
            [
                [Asked with { NeedsApproval = true }],
                [Asked],
                [Asked, new ExportEvent.Started()],
                [Asked, new ExportEvent.Started(), new ExportEvent.Finished(1, 1, Now)],
                [new ExportEvent.Denied(Order, Ada)],
            ],
            [
                new ExportCommand.Request(Order, Ada, "sales", 1, false, 0, 1), new ExportCommand.Deny(Order, Ada), new ExportCommand.Approve(Chen), new ExportCommand.Refuse("x", Chen), new ExportCommand.Start(),
                new ExportCommand.Finish(1, 1), new ExportCommand.Fail("x"), new ExportCommand.NoteDownload(Ada), new ExportCommand.Expire(),
            ]),
        Sample(
            AlertSlice.Definition,
            [[Raised], [Raised, new AlertEvent.Released(null)]],
            [new AlertCommand.Raise("unusual-reading", Ada, null, null, 500, 60, "tell"), new AlertCommand.Release("x", Chen)]),
        Sample(AccessLogSlice.Definition, [[new AccessLogEvent.Noted(Ada, Today, [Search], 0)]], [new AccessLogCommand.Note(Ada, Today, [Search], 0)]),
        Sample(
            TenantSlice.Definition,
            [[Opened], [Opened, new TenantEvent.WasSuspended(null)]],
            [
                new TenantCommand.Open("Acme", "CNY", "Asia/Shanghai", "zh-CN"), new TenantCommand.Amend("Acme Ltd"), new TenantCommand.SwitchModule("leads", false), new TenantCommand.LimitFiles(5), new TenantCommand.Suspend(), new TenantCommand.Resume(),
            ]),
        Sample(
            HandoverSlice.Definition,
            [
                [Leaving],
                [Leaving, new HandoverEvent.Finished(Now.AddDays(7))],
                [Leaving, new HandoverEvent.Finished(Now.AddDays(7)), new HandoverEvent.UndoRequested()],
                [Leaving, new HandoverEvent.Finished(Now.AddDays(7)), new HandoverEvent.UndoRequested(), new HandoverEvent.UndoFinished()],
            ],
            [
                new HandoverCommand.Request(Ada, [Chen], [], [], true), new HandoverCommand.Progress([new("leads", 1)], 0), new HandoverCommand.Finish(), new HandoverCommand.RequestUndo(),
                new HandoverCommand.UndoProgress(1, 0), new HandoverCommand.FinishUndo(),
            ]),
        Sample(
            RoleBookSlice.Definition,
            [[new RoleBookEvent.TemplateSwitched("standard", "factory", [])]],
            [new RoleBookCommand.DefineRole(new("x", "x", [], [])), new RoleBookCommand.RemoveRole("x"), new RoleBookCommand.SwitchTemplate("customer")]),
    ];

    public static TheoryData<string> Kinds => [.. Slices.All.Select(slice => slice.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_command_and_every_state_has_a_sample(string kind)
    {
        var sample = Samples.Single(sample => sample.Slice.Kind == kind);
        sample.CommandsMissing.Should().BeEmpty("a new command is added to the table in this test");
        sample.StatesMissing.Should().BeEmpty("a history that leads to a new state is added to the table in this test");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_command_has_an_answer_in_every_state(string kind) => Samples.Single(sample => sample.Slice.Kind == kind).Unanswered(Now).Should().BeEmpty();

    private static SliceSample<TState, TCommand, TEvent, TCard> Sample<TState, TCommand, TEvent, TCard>(
        Slice<TState, TCommand, TEvent, TCard> slice, TEvent[][] histories, TCommand[] commands)
        where TState : class where TCommand : class where TEvent : class where TCard : class, ICard => new(slice, histories, commands);
}
