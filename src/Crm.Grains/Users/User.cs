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

    /// <param name="Role">One of <see cref="Roles.Codes"/>.</param>
    /// <param name="Locale">One of <see cref="UserRules.Locales"/>.</param>
    public sealed record Known(string Name, string Login, string Role, bool IsActive, string Locale) : User;
}
