using Crm.Grains.Leads;

namespace Crm.Grains.Customers;

/// <summary>What events elsewhere ask of a customer.</summary>
public static class CustomerReactions
{
    /// <summary>The customer a converted lead becomes, or null when it joins one that exists (CU8).</summary>
    /// <remarks>Creates no contact: conversion names the contact itself, with the person's own mobile and e-mail.</remarks>
    public static CustomerCommand.Create? From(Guid leadId, LeadEvent.Converted converted) => converted switch
    {
        { IsNewCustomer: false } => null,
        { Details: { Company: { } company } } => new(CustomerRules.Corporate, company, OwnerId: converted.OwnerId, LeadId: leadId),
        { Details: var person } => new(CustomerRules.Individual, person.Name, Email: person.Email, Mobile: person.Mobile, OwnerId: converted.OwnerId, LeadId: leadId),
    };
}
