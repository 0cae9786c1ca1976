using System.Diagnostics;
using static Crm.Grains.Users.UserCommand;
using static Crm.Grains.Users.UserEvent;

namespace Crm.Grains.Users;

/// <summary>A user's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class UserRules
{
    /// <summary>The locale of a user who named none.</summary>
    public const string DefaultLocale = "zh-CN";

    public static readonly IReadOnlySet<string> Locales = new HashSet<string> { DefaultLocale, "en" };

    /// <summary>Says what <paramref name="command"/> does to <paramref name="user"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="UserRefusals"/> entry.</returns>
    public static Decision<UserEvent> Decide(User user, UserCommand command, DateTimeOffset now) => (user, command) switch
    {
        (_, Register r) when Wrong(r) is { } wrong => wrong,                                                    // US1, US5
        (User.Unknown, Register r) => [new Registered(r.Name.Trim(), r.Login.Trim(), r.Role, r.Locale ?? DefaultLocale, r.DepartmentId, Normal.Text(r.Position), r.SuperiorId, Normal.Text(r.Region))],
        (User.Unknown, _) => UserRefusals.NotFound,
        (User.Known known, Register r) => Normal.Login(known.Login) == Normal.Login(r.Login) ? [] : UserRefusals.OtherLogin,  // US1, US2

        (User.Known, Amend a) when Wrong(a) is { } wrong => wrong,                                              // US1
        (User.Known known, Amend a) => Difference(known, a) is { Count: > 0 } changes ? [new Amended(changes)] : [],  // US3
        (User.Known known, Activate) => known.IsActive ? [] : [new Activated()],                                // US4
        (User.Known known, Deactivate) => known.IsActive ? [new Deactivated()] : [],                            // US4
        (User.Known, SetLocale s) when WrongCode("locale", s.Locale, Locales) is { } wrong => wrong,            // US5
        (User.Known known, SetLocale s) => known.Locale == s.Locale ? [] : [new LocaleSet(known.Locale, s.Locale)],
        (User.Known, SetPassword) => [new PasswordSet()],                                                       // US6
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {user.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static User Evolve(User user, UserEvent happened) => (user, happened) switch
    {
        (_, Registered e) => new User.Known(e.Name, e.Login, e.Role, IsActive: true, e.Locale, e.DepartmentId, e.Position, e.SuperiorId, e.Region),
        (User.Known known, Amended e) => e.Changes.Aggregate(known, With),
        (User.Known known, Activated) => known with { IsActive = true },
        (User.Known known, Deactivated) => known with { IsActive = false },
        (User.Known known, LocaleSet e) => known with { Locale = e.To },
        _ => user,
    };

    /// <summary>The login, in the form in which no two users share it (US2).</summary>
    public static IReadOnlyList<string> Claims(User user) => user is User.Known known ? [$"login:{Normal.Login(known.Login)}"] : [];

    public static Holder Holder(User user) => user is User.Known ? new(OwnerId: null, Exists: true) : default;

    private static Refusal? Wrong(Register r) =>
        Check.Required("name", r.Name)
        ?? (IsLogin(Normal.Text(r.Login)) ? null : UserRefusals.LoginInvalid)
        ?? Check.Required("role", r.Role) ?? Check.Slug("role", r.Role)
        ?? Check.Line("position", r.Position)
        ?? Check.Line("region", r.Region)
        ?? Check.OneOf("locale", r.Locale, Locales);

    private static Refusal? Wrong(Amend a) =>
        (a.Name.IsGiven ? Check.Required("name", a.Name.Value) : null)
        ?? (a.Role.IsGiven ? Check.Required("role", a.Role.Value) ?? Check.Slug("role", a.Role.Value) : null)
        ?? (a.Position.IsGiven ? Check.Line("position", a.Position.Value) : null)
        ?? (a.Region.IsGiven ? Check.Line("region", a.Region.Value) : null);

    private static Refusal? WrongCode(string field, string? value, IReadOnlySet<string> codes) =>
        Check.Required(field, value) ?? Check.OneOf(field, value, codes);

    private static bool IsLogin(string? login) =>
        login is { Length: > 0 and <= 100 } && login.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or '+');

    private static IReadOnlyList<FieldChange> Difference(User.Known known, Amend a) => new Changes()
        .Text("name", known.Name, a.Name)
        .Text("role", known.Role, a.Role)
        .Id("departmentId", known.DepartmentId, a.DepartmentId)
        .Text("position", known.Position, a.Position)
        .Id("superiorId", known.SuperiorId, a.SuperiorId)
        .Text("region", known.Region, a.Region)
        .ToList();

    private static User.Known With(User.Known known, FieldChange change) => change.Field switch
    {
        "name" => known with { Name = change.To ?? known.Name },
        "role" => known with { Role = change.To ?? known.Role },
        "departmentId" => known with { DepartmentId = Changes.ReadId(change.To) },
        "position" => known with { Position = change.To },
        "superiorId" => known with { SuperiorId = Changes.ReadId(change.To) },
        "region" => known with { Region = change.To },
        _ => known,
    };
}
