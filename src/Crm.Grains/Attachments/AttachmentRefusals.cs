using System.Globalization;

namespace Crm.Grains.Attachments;

/// <summary>Every "no" of a file.</summary>
public static class AttachmentRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such file.");
    public static readonly Refusal Gone = Refusal.Conflict("file-gone", "The file was removed for good.");
    public static readonly Refusal Empty = Refusal.Invalid("file-empty", "The file has no bytes.", "file");

    /// <summary>There is no room for one more.</summary>
    public static Refusal Full(FileUse use) => Refusal.Conflict(
        "files-full", string.Create(CultureInfo.InvariantCulture, $"Your organisation's files may take {Megabytes(use.Limit ?? 0)} MB; {Megabytes(use.Attached)} MB are used, and {Megabytes(use.Removed)} MB were removed and can be brought back."), "file");

    private static decimal Megabytes(long bytes) => Math.Round(bytes / (1_024m * 1_024), 1);
}
