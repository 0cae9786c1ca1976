using System.Diagnostics;
using static Crm.Grains.RoleBooks.RoleBookCommand;
using static Crm.Grains.RoleBooks.RoleBookEvent;

namespace Crm.Grains.RoleBooks;

/// <summary>A role book's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class RoleBookRules
{
    private const int MostRoles = 200;
    private const int MostGrants = 1_000;

    private static readonly IReadOnlySet<string> TemplateKeys = RoleTemplates.Templates.Keys.ToHashSet();

    /// <summary>Says what <paramref name="command"/> does to <paramref name="book"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="RoleBookRefusals"/> entry.</returns>
    public static Decision<RoleBookEvent> Decide(RoleBook book, RoleBookCommand command, DateTimeOffset now) => command switch
    {
        DefineRole d when Wrong(d.Role) is { } wrong => wrong,                                                  // RB1, RB2
        DefineRole d => Define(book.Now(), d.Role),
        RemoveRole { Key: RoleKeys.Admin } => RoleBookRefusals.AdminIsFixed,                                    // RB4
        RemoveRole r when book.Now().Roles.All(role => role.Key != r.Key) => RoleBookRefusals.RoleUnknown,
        RemoveRole { HasPeople: true } => RoleBookRefusals.HasPeople,                                           // RB5
        RemoveRole r => [new RoleRemoved(r.Key)],
        SwitchTemplate s when (Check.Required("template", s.Template) ?? Check.OneOf("template", s.Template, TemplateKeys)) is { } wrong => wrong,
        SwitchTemplate s => Switch(book.Now(), s.Template),                                                   // RB6
        _ => throw new UnreachableException($"No rule for {command.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static RoleBook Evolve(RoleBook book, RoleBookEvent happened) => happened switch
    {
        RoleDefined e => book.Now() with { Roles = With(book.Now().Roles, e.Role) },
        RoleRemoved e => book.Now() with { Roles = [.. book.Now().Roles.Where(role => role.Key != e.Key)] },
        TemplateSwitched e => new RoleBook.Written(e.To, e.Roles),
        _ => book,
    };

    public static Holder Holder(RoleBook book) => new(OwnerId: null, Exists: book is RoleBook.Written);

    /// <summary>The roles after a switch to a template: its own, and those of the organisation's own making (RB6).</summary>
    public static IReadOnlyList<Role> After(IReadOnlyList<Role> roles, string template)
    {
        var next = RoleTemplates.Templates[template];
        return [.. next.Values, .. roles.Where(role => !next.ContainsKey(role.Key))];
    }

    private static Decision<RoleBookEvent> Define(RoleBook.Written book, Role role)
    {
        var known = book.Roles.FirstOrDefault(each => each.Key == role.Key);
        return known is not null && known.SaysTheSame(role) ? []                                                // RB3
            : role.Key == RoleKeys.Admin ? RoleBookRefusals.AdminIsFixed                                        // RB4
            : known is null && book.Roles.Count >= MostRoles ? RoleBookRefusals.TooMany
            : [new RoleDefined(role with { Name = role.Name.Trim() })];
    }

    private static Decision<RoleBookEvent> Switch(RoleBook.Written book, string template)
    {
        var next = After(book.Roles, template);
        return book.Template == template && next.Count == book.Roles.Count && next.All(role => book.Roles.Any(role.SaysTheSame))
            ? []
            : [new TemplateSwitched(book.Template, template, next)];
    }

    private static Role[] With(IReadOnlyList<Role> roles, Role role) =>
        roles.Any(each => each.Key == role.Key) ? [.. roles.Select(each => each.Key == role.Key ? role : each)] : [.. roles, role];

    private static Refusal? Wrong(Role role)
    {
        if ((Check.Slug("role.key", role.Key) ?? Check.Required("role.name", role.Name)) is { } wrong)
        {
            return wrong;
        }

        if (role.Grants.Count > MostGrants || role.Fields.Count > MostGrants)
        {
            return Refusal.Invalid("role-too-large", "A role has at most 1,000 grants and 1,000 field rights.", "role.grants");
        }

        for (var i = 0; i < role.Grants.Count; i++)
        {
            var (field, grant) = ($"role.grants[{i}]", role.Grants[i]);
            if ((Check.Required($"{field}.slice", grant.Slice) ?? Check.Required($"{field}.verb", grant.Verb)
                ?? grant.Scopes.Select(scope => Check.Required($"{field}.scopes", scope) ?? Check.OneOf($"{field}.scopes", scope, Grant.Codes)).FirstOrDefault(no => no is not null)) is { } no)
            {
                return no;
            }
        }

        for (var i = 0; i < role.Fields.Count; i++)
        {
            var (field, right) = ($"role.fields[{i}]", role.Fields[i]);
            if ((Check.Required($"{field}.slice", right.Slice) ?? Check.Required($"{field}.field", right.Field)
                ?? Check.Required($"{field}.right", right.Right) ?? Check.OneOf($"{field}.right", right.Right, FieldRight.Codes)) is { } no)
            {
                return no;
            }
        }

        return null;
    }
}
