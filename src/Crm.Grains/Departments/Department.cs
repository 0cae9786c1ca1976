using System.Text.Json.Serialization;

namespace Crm.Grains.Departments;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="DepartmentCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Known), "known")]
public abstract record Department
{
    private Department() { }

    public static Department Initial { get; } = new Unknown();

    public sealed record Unknown : Department;

    public sealed record Known(string Name, Guid? ParentId, Guid? ManagerId, string? Region, bool IsOpen) : Department;
}
