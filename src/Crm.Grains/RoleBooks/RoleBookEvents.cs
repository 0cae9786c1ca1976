using System.Text.Json.Serialization;

namespace Crm.Grains.RoleBooks;

/// <summary>What has happened to a role book. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(RoleDefined), "rolebook-role-defined-v1")]
[JsonDerivedType(typeof(RoleRemoved), "rolebook-role-removed-v1")]
[JsonDerivedType(typeof(TemplateSwitched), "rolebook-template-switched-v1")]
public abstract record RoleBookEvent
{
    private RoleBookEvent() { }

    public sealed record RoleDefined(Role Role) : RoleBookEvent;

    public sealed record RoleRemoved(string Key) : RoleBookEvent;

    /// <param name="Roles">All roles as they are from now on: a template may change with the program, what was granted may not.</param>
    public sealed record TemplateSwitched(string From, string To, IReadOnlyList<Role> Roles) : RoleBookEvent;
}
