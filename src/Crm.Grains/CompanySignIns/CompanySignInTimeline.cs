using static Crm.Grains.CompanySignIns.CompanySignInEvent;

namespace Crm.Grains.CompanySignIns;

public static class CompanySignInTimeline
{
    /// <summary>What the timeline shows of one event.</summary>
    public static TimelineFacts Describe(CompanySignInEvent happened) => happened switch
    {
        Configured e => new([new("issuer", null, e.Issuer), new("clientId", null, e.ClientId), new("enabled", null, e.Enabled ? "true" : "false")]),
        _ => TimelineFacts.None,
    };
}
