using System.Diagnostics;
using static Crm.Grains.Contacts.ContactCommand;
using static Crm.Grains.Contacts.ContactEvent;

namespace Crm.Grains.Contacts;

/// <summary>A contact's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class ContactRules
{
    /// <summary>Says what <paramref name="command"/> does to <paramref name="contact"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="ContactRefusals"/> entry.</returns>
    public static Decision<ContactEvent> Decide(Contact contact, ContactCommand command, DateTimeOffset now) => (contact, command) switch
    {
        (_, Create c) when Wrong(c) is { } wrong => wrong,                                                      // CT1
        (Contact.Unknown, Create c) => [new Created(c.CustomerId, c.CustomerName.Trim(), DetailsOf(c), c.OwnerId, c.LeadId)],
        (Contact.Unknown, _) => ContactRefusals.NotFound,
        (Contact.Erased, Create or Erase or NameCustomer) => [],                                                // CT10
        (Contact.Erased, _) => Erasure.Erased,                                                                  // CT10
        (_, Create) => [],                                                                                      // CT1
        (_, Compute) => [],                                                                                     // CT11

        (Contact.Known, Erase { Remains: { } r }) when (Erasure.Wrong(r.CustomerName) ?? Erasure.Wrong(r.CreatedAt)) is { } wrong => wrong,
        (Contact.Known, Erase e) => e.Remains is { } remains ? [new Erased(remains)] : ContactRefusals.NotFound,  // CT10
        (Contact.Known known, Amend a) when Wrong(known.Details, a) is { } wrong => wrong,                      // CT1
        (Contact.Known known, Amend a) => Difference(known.Details, a) is { Count: > 0 } changes ? [new Amended(changes)] : [],  // CT3
        (Contact.Known, Move m) when (Check.Id("customerId", m.CustomerId) ?? Check.Required("customerName", m.CustomerName)) is { } wrong => wrong,
        (Contact.Known known, Move m) => known.CustomerId == m.CustomerId ? [] : [new Moved(known.CustomerId, known.CustomerName, m.CustomerId, m.CustomerName.Trim())],  // CT4
        (Contact.Known known, Assign a) => known.OwnerId == a.OwnerId ? [] : [new Assigned(known.OwnerId, a.OwnerId)],  // CT5
        (Contact.Known, LogActivity a) when a.Activity.Wrong(now) is { } wrong => wrong,                        // CT6
        (Contact.Known, LogActivity a) => [new ActivityLogged(a.Activity.At(now))],
        (Contact.Known, NameCustomer n) when Check.Required("name", n.Name) is { } wrong => wrong,
        (Contact.Known known, NameCustomer n) => Named(known, n),                                               // CT7
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {contact.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Contact Evolve(Contact contact, ContactEvent happened) => (contact, happened) switch
    {
        (_, Created e) => new Contact.Known(e.CustomerId, e.CustomerName, e.Details, e.OwnerId),
        (_, Erased e) => new Contact.Erased(e.Remains.OwnerId),
        (Contact.Known known, Amended e) => known with { Details = known.Details.With(e.Changes) },
        (Contact.Known known, Computed e) => known with { Details = known.Details.With(e.Changes) },
        (Contact.Known known, Moved e) => known with { CustomerId = e.To, CustomerName = e.ToName },
        (Contact.Known known, Assigned e) => known with { OwnerId = e.To },
        (Contact.Known known, CustomerNamed e) => known with { CustomerName = e.To },
        _ => contact,
    };

    /// <summary>The keys that tell one contact of a customer from another (CT2).</summary>
    public static IReadOnlyList<string> Claims(Contact contact) => contact is Contact.Known known ? Keys(known.CustomerId, known.Details.Mobile) : [];

    /// <inheritdoc cref="Claims(Contact)"/>
    public static IReadOnlyList<string> Keys(Guid customerId, string? mobile) =>
        Normal.Phone(mobile) is { Length: > 0 } number ? [$"contact-mobile:{customerId}|{number}"] : [];

    public static Holder Holder(Contact contact) => contact switch
    {
        Contact.Known known => new(known.OwnerId, Exists: true),
        Contact.Erased erased => new(erased.OwnerId, Exists: true),
        _ => default,
    };

    /// <summary>What happened, with the results of formulas that come of it.</summary>
    public static ContactEvent? Together(ContactEvent happened, IReadOnlyList<FieldChange> results) => happened switch
    {
        Created e => e with { Details = e.Details.With(results) },
        Amended e => e with { Changes = [.. e.Changes, .. results] },
        _ => null,
    };

    /// <summary>The fields of the tenant's own that the contact has.</summary>
    public static IReadOnlyDictionary<string, CustomValue>? CustomOf(Contact contact) => (contact as Contact.Known)?.Details.Custom;

    private static Refusal? Wrong(Create c) =>
        Check.Id("customerId", c.CustomerId)
        ?? Check.Required("customerName", c.CustomerName)
        ?? Check.Required("name", c.Name)
        ?? Check.Phone("mobile", c.Mobile)
        ?? Check.Email("email", c.Email)
        ?? Check.Line("title", c.Title)
        ?? Check.Line("department", c.Department)
        ?? Check.Line("wechat", c.Wechat)
        ?? Check.Note("note", c.Note)
        ?? Check.Custom("custom", c.Custom);

    private static Refusal? Wrong(ContactDetails known, Amend a) =>
        (a.Name.IsGiven ? Check.Required("name", a.Name.Value) : null)
        ?? Check.Phone("mobile", a.Mobile.Value)
        ?? Check.Email("email", a.Email.Value)
        ?? Check.Line("title", a.Title.Value)
        ?? Check.Line("department", a.Department.Value)
        ?? Check.Line("wechat", a.Wechat.Value)
        ?? Check.Note("note", a.Note.Value)
        ?? Check.Custom("custom", a.Custom.Value, known.Custom);

    private static ContactDetails DetailsOf(Create c) => new(
        c.Name.Trim(), Normal.Text(c.Mobile), Normal.Text(c.Email), Normal.Text(c.Title), Normal.Text(c.Department), Normal.Text(c.Wechat), Normal.Text(c.Note),
        Normal.Custom(c.Custom));

    private static IReadOnlyList<FieldChange> Difference(ContactDetails known, Amend a) => new Changes()
        .Text("name", known.Name, a.Name)
        .Text("mobile", known.Mobile, a.Mobile)
        .Text("email", known.Email, a.Email)
        .Text("title", known.Title, a.Title)
        .Text("department", known.Department, a.Department)
        .Text("wechat", known.Wechat, a.Wechat)
        .Text("note", known.Note, a.Note)
        .Custom(known.Custom, a.Custom)
        .ToList();

    private static Decision<ContactEvent> Named(Contact.Known known, NameCustomer n) =>
        known.CustomerId != n.CustomerId || known.CustomerName == n.Name.Trim() ? [] : [new CustomerNamed(known.CustomerName, n.Name.Trim())];
}
