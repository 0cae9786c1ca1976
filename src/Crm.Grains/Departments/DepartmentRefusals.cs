namespace Crm.Grains.Departments;

/// <summary>Every "no" of a department.</summary>
public static class DepartmentRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such department.");
    public static readonly Refusal Exists = Refusal.Conflict("state-conflict", "The department is there already.");
    public static readonly Refusal BelowItself = Refusal.Invalid("department-cycle", "A department cannot lie below itself.", "parentId");
    public static readonly Refusal HasMembers = Refusal.Conflict("department-not-empty", "Move its people and departments elsewhere first.");
    public static readonly Refusal Closed = Refusal.Conflict("state-conflict", "The department is closed.");
}
