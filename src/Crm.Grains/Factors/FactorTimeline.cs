using static Crm.Grains.Factors.FactorEvent;

namespace Crm.Grains.Factors;

public static class FactorTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(FactorEvent happened) => happened switch
    {
        TotpEnrolled => TimelineFacts.Changed("totp", "false", "true"),
        TotpRemoved => TimelineFacts.Changed("totp", "true", "false"),
        CompanyLinked e => TimelineFacts.Changed("company", null, e.Issuer),
        _ => TimelineFacts.None,
    };
}
