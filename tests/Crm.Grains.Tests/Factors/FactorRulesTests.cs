using Crm.Grains.Factors;

namespace Crm.Grains.Tests.Factors;

public sealed class FactorRulesTests() : RuleSpec<Factor, FactorCommand, FactorEvent, FactorCard>(FactorSlice.Definition)
{
    private static readonly FactorEvent.PasskeyAdded Phone = new("abc", "Phone");

    [Fact]
    public void FA1_an_authenticator_app_is_enrolled_and_removed()
    {
        var enrolled = Given().When(new FactorCommand.EnrolTotp()).ThenEvents(new FactorEvent.TotpEnrolled());
        enrolled.Card.Should().BeEquivalentTo(new { Totp = true, TotpSince = Tuesday, OwnerId = It });
        enrolled.When(new FactorCommand.EnrolTotp()).ThenNothing();
        enrolled.When(new FactorCommand.RemoveTotp()).ThenEvents(new FactorEvent.TotpRemoved()).Card.Should().BeEquivalentTo(new { Totp = false, TotpSince = (DateTimeOffset?)null });
        Given().When(new FactorCommand.RemoveTotp()).ThenNothing();
    }

    [Fact]
    public void FA1_recovery_codes_are_renewed_only_while_there_is_an_app()
    {
        Given(new FactorEvent.TotpEnrolled()).When(new FactorCommand.RenewCodes()).ThenEvents(new FactorEvent.CodesRenewed());
        Given().When(new FactorCommand.RenewCodes()).ThenRefused(FactorRefusals.TotpMissing);
    }

    [Fact]
    public void FA2_passkeys_have_a_name_and_are_removed_one_by_one()
    {
        var added = Given().When(new FactorCommand.AddPasskey("abc", " Phone ")).ThenEvents(Phone);
        added.Card!.Passkeys.Should().Equal(new FactorPasskey("abc", "Phone", Tuesday)); // there is a card: something has happened
        added.When(new FactorCommand.AddPasskey("abc", "Phone")).ThenNothing();
        added.When(new FactorCommand.RemovePasskey("xyz")).ThenNothing();
        added.When(new FactorCommand.RemovePasskey("abc")).ThenEvents(new FactorEvent.PasskeyRemoved("abc")).Card!.Passkeys.Should().BeEmpty();
        Given().When(new FactorCommand.AddPasskey("abc", " ")).ThenRefused("field-required", "name");
    }

    [Fact]
    public void FA2_there_are_at_most_20()
    {
        var history = Given([.. Enumerable.Range(0, 20).Select(i => new FactorEvent.PasskeyAdded($"k{i}", "x"))]);
        history.When(new FactorCommand.AddPasskey("k20", "x")).ThenRefused(FactorRefusals.TooManyPasskeys);
        history.When(new FactorCommand.AddPasskey("k1", "x")).ThenNothing();
    }

    [Fact]
    public void FA3_a_company_account_is_linked_and_another_issuer_takes_its_place()
    {
        var linked = Given().When(new FactorCommand.LinkCompany("https://a")).ThenEvents(new FactorEvent.CompanyLinked("https://a"));
        linked.When(new FactorCommand.LinkCompany("https://a")).ThenNothing();
        linked.When(new FactorCommand.LinkCompany("https://b")).ThenEvents(new FactorEvent.CompanyLinked("https://b")).Card.Should().BeEquivalentTo(new { Company = "https://b" });
        Given().When(new FactorCommand.LinkCompany("")).ThenRefused("field-required", "issuer");
    }

    [Fact]
    public void FA4_an_administrator_resets_everything()
    {
        var reset = Given(new FactorEvent.TotpEnrolled(), Phone, new FactorEvent.CompanyLinked("https://a")).When(new FactorCommand.Reset()).ThenEvents(new FactorEvent.WasReset());
        reset.Card.Should().BeEquivalentTo(new { Totp = false, Passkeys = Array.Empty<FactorPasskey>(), Company = (string?)null });
        reset.When(new FactorCommand.Reset()).ThenNothing();
    }
}
