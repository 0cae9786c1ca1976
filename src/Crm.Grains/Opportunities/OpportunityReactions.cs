using Crm.Grains.Customers;
using Crm.Grains.Leads;

namespace Crm.Grains.Opportunities;

/// <summary>What events elsewhere ask of an opportunity.</summary>
public static class OpportunityReactions
{
    /// <summary>The opportunity a converted lead becomes, or null when none was wanted (OP17, OP19).</summary>
    /// <param name="customerId">The customer it really became, which may be one that existed before.</param>
    /// <param name="today">In the tenant's time zone.</param>
    public static OpportunityCommand.Create? From(Guid leadId, LeadEvent.Converted converted, Guid customerId, string customerName, Guid contactId, DateOnly today) =>
        converted.Opportunity is { } wanted
            ? new(
                wanted.Name, new(wanted.Pipeline, wanted.Stage, wanted.WinRate), wanted.Amount, today, customerId, customerName, contactId, leadId,
                converted.OwnerId, wanted.ExpectedCloseOn, NextStep: converted.NextStep)
            : null;

    /// <summary>The name a customer's opportunities are to show, or null when it did not change (OP13).</summary>
    public static OpportunityCommand.NameCustomer? From(Guid customerId, CustomerEvent.Amended amended) =>
        amended.Changes.FirstOrDefault(change => change.Field == "name") is { To: { } name } ? new(customerId, name) : null;
}
