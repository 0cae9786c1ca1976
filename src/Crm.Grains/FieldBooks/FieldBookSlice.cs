using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.FieldBooks.FieldBookCard>;

namespace Crm.Grains.FieldBooks;

public static class FieldBookSlice
{
    public static Slice<FieldBook, FieldBookCommand, FieldBookEvent, FieldBookCard> Definition { get; } = new()
    {
        Kind = "fieldbook",
        Plural = "fields",
        Json = JsonTypeInfoResolver.Combine(FieldBookJson.Default, FieldBookStateJson.Default),
        Initial = FieldBook.Initial,
        Decide = FieldBookRules.Decide,
        Evolve = FieldBookRules.Evolve,
        Project = FieldBookBoard.Project,
        Describe = FieldBookTimeline.Describe,
        Holder = FieldBookRules.Holder,
        Columns = [new Choice("slice", c => c.Slice)],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(FieldBookEvent))]
[JsonSerializable(typeof(FieldBookCard))]
[JsonSerializable(typeof(FieldBookCommand.Add))]
[JsonSerializable(typeof(FieldBookCommand.Amend))]
[JsonSerializable(typeof(FieldBookCommand.AddOption))]
[JsonSerializable(typeof(FieldBookCommand.RenameOption))]
[JsonSerializable(typeof(FieldBookCommand.RetireOption))]
[JsonSerializable(typeof(FieldBookCommand.RestoreOption))]
[JsonSerializable(typeof(FieldBookCommand.Retire))]
[JsonSerializable(typeof(FieldBookCommand.Restore))]
[JsonSerializable(typeof(FieldBookCommand.Reorder))]
internal sealed partial class FieldBookJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(FieldBook))]
internal sealed partial class FieldBookStateJson : JsonSerializerContext;
