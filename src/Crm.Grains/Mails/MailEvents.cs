using System.Text.Json.Serialization;

namespace Crm.Grains.Mails;

/// <summary>What has happened to one mail. The quoted names are on disk forever; a new shape gets "-v2".</summary>
[JsonDerivedType(typeof(Queued), "mail-queued-v1")]
[JsonDerivedType(typeof(Delivered), "mail-delivered-v1")]
[JsonDerivedType(typeof(Failed), "mail-failed-v1")]
[JsonDerivedType(typeof(PutAside), "mail-put-aside-v1")]
[JsonDerivedType(typeof(Resent), "mail-resent-v1")]
[JsonDerivedType(typeof(WasRead), "mail-read-v1")]
public abstract record MailEvent
{
    private MailEvent() { }

    public sealed record Queued(Guid UserId, string To, string Topic) : MailEvent;

    public sealed record Delivered : MailEvent;

    public sealed record Failed(string Error) : MailEvent;

    public sealed record PutAside(string Reason) : MailEvent;

    public sealed record Resent : MailEvent;

    public sealed record WasRead : MailEvent;
}
