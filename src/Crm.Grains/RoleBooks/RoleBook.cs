using System.Text.Json.Serialization;

namespace Crm.Grains.RoleBooks;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="RoleBookCard"/>.</summary>
[JsonDerivedType(typeof(Unwritten), "unwritten")]
[JsonDerivedType(typeof(Written), "written")]
public abstract record RoleBook
{
    private RoleBook() { }

    public static RoleBook Initial { get; } = new Unwritten();

    /// <summary>What holds now (RB7).</summary>
    public Written Now() => this as Written ?? new(RoleTemplates.Standard, [.. RoleTemplates.Templates[RoleTemplates.Standard].Values]);

    public sealed record Unwritten : RoleBook;

    /// <param name="Template">The last template chosen.</param>
    public sealed record Written(string Template, IReadOnlyList<Role> Roles) : RoleBook;
}
