namespace Crm.Grains.Contacts;

/// <summary>Every "no" of a contact.</summary>
public static class ContactRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such contact.");
    public static readonly Refusal Duplicate = Refusal.Conflict("contact-duplicate", "Another contact of this customer has this mobile.", "mobile");
}
