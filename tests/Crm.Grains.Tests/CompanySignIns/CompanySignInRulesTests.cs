using Crm.Grains.CompanySignIns;

namespace Crm.Grains.Tests.CompanySignIns;

public sealed class CompanySignInRulesTests() : RuleSpec<CompanySignIn, CompanySignInCommand, CompanySignInEvent, CompanySignInCard>(CompanySignInSlice.Definition)
{
    private static readonly CompanySignInCommand.Set Set = new("Corp", "https://id.example.com/realms/a", "crm", Enabled: true);
    private static readonly CompanySignInEvent.Configured Configured = new("Corp", "https://id.example.com/realms/a", "crm", Enabled: true);

    [Fact]
    public void CS1_it_is_set_and_setting_it_to_what_it_is_changes_nothing()
    {
        var set = Given().When(Set).ThenEvents(Configured);
        set.Card.Should().Be(new CompanySignInCard(It, 1, "Corp", "https://id.example.com/realms/a", "crm", Enabled: true, HasSecret: false));
        set.When(Set).ThenNothing();
        set.When(Set with { Enabled = false }).ThenEvents(Configured with { Enabled = false });
    }

    [Theory]
    [InlineData("https://id.example.com", true)]
    [InlineData("http://127.0.0.1:9000", true)]
    [InlineData("http://localhost:9000", true)]
    [InlineData("http://id.example.com", false)]
    [InlineData("https://user@id.example.com", false)]
    [InlineData("https://id.example.com?x=1", false)]
    [InlineData("https://id.example.com#x", false)]
    [InlineData("ftp://id.example.com", false)]
    [InlineData("id.example.com", false)]
    public void CS1_an_issuer_is_an_https_address_or_on_the_same_machine(string issuer, bool isGood)
    {
        if (isGood)
        {
            Given().When(Set with { Issuer = issuer }).ThenEvents(Configured with { Issuer = issuer });
        }
        else
        {
            Given().When(Set with { Issuer = issuer }).ThenRefused(CompanySignInRefusals.IssuerInvalid);
        }
    }

    [Fact]
    public void CS2_that_the_secret_was_set_is_recorded_not_what_to()
    {
        Given(Configured).When(new CompanySignInCommand.SetSecret()).ThenEvents(new CompanySignInEvent.SecretSet()).Card.Should().BeEquivalentTo(new { HasSecret = true });
        Given().When(new CompanySignInCommand.SetSecret()).ThenRefused(CompanySignInRefusals.NotFound);
        CompanySignInTimeline.Describe(Configured).Changes.Should().Contain(new FieldChange("issuer", null, "https://id.example.com/realms/a"));
    }
}
