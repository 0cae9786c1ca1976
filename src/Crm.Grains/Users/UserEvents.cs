using System.Text.Json.Serialization;

namespace Crm.Grains.Users;

/// <summary>What has happened to one user. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Registered), "user-registered-v1")]
[JsonDerivedType(typeof(Amended), "user-amended-v1")]
[JsonDerivedType(typeof(Activated), "user-activated-v1")]
[JsonDerivedType(typeof(Deactivated), "user-deactivated-v1")]
[JsonDerivedType(typeof(LocaleSet), "user-locale-set-v1")]
[JsonDerivedType(typeof(PasswordSet), "user-password-set-v1")]
public abstract record UserEvent
{
    private UserEvent() { }

    public sealed record Registered(string Name, string Login, string Role, string Locale,
        Guid? DepartmentId = null, string? Position = null, Guid? SuperiorId = null, string? Region = null) : UserEvent;

    public sealed record Amended(IReadOnlyList<FieldChange> Changes) : UserEvent;

    public sealed record Activated : UserEvent;

    public sealed record Deactivated : UserEvent;

    public sealed record LocaleSet(string From, string To) : UserEvent;

    /// <summary>Says that it happened, not what to.</summary>
    public sealed record PasswordSet : UserEvent;
}
