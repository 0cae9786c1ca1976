using System.Text.Json.Serialization;

namespace Crm.Grains.Mails;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="MailCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Waiting), "waiting")]
[JsonDerivedType(typeof(Held), "held")]
[JsonDerivedType(typeof(Sent), "sent")]
public abstract record Mail
{
    private Mail() { }

    public static Mail Initial { get; } = new Unknown();

    public sealed record Unknown : Mail;

    /// <summary>It is on its way, or will be tried again.</summary>
    public sealed record Waiting : Mail;

    /// <summary>There is no mail server to give it to, or it was given up.</summary>
    public sealed record Held : Mail;

    public sealed record Sent : Mail;
}
