using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Users.UserCard>;

namespace Crm.Grains.Users;

public static class UserSlice
{
    public static Slice<User, UserCommand, UserEvent, UserCard> Definition { get; } = new()
    {
        Kind = "user",
        Plural = "users",
        IsReadByAll = true,
        Json = JsonTypeInfoResolver.Combine(UserJson.Default, UserStateJson.Default),
        Initial = User.Initial,
        Decide = UserRules.Decide,
        Evolve = UserRules.Evolve,
        Project = UserBoard.Project,
        Describe = UserTimeline.Describe,
        Holder = UserRules.Holder,
        Claims = UserRules.Claims,
        Claimed = _ => UserRefusals.LoginTaken,
        Columns =
        [
            new Text("name", c => c.Name),
            new Text("login", c => c.Login),
            new Choice("role", c => c.Role),
            new Flag("active", c => c.Active),
            new Choice("locale", c => c.Locale),
            new Id("departmentId", c => c.DepartmentId, Indexed: true),
            new Text("position", c => c.Position),
            new Id("superiorId", c => c.SuperiorId),
            new Text("region", c => c.Region),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(UserEvent))]
[JsonSerializable(typeof(UserCard))]
[JsonSerializable(typeof(UserCommand.Amend))]
[JsonSerializable(typeof(UserCommand.Activate))]
[JsonSerializable(typeof(UserCommand.Deactivate))]
[JsonSerializable(typeof(UserCommand.SetLocale))]
internal sealed partial class UserJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(User))]
internal sealed partial class UserStateJson : JsonSerializerContext;
