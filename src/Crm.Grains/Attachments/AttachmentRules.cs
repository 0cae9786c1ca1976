using System.Diagnostics;
using static Crm.Grains.Attachments.AttachmentCommand;
using static Crm.Grains.Attachments.AttachmentEvent;

namespace Crm.Grains.Attachments;

/// <summary>A file's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class AttachmentRules
{
    /// <summary>Longest name, in characters.</summary>
    public const int LongestName = 200;

    /// <summary>The clock of a removed file.</summary>
    public const string PurgeClock = "purge";

    /// <summary>How long a removal can be taken back.</summary>
    public static readonly TimeSpan RemovedFor = TimeSpan.FromDays(30);

    /// <summary>Says what <paramref name="command"/> does to <paramref name="file"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="AttachmentRefusals"/> entry.</returns>
    public static Decision<AttachmentEvent> Decide(Attachment file, AttachmentCommand command, DateTimeOffset now) => (file, command) switch
    {
        (Attachment.Unknown, Attach a) when Wrong(a) is { } wrong => wrong,                                           // FI1
        (Attachment.Unknown, Attach a) => [new WasAttached(a.Kind, a.RecordId, a.Name.Trim(), a.MediaType, a.Bytes, a.Sha256)], // FI1
        (Attachment.Unknown, _) => AttachmentRefusals.NotFound,
        (Attachment.Erased, Attach or Erase) => [],                                                             // FI5
        (Attachment.Erased, _) => AttachmentRefusals.NotFound,                                                  // FI5
        (_, Attach) => [],                                                                                      // FI2
        (Attachment.Attached a, Remove) => [new WasRemoved(a.Name, now + RemovedFor)],                                // FI3
        (Attachment.Removed, Remove) => [],                                                                           // FI3
        (Attachment.Removed r, Restore) => [new WasRestored(r.Name)],                                                 // FI3
        (Attachment.Attached, Restore) => [],                                                                         // FI3
        (Attachment.Removed r, Purge) => now >= r.Until ? [new WasPurged()] : [],                                     // FI4
        (Attachment.Attached or Attachment.Gone, Purge) => [],                                                              // FI4
        (_, Erase) => [new WasErased()],                                                                        // FI5
        (Attachment.Gone, Remove or Restore) => AttachmentRefusals.Gone,                                                    // FI4
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {file.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Attachment Evolve(Attachment file, AttachmentEvent happened) => (file, happened) switch
    {
        (_, WasAttached e) => new Attachment.Attached(e.Name),
        (_, WasRemoved e) => new Attachment.Removed(e.Name, e.Until),
        (_, WasRestored e) => new Attachment.Attached(e.Name),
        (_, WasPurged) => new Attachment.Gone(),
        (_, WasErased) => new Attachment.Erased(),
        _ => file,
    };

    /// <summary>A file belongs to its record and not to a person: rights are judged on the record.</summary>
    public static Holder Holder(Attachment file) => file is Attachment.Unknown or Attachment.Erased ? default : new(OwnerId: null, Exists: true);

    public static IReadOnlyList<Clock> Clocks(Attachment file) => file is Attachment.Removed removed ? [new(PurgeClock, removed.Until)] : [];

    private static Refusal? Wrong(Attach a) =>
        Check.Required("name", a.Name, LongestName) ?? Check.Line("name", a.Name, LongestName) ?? Check.Required("kind", a.Kind) ?? Check.Id("recordId", a.RecordId)
        ?? Check.Required("mediaType", a.MediaType) ?? (a.Bytes < 1 ? AttachmentRefusals.Empty : null)
        ?? (a.Sha256 is { Length: 64 } hash && hash.All(char.IsAsciiHexDigitLower) ? null : Refusal.Invalid("field-invalid", "This is no SHA-256.", "sha256"));
}
