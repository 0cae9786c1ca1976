using System.Text.Json.Serialization;

namespace Crm.Grains.Shares;

/// <summary>What has happened to one share. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Gave), "share-given-v1")]
[JsonDerivedType(typeof(RightChanged), "share-right-changed-v1")]
[JsonDerivedType(typeof(WasEnded), "share-ended-v1")]
public abstract record ShareEvent
{
    private ShareEvent() { }

    public sealed record Gave(string Kind, Guid RecordId, string WithKind, Guid WithId, string Right) : ShareEvent;

    public sealed record RightChanged(string From, string To) : ShareEvent;

    public sealed record WasEnded : ShareEvent;
}
