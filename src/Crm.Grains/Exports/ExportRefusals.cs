namespace Crm.Grains.Exports;

/// <summary>Every "no" of an export.</summary>
public static class ExportRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such export.");
    public static readonly Refusal Forbidden = new(RefusalKind.Forbidden, "export-forbidden", "Your role does not allow exporting this. The try was recorded.");
    public static readonly Refusal TooMany = Refusal.Conflict("export-limit", "Two of your exports are not finished yet.");
    public static readonly Refusal OverQuota = Refusal.Conflict("export-quota", "This is more than is left of your rows for today.");
    public static readonly Refusal OwnExport = new(RefusalKind.Forbidden, "export-own", "Nobody approves an export of his own.");
    public static readonly Refusal NotWaiting = Refusal.Conflict("state-conflict", "This export is not waiting for approval.");
    public static readonly Refusal Outdated = Refusal.Conflict("export-outdated", "What you may see has changed since this file was written; request it again.");
    public static readonly Refusal NotReady = Refusal.Conflict("export-not-ready", "This export has no file.");
}
