namespace Crm.Grains.Attachments;

/// <summary>Every "no" of a file.</summary>
public static class AttachmentRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such file.");
    public static readonly Refusal Gone = Refusal.Conflict("file-gone", "The file was removed for good.");
    public static readonly Refusal Empty = Refusal.Invalid("file-empty", "The file has no bytes.", "file");
}
