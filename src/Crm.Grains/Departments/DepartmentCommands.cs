using System.Text.Json.Serialization;

namespace Crm.Grains.Departments;

/// <summary>What may be asked of one department. A command states intent and may be refused.</summary>
public abstract record DepartmentCommand
{
    private DepartmentCommand() { }

    /// <param name="ParentId">Null is the top.</param>
    public sealed record Create(string Name, Guid? ParentId = null, Guid? ManagerId = null, string? Region = null) : DepartmentCommand;

    /// <summary>Fields left out stay as they are; null clears.</summary>
    public sealed record Amend(Optional<string?> Name = default, Optional<Guid?> ManagerId = default, Optional<string?> Region = default) : DepartmentCommand;

    /// <param name="ParentId">Null is the top.</param>
    /// <param name="IsBelowItself">Whether the new parent is the department itself or lies below it; looked up by the host.</param>
    public sealed record Move(Guid? ParentId, [property: JsonIgnore] bool IsBelowItself = false) : DepartmentCommand;

    /// <param name="HasMembers">Whether people or open departments are in it; looked up by the host.</param>
    public sealed record Close([property: JsonIgnore] bool HasMembers = false) : DepartmentCommand;

    public sealed record Reopen : DepartmentCommand;
}
