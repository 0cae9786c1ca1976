using Crm.Grains.ApiKeys;

namespace Crm.Grains.Tests.ApiKeys;

public sealed class ApiKeyRulesTests() : RuleSpec<ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyCard>(ApiKeySlice.Definition)
{
    private static readonly ApiKeyEvent.Issued Issued = new("ERP", "sales");

    [Fact]
    public void AK1_a_key_is_issued_with_a_name_and_a_role() =>
        Given().When(new ApiKeyCommand.Issue(" ERP ", "sales")).ThenEvents(new ApiKeyEvent.Scoped("ERP", "sales", ["*"], null)).Card
            .Should().BeEquivalentTo(new ApiKeyCard(It, 1, "ERP", "sales", Active: true, Tuesday, ["*"]));

    [Fact]
    public void AK1_a_key_issued_before_there_were_scopes_has_them_all()
    {
        Given(Issued).Card.Should().BeEquivalentTo(new ApiKeyCard(It, 1, "ERP", "sales", Active: true, Monday, ["*"]));
        ApiKeyRules.Allows(((ApiKey.Active)Given(Issued).State).Scopes, "leads", "read").Should().BeTrue();
    }

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

    [Fact]
    public void AK2_a_revoked_key_is_neither_rescoped_nor_rotated()
    {
        Given(Issued, new ApiKeyEvent.Revoked()).When(new ApiKeyCommand.Rescope(["*"])).ThenRefused(ApiKeyRefusals.Revoked);
        Given(Issued, new ApiKeyEvent.Revoked()).When(new ApiKeyCommand.Rotate()).ThenRefused(ApiKeyRefusals.Revoked);
    }

    [Theory]
    [InlineData("*", "leads", "read", true)]
    [InlineData("leads:*", "leads", "capture", true)]
    [InlineData("leads:read", "leads", "read", true)]
    [InlineData("leads:read", "leads", "capture", false)]
    [InlineData("leads:read", "lead", "read", false)]
    [InlineData("leads:*", "leads-of-others", "read", false)]
    [InlineData("lead:*", "leads", "read", false)]
    [InlineData("leads:rea", "leads", "read", false)]
    public void AK3_a_scope_allows_what_it_names(string scope, string slice, string verb, bool isAllowed) => ApiKeyRules.Allows([scope], slice, verb).Should().Be(isAllowed);

    [Theory]
    [InlineData("")]
    [InlineData("leads")]
    [InlineData("leads:")]
    [InlineData(":read")]
    [InlineData("Leads:read")]
    [InlineData("leads:read:all")]
    [InlineData("*:read")]
    [InlineData("leads:read ")]
    public void AK3_what_is_no_scope_is_refused(string scope)
    {
        Given().When(new ApiKeyCommand.Issue("ERP", "sales", [scope])).ThenRefused(ApiKeyRefusals.ScopeInvalid);
        Given(Issued).When(new ApiKeyCommand.Rescope([scope])).ThenRefused(ApiKeyRefusals.ScopeInvalid);
    }

    [Fact]
    public void AK3_there_are_1_to_100_scopes_and_a_limit_of_1_to_10_000_a_second()
    {
        Given().When(new ApiKeyCommand.Issue("ERP", "sales", [])).ThenRefused(ApiKeyRefusals.ScopeInvalid);
        Given().When(new ApiKeyCommand.Issue("ERP", "sales", [.. Enumerable.Repeat("leads:read", 101)])).ThenRefused(ApiKeyRefusals.ScopeInvalid);
        Given().When(new ApiKeyCommand.Issue("ERP", "sales", RequestsPerSecond: 0)).ThenRefused(ApiKeyRefusals.LimitInvalid);
        Given().When(new ApiKeyCommand.Issue("ERP", "sales", RequestsPerSecond: 10_001)).ThenRefused(ApiKeyRefusals.LimitInvalid);
        Given().When(new ApiKeyCommand.Issue("ERP", "sales", ["leads:read", "leads:*", "leads:read"], 10)).ThenEvents(new ApiKeyEvent.Scoped("ERP", "sales", ["leads:*", "leads:read"], 10));
    }

    [Fact]
    public void AK4_scopes_and_limit_change_and_the_timeline_shows_how()
    {
        var changed = new ApiKeyEvent.Rescoped(["*"], ["leads:read"], 5);
        var history = Given(Issued).When(new ApiKeyCommand.Rescope(["leads:read"], 5)).ThenEvents(changed);
        history.Card.Should().BeEquivalentTo(new { Scopes = (string[])["leads:read"], RequestsPerSecond = 5 });
        history.When(new ApiKeyCommand.Rescope(["leads:read"], 5)).ThenNothing();
        ApiKeyTimeline.Describe(changed).Changes.Should().Equal(new FieldChange("scopes", "*", "leads:read"));
    }

    [Fact]
    public void AK5_a_rotated_key_goes_on_for_a_while()
    {
        var history = Given(Issued).When(new ApiKeyCommand.Rotate()).ThenEvents(new ApiKeyEvent.Rotated(Tuesday.AddHours(24)));
        history.Card.Should().BeEquivalentTo(new { RotatedAt = Tuesday, OldKeyUntil = Tuesday.AddHours(24), Active = true });
        history.When(new ApiKeyCommand.Rotate(0)).ThenEvents(new ApiKeyEvent.Rotated(Tuesday));
        history.When(new ApiKeyCommand.Rotate(169)).ThenRefused(ApiKeyRefusals.OverlapInvalid);
        history.When(new ApiKeyCommand.Rotate(-1)).ThenRefused(ApiKeyRefusals.OverlapInvalid);
    }
}
