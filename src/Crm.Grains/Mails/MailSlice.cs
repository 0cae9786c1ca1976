using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Mails.MailCard>;

namespace Crm.Grains.Mails;

public static class MailSlice
{
    public static Slice<Mail, MailCommand, MailEvent, MailCard> Definition { get; } = new()
    {
        Kind = "mail",
        Plural = "mails",
        Json = JsonTypeInfoResolver.Combine(MailJson.Default, MailStateJson.Default),
        Initial = Mail.Initial,
        Decide = MailRules.Decide,
        Evolve = MailRules.Evolve,
        Project = MailBoard.Project,
        Describe = MailTimeline.Describe,
        Holder = MailRules.Holder,
        Effects = MailRules.Effects,
        Columns =
        [
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Text("to", c => c.To),
            new Choice("topic", c => c.Topic),
            new Choice("status", c => c.Status),
            new Instant("queuedAt", c => c.QueuedAt, Indexed: true),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(MailEvent))]
[JsonSerializable(typeof(MailCard))]
[JsonSerializable(typeof(MailCommand.Queue))]
[JsonSerializable(typeof(MailCommand.NoteSent))]
[JsonSerializable(typeof(MailCommand.NoteFailure))]
[JsonSerializable(typeof(MailCommand.Hold))]
[JsonSerializable(typeof(MailCommand.Resend))]
[JsonSerializable(typeof(MailCommand.Open))]
internal sealed partial class MailJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Mail))]
internal sealed partial class MailStateJson : JsonSerializerContext;
