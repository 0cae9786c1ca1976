using Crm.Grains.ApiKeys;

namespace Crm.Grains.Tests.ApiKeys;

public sealed class ApiKeyRulesTests() : RuleSpec<ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyCard>(ApiKeySlice.Definition)
{
    private static readonly ApiKeyEvent.Issued Issued = new("ERP", "sales");

    [Fact]
    public void AK1_a_key_is_issued_with_a_name_and_a_role() =>
        Given().When(new ApiKeyCommand.Issue(" ERP ", "sales")).ThenEvents(Issued).Card.Should().Be(new ApiKeyCard(It, 1, "ERP", "sales", Active: true, Tuesday));

    [Theory]
    [InlineData(" ", "sales", "field-required", "name")]
    [InlineData("ERP", "", "field-required", "role")]
    [InlineData("ERP", "Boss", "key-invalid", "role")]
    public void AK1_what_cannot_be_is_refused_by_field(string name, string role, string code, string field) => Given().When(new ApiKeyCommand.Issue(name, role)).ThenRefused(code, field);

    [Fact]
    public void AK1_issuing_it_again_is_no_event() => Given(Issued).When(new ApiKeyCommand.Issue("ERP", "admin")).ThenNothing();

    [Fact]
    public void AK1_what_never_was_is_not_found() => Given().When(new ApiKeyCommand.Revoke()).ThenRefused(ApiKeyRefusals.NotFound);

    [Fact]
    public void AK2_a_key_is_revoked_once_and_for_good()
    {
        var revoked = Given(Issued).When(new ApiKeyCommand.Revoke()).ThenEvents(new ApiKeyEvent.Revoked());
        revoked.Card.Should().BeEquivalentTo(new { Active = false, Version = 2 });
        revoked.When(new ApiKeyCommand.Revoke()).ThenNothing();
        revoked.When(new ApiKeyCommand.Issue("ERP", "sales")).ThenRefused(ApiKeyRefusals.Revoked);
        ApiKeyTimeline.Describe(new ApiKeyEvent.Revoked()).Changes.Should().Equal(new FieldChange("active", "true", "false"));
    }
}
