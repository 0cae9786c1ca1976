using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using static Crm.Grains.Kernel.CardColumn<Crm.Grains.Sessions.SessionCard>;

namespace Crm.Grains.Sessions;

public static class SessionSlice
{
    public static Slice<Session, SessionCommand, SessionEvent, SessionCard> Definition { get; } = new()
    {
        Kind = "session",
        Plural = "sessions",
        Json = JsonTypeInfoResolver.Combine(SessionJson.Default, SessionStateJson.Default),
        Initial = Session.Initial,
        Decide = SessionRules.Decide,
        Evolve = SessionRules.Evolve,
        Project = SessionBoard.Project,
        Describe = SessionTimeline.Describe,
        Holder = SessionRules.Holder,
        Columns =
        [
            new Id("ownerId", c => c.OwnerId, Indexed: true),
            new Choice("status", c => c.Status),
            new Choice("method", c => c.Method),
            new Choice("reason", c => c.Reason),
            new Text("from", c => c.From),
            new Instant("at", c => c.At, Indexed: true),
            new Instant("endedAt", c => c.EndedAt),
        ],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(SessionEvent))]
[JsonSerializable(typeof(SessionCard))]
[JsonSerializable(typeof(SessionCommand.Start))]
[JsonSerializable(typeof(SessionCommand.Refuse))]
[JsonSerializable(typeof(SessionCommand.End))]
internal sealed partial class SessionJson : JsonSerializerContext;

// apart from the rest because a state and an event may share a name
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter), typeof(DayConverter)])]
[JsonSerializable(typeof(Session))]
internal sealed partial class SessionStateJson : JsonSerializerContext;
