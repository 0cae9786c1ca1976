namespace Crm.Grains.Shares;

/// <summary>Every "no" of a share.</summary>
public static class ShareRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such share.");
}
