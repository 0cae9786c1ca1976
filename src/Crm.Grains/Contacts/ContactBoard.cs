using static Crm.Grains.Contacts.ContactEvent;

namespace Crm.Grains.Contacts;

/// <summary>One row of the contact list, and the head of a contact's page. Every field is always present; absent values are null.</summary>
public sealed record ContactCard(
    Guid Id, long Version, Guid CustomerId, string CustomerName, string Name, string? Mobile, string? Email, string? Title, string? Department, string? Wechat,
    string? Note, IReadOnlyDictionary<string, CustomValue> Custom, Guid? OwnerId,
    DateTimeOffset? LastActivityAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt) : ICard;

public static class ContactBoard
{
    /// <summary>Folds one recorded event into a card; an event already seen leaves the card as it was.</summary>
    public static ContactCard? Project(ContactCard? card, Recorded<ContactEvent> r) => (card, r.Event) switch
    {
        ({ Version: var seen }, _) when r.Version <= seen => card,
        (_, Created e) => New(r, e),
        (_, Erased e) => Remaining(r, e.Remains),
        ({ } known, var e) => Changed(known, e, r.At) with { Version = r.Version, UpdatedAt = r.At },
        _ => card,
    };

    private static ContactCard New(Recorded<ContactEvent> r, Created e) => Detailed(
        new(r.Id, r.Version, e.CustomerId, e.CustomerName, e.Details.Name, null, null, null, null, null, null, e.Details.Custom, e.OwnerId,
            LastActivityAt: null, CreatedAt: r.At, UpdatedAt: r.At),
        e.Details);

    private static ContactCard Remaining(Recorded<ContactEvent> r, ContactRemains e) => new(
        r.Id, r.Version, e.CustomerId, e.CustomerName, Erasure.Name, null, null, null, null, null, null, new Dictionary<string, CustomValue>(), e.OwnerId,
        LastActivityAt: null, e.CreatedAt, UpdatedAt: r.At);

    private static ContactCard Changed(ContactCard card, ContactEvent happened, DateTimeOffset at) => happened switch
    {
        Amended e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Computed e => Detailed(card, DetailsOf(card).With(e.Changes)),
        Moved e => card with { CustomerId = e.To, CustomerName = e.ToName },
        Assigned e => card with { OwnerId = e.To },
        ActivityLogged => card with { LastActivityAt = at },
        CustomerNamed e => card with { CustomerName = e.To },
        _ => card,
    };

    private static ContactDetails DetailsOf(ContactCard card) =>
        new(card.Name, card.Mobile, card.Email, card.Title, card.Department, card.Wechat, card.Note, card.Custom);

    private static ContactCard Detailed(ContactCard card, ContactDetails details) => card with
    {
        Name = details.Name,
        Mobile = details.Mobile,
        Email = details.Email,
        Title = details.Title,
        Department = details.Department,
        Wechat = details.Wechat,
        Note = details.Note,
        Custom = details.Custom,
    };
}
