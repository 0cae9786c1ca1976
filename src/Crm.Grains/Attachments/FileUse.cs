namespace Crm.Grains.Attachments;

/// <summary>What the files of a tenant take, in bytes. Pure, as the rules are.</summary>
/// <param name="Attached">Those of records.</param>
/// <param name="Removed">Those that can still be brought back.</param>
/// <param name="Limit">How much those of records may take; null when there is no limit.</param>
public readonly record struct FileUse(long Attached, long Removed, long? Limit)
{
    /// <summary>How large a file may be that is attached now; below 0 when there is more than the limit already.</summary>
    public long Room => Limit is { } limit ? Math.Min(limit - Attached, (2 * limit) - Attached - Removed) : long.MaxValue; // FI6, FI7

    /// <summary>Why a file of so many bytes cannot be attached, or null.</summary>
    public Refusal? Attaching(long bytes) => bytes > Room ? Full() : null;

    /// <summary>Why a removed file of so many bytes cannot be brought back, or null.</summary>
    public Refusal? Restoring(long bytes) => Limit is { } limit && bytes > limit - Attached ? Full() : null; // FI6

    /// <summary>What is answered when there is no room.</summary>
    public Refusal Full() => AttachmentRefusals.Full(this);
}
