namespace Crm.Grains.Customers;

/// <summary>Every "no" of a customer.</summary>
public static class CustomerRefusals
{
    public static readonly Refusal NotAPerson = Refusal.Conflict("customer-not-a-person", "Only individual customers are erased; of a company, erase its contacts.");
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such customer.");
    public static readonly Refusal CreditCodeTaken = Refusal.Conflict("customer-duplicate", "Another customer has this credit code.", "creditCode");
    public static readonly Refusal MobileTaken = Refusal.Conflict("customer-duplicate", "Another customer has this mobile.", "mobile");
    public static readonly Refusal NameTaken = Refusal.Conflict("customer-duplicate", "A lead has become a customer of this name already.");
}
