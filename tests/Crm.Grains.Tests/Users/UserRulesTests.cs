using Crm.Grains.Users;

namespace Crm.Grains.Tests.Users;

public sealed class UserRulesTests() : RuleSpec<User, UserCommand, UserEvent, UserCard>(UserSlice.Definition)
{
    private static readonly UserEvent.Registered Registered = new("Ada", "ada", "sales", "zh-CN");

    [Fact]
    public void US1_a_user_has_a_name_a_login_and_a_role() =>
        Given().When(new UserCommand.Register(" Ada ", " Ada@Example.com ", "admin", "en")).ThenEvents(new UserEvent.Registered("Ada", "Ada@Example.com", "admin", "en"))
            .Card.Should().Be(new UserCard(It, 1, "Ada", "Ada@Example.com", "admin", Active: true, "en", null, null, null, null));

    [Theory]
    [InlineData("", "ada", "sales", "field-required", "name")]
    [InlineData("Ada", "", "sales", "login-invalid", "login")]
    [InlineData("Ada", "ada l", "sales", "login-invalid", "login")]
    [InlineData("Ada", "ada\u0000", "sales", "login-invalid", "login")]
    [InlineData("Ada", "ada", "", "field-required", "role")]
    [InlineData("Ada", "ada", "Boss", "key-invalid", "role")]
    public void US1_what_cannot_be_is_refused_by_field(string name, string login, string role, string code, string field) =>
        Given().When(new UserCommand.Register(name, login, role)).ThenRefused(code, field);

    [Fact]
    public void US1_a_login_has_at_most_100_characters()
    {
        Given().When(new UserCommand.Register("Ada", new string('a', 101), "sales")).ThenRefused(UserRefusals.LoginInvalid);
        Given().When(new UserCommand.Register("王伟", "王伟", "sales")).ThenEvents(new UserEvent.Registered("王伟", "王伟", "sales", "zh-CN"));
    }

    [Fact]
    public void US1_registering_the_same_login_again_is_no_event() => Given(Registered).When(new UserCommand.Register("Another", "ADA", "admin")).ThenNothing();

    [Fact]
    public void US1_what_never_was_is_not_found() => Given().When(new UserCommand.Activate()).ThenRefused(UserRefusals.NotFound);

    [Fact]
    public void US2_no_two_users_have_the_same_login() =>
        Given(Registered with { Login = "Ａda.L" }).Claims.Should().Equal("login:ada.l");

    [Fact]
    public void US2_a_login_never_changes() => Given(Registered).When(new UserCommand.Register("Ada", "lovelace", "sales")).ThenRefused(UserRefusals.OtherLogin);

    [Fact]
    public void US3_name_and_role_are_amended() =>
        Given(Registered).When(new UserCommand.Amend("Ada L.", "admin")).ThenEvents(new UserEvent.Amended([new("name", "Ada", "Ada L."), new("role", "sales", "admin")]))
            .Card.Should().BeEquivalentTo(new { Name = "Ada L.", Role = "admin", Version = 2 });

    [Fact]
    public void US3_nothing_different_is_no_event() => Given(Registered).When(new UserCommand.Amend(Name: "Ada ")).ThenNothing();

    [Fact]
    public void US3_but_not_to_nothing()
    {
        Given(Registered).When(new UserCommand.Amend(Name: " ")).ThenRefused("field-required", "name");
        Given(Registered).When(new UserCommand.Amend(Role: new Optional<string?>(null))).ThenRefused("field-required", "role");
        Given(Registered).When(new UserCommand.Amend(Role: "#")).ThenRefused("key-invalid", "role");
    }

    [Fact]
    public void US4_a_user_is_deactivated_and_activated()
    {
        var gone = Given(Registered).When(new UserCommand.Deactivate()).ThenEvents(new UserEvent.Deactivated());
        gone.Card.Should().BeEquivalentTo(new { Active = false });
        gone.Claims.Should().Equal("login:ada");
        gone.When(new UserCommand.Deactivate()).ThenNothing();
        gone.When(new UserCommand.Activate()).ThenEvents(new UserEvent.Activated()).Card.Should().BeEquivalentTo(new { Active = true });
        Given(Registered).When(new UserCommand.Activate()).ThenNothing();
    }

    [Fact]
    public void US5_the_locale_is_Chinese_or_English()
    {
        Given(Registered).When(new UserCommand.SetLocale("en")).ThenEvents(new UserEvent.LocaleSet("zh-CN", "en")).Card.Should().BeEquivalentTo(new { Locale = "en" });
        Given(Registered).When(new UserCommand.SetLocale("zh-CN")).ThenNothing();
        Given(Registered).When(new UserCommand.SetLocale("fr")).ThenRefused("enum-invalid", "locale");
        Given().When(new UserCommand.Register("Ada", "ada", "sales", "fr")).ThenRefused("enum-invalid", "locale");
    }

    [Fact]
    public void US6_setting_a_password_is_recorded_without_the_password()
    {
        Given(Registered).When(new UserCommand.SetPassword()).ThenEvents(new UserEvent.PasswordSet()).Card.Should().BeEquivalentTo(new { Version = 2 });
        typeof(UserEvent.PasswordSet).GetProperties().Select(p => p.Name).Should().BeEmpty();
    }

    [Fact]
    public void US4_the_timeline_says_what_changed()
    {
        UserTimeline.Describe(new UserEvent.Deactivated()).Changes.Should().Equal(new FieldChange("active", "true", "false"));
        UserTimeline.Describe(new UserEvent.Activated()).Changes.Should().Equal(new FieldChange("active", "false", "true"));
        UserTimeline.Describe(new UserEvent.LocaleSet("zh-CN", "en")).Changes.Should().Equal(new FieldChange("locale", "zh-CN", "en"));
    }
}
