using System.Text.Json.Serialization;

namespace Crm.Grains.Attachments;

/// <summary>What has happened to one file. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(WasAttached), "file-attached-v1")]
[JsonDerivedType(typeof(WasRemoved), "file-removed-v1")]
[JsonDerivedType(typeof(WasRestored), "file-restored-v1")]
[JsonDerivedType(typeof(WasPurged), "file-purged-v1")]
[JsonDerivedType(typeof(WasErased), "file-erased-v1")]
public abstract record AttachmentEvent
{
    private AttachmentEvent() { }

    public sealed record WasAttached(string Kind, Guid RecordId, string Name, string MediaType, long Bytes, string Sha256) : AttachmentEvent;

    /// <param name="Name">For the timeline, which shows one event at a time.</param>
    public sealed record WasRemoved(string Name, DateTimeOffset Until) : AttachmentEvent;

    public sealed record WasRestored(string Name) : AttachmentEvent;

    public sealed record WasPurged : AttachmentEvent;

    public sealed record WasErased : AttachmentEvent;
}
