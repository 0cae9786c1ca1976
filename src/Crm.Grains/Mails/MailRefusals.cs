namespace Crm.Grains.Mails;

/// <summary>Every "no" of a mail.</summary>
public static class MailRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such mail.");
    public static readonly Refusal IsSent = Refusal.Conflict("state-conflict", "The mail has been sent.");
}
