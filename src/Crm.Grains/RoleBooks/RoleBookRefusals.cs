namespace Crm.Grains.RoleBooks;

/// <summary>Every "no" of a role book.</summary>
public static class RoleBookRefusals
{
    public static readonly Refusal RoleUnknown = Refusal.Invalid("role-unknown", "There is no such role.", "key");
    public static readonly Refusal AdminIsFixed = Refusal.Conflict("role-fixed", "The role admin may do everything and cannot be changed.", "key");
    public static readonly Refusal HasPeople = Refusal.Conflict("role-in-use", "People have this role; give them another one first.", "key");
    public static readonly Refusal TooMany = Refusal.Conflict("role-limit", "An organisation has at most 200 roles.");
}
