using System.Text.Json.Serialization;

namespace Crm.Grains.Departments;

/// <summary>What has happened to one department. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Created), "department-created-v1")]
[JsonDerivedType(typeof(Amended), "department-amended-v1")]
[JsonDerivedType(typeof(Moved), "department-moved-v1")]
[JsonDerivedType(typeof(Closed), "department-closed-v1")]
[JsonDerivedType(typeof(Reopened), "department-reopened-v1")]
public abstract record DepartmentEvent
{
    private DepartmentEvent() { }

    public sealed record Created(string Name, Guid? ParentId, Guid? ManagerId, string? Region) : DepartmentEvent;

    public sealed record Amended(IReadOnlyList<FieldChange> Changes) : DepartmentEvent;

    public sealed record Moved(Guid? From, Guid? To) : DepartmentEvent;

    public sealed record Closed : DepartmentEvent;

    public sealed record Reopened : DepartmentEvent;
}
