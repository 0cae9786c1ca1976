namespace Crm.Grains.AccessLogs;

/// <summary>Every "no" of an access log.</summary>
public static class AccessLogRefusals
{
    public static readonly Refusal OtherPerson = Refusal.Conflict("access-log-mixed", "A log is of one person.");
}
