using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Attachments.AttachmentCard>;

namespace Crm.Grains.Attachments;

public static class AttachmentSlice
{
    public static Slice<Attachment, AttachmentCommand, AttachmentEvent, AttachmentCard> Definition { get; } = new()
    {
        Kind = "file",
        Plural = "files",
        Json = JsonTypeInfoResolver.Combine(AttachmentJson.Default, AttachmentStateJson.Default),
        Initial = Attachment.Initial,
        Decide = AttachmentRules.Decide,
        Evolve = AttachmentRules.Evolve,
        Project = AttachmentBoard.Project,
        Describe = AttachmentTimeline.Describe,
        Holder = AttachmentRules.Holder,
        Clocks = AttachmentRules.Clocks,
        OnClock = _ => new AttachmentCommand.Purge(),
        Tallies = AttachmentBoard.Tallies,
        Columns =
        [
            new Choice("kind", c => c.Kind),
            new Id("recordId", c => c.RecordId, Indexed: true),
            new Choice("status", c => c.Status),
            new Instant("at", c => c.At),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(AttachmentEvent))]
[JsonSerializable(typeof(AttachmentCard))]
[JsonSerializable(typeof(AttachmentCommand.Attach))]
[JsonSerializable(typeof(AttachmentCommand.Remove))]
[JsonSerializable(typeof(AttachmentCommand.Restore))]
[JsonSerializable(typeof(AttachmentCommand.Purge))]
[JsonSerializable(typeof(AttachmentCommand.Erase))]
internal sealed partial class AttachmentJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Attachment))]
internal sealed partial class AttachmentStateJson : JsonSerializerContext;
