namespace Crm.Web.Hosting.Demo;

/// <summary>What a first start has decided to make.</summary>
internal sealed record DemoPlan(string Password, string Key, DemoScale Scale)
{
    /// <summary>Without records there is nobody but those who are printed.</summary>
    public bool IsBare => Scale is { Leads: 0, Opportunities: 0 };
}
