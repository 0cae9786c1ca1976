namespace Crm.Grains.Kernel;

/// <summary>Keys of the roles that code names. What a role may do is in the role book.</summary>
public static class RoleKeys
{
    /// <summary>May do everything, and cannot be changed.</summary>
    public const string Admin = "admin";

    public const string Sales = "sales";
}
