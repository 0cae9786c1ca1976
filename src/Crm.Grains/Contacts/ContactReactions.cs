using Crm.Grains.Customers;
using Crm.Grains.Leads;

namespace Crm.Grains.Contacts;

/// <summary>What events elsewhere ask of a contact.</summary>
public static class ContactReactions
{
    /// <summary>The contact a converted lead becomes (CT9).</summary>
    /// <param name="customerId">The customer it really became, which may be one that existed before.</param>
    public static ContactCommand.Create From(Guid leadId, LeadEvent.Converted converted, Guid customerId, string customerName) => new(
        customerId, customerName, converted.Details.Name, converted.Details.Mobile, converted.Details.Email, OwnerId: converted.OwnerId, LeadId: leadId);

    /// <summary>The contact that an individual customer brings along, or null when it brings none (CT8). Its id is the event's.</summary>
    public static ContactCommand.Create? From(Guid customerId, CustomerEvent.Created created) =>
        created is { Type: CustomerRules.Individual, ContactId: not null, Details: var person }
            ? new(customerId, person.Name, person.Name, person.Mobile, person.Email, OwnerId: created.OwnerId, LeadId: created.LeadId)
            : null;

    /// <summary>The name a customer's contacts are to show, or null when it did not change (CT7).</summary>
    public static ContactCommand.NameCustomer? From(Guid customerId, CustomerEvent.Amended amended) =>
        amended.Changes.FirstOrDefault(change => change.Field == "name") is { To: { } name } ? new(customerId, name) : null;
}
