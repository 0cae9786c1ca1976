namespace Crm.Grains.Sessions;

/// <summary>Every "no" of a session.</summary>
public static class SessionRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such session.");
    public static readonly Refusal Over = Refusal.Conflict("state-conflict", "The session is over.");
}
