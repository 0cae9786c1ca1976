using static Crm.Grains.Customers.CustomerEvent;

namespace Crm.Grains.Customers;

/// <summary>One row of the customer list, and the head of a customer's page. Every field is always present; absent values are null.</summary>
/// <param name="Type"><c>corporate</c> or <c>individual</c>.</param>
/// <param name="Status"><c>potential</c> or <c>formal</c>.</param>
/// <param name="LeadId">The lead it was converted from.</param>
public sealed record CustomerCard(
    Guid Id, long Version, string Type, string Status, string Name, string? ShortName, string? Industry, string? CreditCode, string? Country, string? Province,
    string? City, string? Size, string? EnterpriseType, string? Phone, string? Fax, string? Email, string? Website, Guid? ParentId, string? Mobile, string? Note,
    IReadOnlyDictionary<string, CustomValue> Custom, Guid? OwnerId, Guid? LeadId,
    DateTimeOffset? LastActivityAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt) : ICard;

public static class CustomerBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static CustomerCard? Project(CustomerCard? card, Recorded<CustomerEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Created e) => New(r, e),
        (_, Erased e) => Remaining(r, e.Remains),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version, UpdatedAt = r.At },
        _ => card,
    };

    private static CustomerCard New(Recorded<CustomerEvent> r, Created e) => Detailed(
        new(r.Id, r.Version, e.Type, "potential", e.Details.Name, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            e.Details.Custom, e.OwnerId, e.LeadId, LastActivityAt: null, CreatedAt: r.At, UpdatedAt: r.At),
        e.Details);

    private static CustomerCard Remaining(Recorded<CustomerEvent> r, CustomerRemains e) => new(
        r.Id, r.Version, CustomerRules.Individual, e.Status, Erasure.Name, null, e.Industry, null, e.Country, e.Province, e.City, null, null, null, null, null, null, null, null, null,
        new Dictionary<string, CustomValue>(), e.OwnerId, e.LeadId, LastActivityAt: null, e.CreatedAt, UpdatedAt: r.At);

    private static CustomerCard Changed(CustomerCard card, CustomerEvent happened, DateTimeOffset at) => happened switch
    {
        Amended e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Computed e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Assigned e => card with { OwnerId = e.To },
        ActivityLogged => card with { LastActivityAt = at },
        MadeFormal => card with { Status = "formal" },
        _ => card,
    };

    private static CustomerDetails DetailsOf(CustomerCard card) => new(
        card.Name, card.ShortName, card.Industry, card.CreditCode, card.Country, card.Province, card.City, card.Size, card.EnterpriseType, card.Phone, card.Fax,
        card.Email, card.Website, card.ParentId, card.Mobile, card.Note, card.Custom);

    private static CustomerCard Detailed(CustomerCard card, CustomerDetails details) => card with
    {
        Name = details.Name,
        ShortName = details.ShortName,
        Industry = details.Industry,
        CreditCode = details.CreditCode,
        Country = details.Country,
        Province = details.Province,
        City = details.City,
        Size = details.Size,
        EnterpriseType = details.EnterpriseType,
        Phone = details.Phone,
        Fax = details.Fax,
        Email = details.Email,
        Website = details.Website,
        ParentId = details.ParentId,
        Mobile = details.Mobile,
        Note = details.Note,
        Custom = details.Custom,
    };
}
