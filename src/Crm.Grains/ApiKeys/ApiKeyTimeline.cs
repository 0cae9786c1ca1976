using static Crm.Grains.ApiKeys.ApiKeyEvent;

namespace Crm.Grains.ApiKeys;

public static class ApiKeyTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(ApiKeyEvent happened) => happened switch
    {
        Rescoped e => TimelineFacts.Changed("scopes", string.Join(' ', e.From), string.Join(' ', e.To)),
        Revoked => TimelineFacts.Changed("active", "true", "false"),
        _ => TimelineFacts.None,
    };
}
