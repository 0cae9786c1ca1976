using System.Text.Json.Serialization;

namespace Crm.Grains.Users;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="UserCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Known), "known")]
public abstract record User
{
    private User() { }

    public static User Initial { get; } = new Unknown();

    public sealed record Unknown : User;

    /// <param name="Role">A key of the role book.</param>
    /// <param name="Locale">One of <see cref="UserRules.Locales"/>.</param>
    public sealed record Known(string Name, string Login, string Role, bool IsActive, string Locale,
        Guid? DepartmentId = null, string? Position = null, Guid? SuperiorId = null, string? Region = null) : User;
}
