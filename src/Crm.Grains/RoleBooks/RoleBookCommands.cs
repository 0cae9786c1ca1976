using System.Text.Json.Serialization;

namespace Crm.Grains.RoleBooks;

/// <summary>What may be asked of an organisation's role book. A command states intent and may be refused.</summary>
public abstract record RoleBookCommand
{
    private RoleBookCommand() { }

    public sealed record DefineRole(Role Role) : RoleBookCommand;

    /// <param name="HasPeople">Whether anybody has the role; looked up by the host.</param>
    public sealed record RemoveRole(string Key, [property: JsonIgnore] bool HasPeople = false) : RoleBookCommand;

    /// <param name="Template">A key of <see cref="RoleTemplates.Templates"/>.</param>
    public sealed record SwitchTemplate([property: JsonConverter(typeof(CodeConverter))] string Template) : RoleBookCommand;
}
