namespace Crm.Grains.Kernel;

/// <summary>What a person or a key may be: an administrator does everything, sales works on its own records and on unassigned leads.</summary>
public static class Roles
{
    public const string Admin = "admin";

    public const string Sales = "sales";

    public static readonly IReadOnlySet<string> Codes = new HashSet<string> { Admin, Sales };
}
