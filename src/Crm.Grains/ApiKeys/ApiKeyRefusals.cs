namespace Crm.Grains.ApiKeys;

/// <summary>Every "no" of an API key.</summary>
public static class ApiKeyRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such API key.");
    public static readonly Refusal Revoked = Refusal.Conflict("state-conflict", "The API key has been revoked; issue another one.");
    public static readonly Refusal ScopeInvalid = Refusal.Invalid("scope-invalid", "Scopes are 1 to 100 of: *, a slice and a verb such as leads:read, or a slice and all its verbs such as leads:*.", "scopes");
    public static readonly Refusal LimitInvalid = Refusal.Invalid("number-out-of-range", "A key sends 1 to 10,000 requests a second.", "requestsPerSecond");
    public static readonly Refusal OverlapInvalid = Refusal.Invalid("number-out-of-range", "The old key goes on for 0 to 168 hours.", "overlapHours");
}
