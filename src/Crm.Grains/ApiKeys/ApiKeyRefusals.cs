namespace Crm.Grains.ApiKeys;

/// <summary>Every "no" of an API key.</summary>
public static class ApiKeyRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such API key.");
    public static readonly Refusal Revoked = Refusal.Conflict("state-conflict", "The API key has been revoked; issue another one.");
}
