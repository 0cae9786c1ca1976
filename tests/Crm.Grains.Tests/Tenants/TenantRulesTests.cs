using Crm.Grains.Tenants;

namespace Crm.Grains.Tests.Tenants;

public sealed class TenantRulesTests() : RuleSpec<Tenant, TenantCommand, TenantEvent, TenantCard>(TenantSlice.Definition)
{
    private static readonly TenantEvent.Opened Opened = new(new("腾讯", "CNY", "Asia/Shanghai", "zh-CN"));

    [Fact]
    public void TN1_a_tenant_has_a_name_a_currency_a_time_zone_and_a_language()
    {
        var open = new TenantCommand.Open(" 腾讯 ", "CNY", "Asia/Shanghai", "zh-CN");
        Given().When(open).ThenEvents(Opened).Card.Should().BeEquivalentTo(new { Name = "腾讯", Currency = "CNY", TimeZone = "Asia/Shanghai", Locale = "zh-CN", Status = "active" });
        Given().When(open with { Name = " " }).ThenRefused("field-required", "name");
        Given().When(open with { Currency = "XXQ" }).ThenRefused("currency-unknown", "currency");
        Given().When(open with { TimeZone = "China Standard Time" }).ThenRefused("time-zone-unknown", "timeZone");
        Given().When(open with { TimeZone = "../etc/passwd" }).ThenRefused("time-zone-unknown", "timeZone");
        Given().When(open with { Locale = "de" }).ThenRefused("enum-invalid", "locale");
    }

    [Fact]
    public void TN2_opening_again_changes_nothing() => Given(Opened).When(new TenantCommand.Open("华为", "USD", "UTC", "en")).ThenNothing();

    [Fact]
    public void TN3_amending_changes_what_is_given()
    {
        Given(Opened).When(new TenantCommand.Amend(Currency: "USD", Locale: "en"))
            .ThenEvents(new TenantEvent.Amended([new("currency", "CNY", "USD"), new("locale", "zh-CN", "en")])).Card.Should().BeEquivalentTo(new { Name = "腾讯", Currency = "USD", Locale = "en" });
        Given(Opened).When(new TenantCommand.Amend("腾讯")).ThenNothing();
        Given(Opened).When(new TenantCommand.Amend(Name: (string?)null)).ThenRefused("field-required", "name");
        Given().When(new TenantCommand.Amend("x")).ThenRefused(TenantRefusals.NotFound);
    }

    [Fact]
    public void TN4_a_module_is_switched_off_and_on()
    {
        Given(Opened).When(new TenantCommand.SwitchModule("leads", false)).ThenEvents(new TenantEvent.ModuleSwitched("leads", false)).Card.Should().BeEquivalentTo(new { ModulesOff = new[] { "leads" } });
        Given(Opened).When(new TenantCommand.SwitchModule("leads", true)).ThenNothing();
        Given(Opened, new TenantEvent.ModuleSwitched("leads", false)).When(new TenantCommand.SwitchModule("leads", false)).ThenNothing();
        Given(Opened, new TenantEvent.ModuleSwitched("leads", false)).When(new TenantCommand.SwitchModule("leads", true))
            .ThenEvents(new TenantEvent.ModuleSwitched("leads", true)).Card.Should().BeEquivalentTo(new { ModulesOff = Array.Empty<string>() });
    }

    [Fact]
    public void TN5_a_suspended_tenant_does_nothing_until_it_is_resumed()
    {
        Given(Opened).When(new TenantCommand.Suspend("unpaid")).ThenEvents(new TenantEvent.WasSuspended("unpaid")).Card.Should().BeEquivalentTo(new { Status = "suspended", Reason = "unpaid" });
        var suspended = new TenantEvent.WasSuspended(null);
        Given(Opened, suspended).When(new TenantCommand.Suspend()).ThenNothing();
        Given(Opened, suspended).When(new TenantCommand.Amend("x")).ThenRefused(TenantRefusals.Suspended);
        Given(Opened, suspended).When(new TenantCommand.SwitchModule("leads", false)).ThenRefused(TenantRefusals.Suspended);
        Given(Opened, suspended).When(new TenantCommand.Resume()).ThenEvents(new TenantEvent.WasResumed()).Card.Should().BeEquivalentTo(new { Status = "active" });
        Given(Opened).When(new TenantCommand.Resume()).ThenNothing();
    }

    [Fact]
    public void TN6_the_operator_says_how_much_files_may_take()
    {
        var limited = new TenantEvent.FilesLimited(500);
        Given(Opened).When(new TenantCommand.LimitFiles(500)).ThenEvents(limited).Card.Should().BeEquivalentTo(new { FileMegabytes = 500 });
        Given(Opened, limited).When(new TenantCommand.LimitFiles(500)).ThenNothing();
        Given(Opened, limited).When(new TenantCommand.LimitFiles(null)).ThenEvents(new TenantEvent.FilesLimited(null)).Card.Should().BeEquivalentTo(new { FileMegabytes = (int?)null });
        Given(Opened, limited, new TenantEvent.WasSuspended(null), new TenantEvent.WasResumed()).When(new TenantCommand.LimitFiles(500)).ThenNothing();
        Given(Opened, new TenantEvent.WasSuspended(null)).When(new TenantCommand.LimitFiles(0)).ThenEvents(new TenantEvent.FilesLimited(0));
        Given(Opened).When(new TenantCommand.LimitFiles(-1)).ThenRefused(TenantRefusals.FileLimitOutOfRange);
        Given().When(new TenantCommand.LimitFiles(1)).ThenRefused(TenantRefusals.NotFound);
    }
}
