using System.Text.Json.Serialization;

namespace Crm.Grains.Users;

/// <summary>What may be asked of one user. A command states intent and may be refused.</summary>
public abstract record UserCommand
{
    private UserCommand() { }

    /// <param name="Role">A key of the role book.</param>
    /// <param name="Locale"><c>zh-CN</c> or <c>en</c>; default <c>zh-CN</c>.</param>
    public sealed record Register(string Name, string Login, string Role, string? Locale = null,
        Guid? DepartmentId = null, string? Position = null, Guid? SuperiorId = null, string? Region = null) : UserCommand;

    /// <summary>Fields left out stay as they are.</summary>
    public sealed record Amend(
        Optional<string?> Name = default, [property: JsonConverter(typeof(OptionalCodeConverter))] Optional<string?> Role = default,
        Optional<Guid?> DepartmentId = default, Optional<string?> Position = default, Optional<Guid?> SuperiorId = default, Optional<string?> Region = default) : UserCommand;

    public sealed record Activate : UserCommand;

    public sealed record Deactivate : UserCommand;

    /// <param name="Locale"><c>zh-CN</c> or <c>en</c>.</param>
    public sealed record SetLocale([property: JsonConverter(typeof(CodeConverter))] string Locale) : UserCommand;

    /// <summary>A new password was stored, elsewhere.</summary>
    public sealed record SetPassword : UserCommand;
}
