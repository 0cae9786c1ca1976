using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.RoleBooks.RoleBookCard>;

namespace Crm.Grains.RoleBooks;

public static class RoleBookSlice
{
    public static Slice<RoleBook, RoleBookCommand, RoleBookEvent, RoleBookCard> Definition { get; } = new()
    {
        Kind = "rolebook",
        Plural = "roles",
        IsReadByAll = true,
        Json = JsonTypeInfoResolver.Combine(RoleBookJson.Default, RoleBookStateJson.Default),
        Initial = RoleBook.Initial,
        Decide = RoleBookRules.Decide,
        Evolve = RoleBookRules.Evolve,
        Project = RoleBookBoard.Project,
        Describe = RoleBookTimeline.Describe,
        Holder = RoleBookRules.Holder,
        Columns = [new Choice("template", c => c.Template)],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(RoleBookEvent))]
[JsonSerializable(typeof(RoleBookCard))]
[JsonSerializable(typeof(RoleBookCommand.DefineRole))]
[JsonSerializable(typeof(RoleBookCommand.RemoveRole))]
[JsonSerializable(typeof(RoleBookCommand.SwitchTemplate))]
internal sealed partial class RoleBookJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(RoleBook))]
internal sealed partial class RoleBookStateJson : JsonSerializerContext;
