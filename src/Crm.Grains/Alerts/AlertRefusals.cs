namespace Crm.Grains.Alerts;

/// <summary>Every "no" of an alert.</summary>
public static class AlertRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such alert.");
    public static readonly Refusal OwnAlert = new(RefusalKind.Forbidden, "alert-own", "Nobody releases an alert about himself.");
}
