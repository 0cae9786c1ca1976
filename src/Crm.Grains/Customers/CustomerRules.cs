using System.Diagnostics;
using static Crm.Grains.Customers.CustomerCommand;
using static Crm.Grains.Customers.CustomerEvent;

namespace Crm.Grains.Customers;

/// <summary>A customer's life, rule by rule as numbered in SPEC.md. Pure: no clock, no I/O, no randomness.</summary>
public static class CustomerRules
{
    public const string Corporate = "corporate";

    public const string Individual = "individual";

    public static readonly IReadOnlySet<string> Types = new HashSet<string> { Corporate, Individual };

    private const string CreditCodeKey = "customer-credit-code:";
    private const string MobileKey = "customer-mobile:";
    private const string NameKey = "customer-name:";

    /// <summary>Says what <paramref name="command"/> does to <paramref name="customer"/> at <paramref name="now"/> (UTC).</summary>
    /// <returns>The events to append (none if it is already so), or one <see cref="CustomerRefusals"/> entry.</returns>
    public static Decision<CustomerEvent> Decide(Customer customer, CustomerCommand command, DateTimeOffset now) => (customer, command) switch
    {
        (_, Create c) when Wrong(c) is { } wrong => wrong,                                                      // CU1, CU2
        (Customer.Unknown, Create c) => [new Created(c.Type, DetailsOf(c), c.OwnerId, c.LeadId, c.Type == Individual ? c.ContactId : null)],
        (Customer.Unknown, _) => CustomerRefusals.NotFound,
        (Customer.Erased, Create or Erase or MakeFormal) => [],                                                 // CU10
        (Customer.Erased, _) => Erasure.Erased,                                                                 // CU10
        (_, Create) => [],                                                                                      // CU1
        (_, Compute) => [],                                                                                     // CU11

        (Customer.Known { Type: Corporate }, Erase) => CustomerRefusals.NotAPerson,                             // CU10
        (Customer.Known, Erase { Remains: { } r }) when (Erasure.Wrong(r.Status, r.Industry, r.Country, r.Province, r.City) ?? Erasure.Wrong(r.CreatedAt)) is { } wrong => wrong,
        (Customer.Known, Erase e) => e.Remains is { } remains ? [new Erased(remains)] : CustomerRefusals.NotFound,
        (Customer.Known known, Amend a) when Wrong(known.Details, a) is { } wrong => wrong,                     // CU1, CU2
        (Customer.Known known, Amend a) => Difference(known.Details, a) is { Count: > 0 } changes ? [new Amended(changes)] : [],  // CU4
        (Customer.Known known, Assign a) => known.OwnerId == a.OwnerId ? [] : [new Assigned(known.OwnerId, a.OwnerId)],  // CU5
        (Customer.Known, LogActivity a) when a.Activity.Wrong(now) is { } wrong => wrong,                       // CU6
        (Customer.Known, LogActivity a) => [new ActivityLogged(a.Activity.At(now))],
        (Customer.Known known, MakeFormal) => known.IsFormal ? [] : [new MadeFormal()],                         // CU7
        _ => throw new UnreachableException($"No rule for {command.GetType().Name} on {customer.GetType().Name}."),
    };

    /// <summary>Folds one past event into the state. Total: it never refuses what was already written.</summary>
    public static Customer Evolve(Customer customer, CustomerEvent happened) => (customer, happened) switch
    {
        (_, Created e) => new Customer.Known(e.Type, IsFormal: false, e.Details, e.OwnerId, IsFromLead: e.LeadId is not null),
        (_, Erased e) => new Customer.Erased(e.Remains.OwnerId),
        (Customer.Known known, Amended e) => known with { Details = known.Details.With(e.Changes) },
        (Customer.Known known, Computed e) => known with { Details = known.Details.With(e.Changes) },
        (Customer.Known known, Assigned e) => known with { OwnerId = e.To },
        (Customer.Known known, MadeFormal) => known with { IsFormal = true },
        _ => customer,
    };

    /// <summary>The keys that tell one customer from another (CU3, CU9).</summary>
    public static IReadOnlyList<string> Claims(Customer customer) =>
        customer is not Customer.Known known ? []
        : known is { IsFromLead: true, Type: Corporate } ? [.. Keys(known.Type, known.Details.CreditCode, known.Details.Mobile), NameKey + Normal.Key(known.Details.Name)]
        : Keys(known.Type, known.Details.CreditCode, known.Details.Mobile);

    /// <inheritdoc cref="Claims(Customer)"/>
    public static IReadOnlyList<string> Keys(string type, string? creditCode, string? mobile) =>
        type == Corporate
            ? Normal.CreditCode(creditCode) is { } code ? [CreditCodeKey + code] : []
            : Normal.Phone(mobile) is { Length: > 0 } number ? [MobileKey + number] : [];

    /// <summary>What to answer when another customer holds the key.</summary>
    public static Refusal Claimed(string key) =>
        key.StartsWith(MobileKey, StringComparison.Ordinal) ? CustomerRefusals.MobileTaken
        : key.StartsWith(NameKey, StringComparison.Ordinal) ? CustomerRefusals.NameTaken
        : CustomerRefusals.CreditCodeTaken;

    public static Holder Holder(Customer customer) => customer switch
    {
        Customer.Known known => new(known.OwnerId, Exists: true),
        Customer.Erased erased => new(erased.OwnerId, Exists: true),
        _ => default,
    };

    /// <summary>What happened, with the results of formulas that come of it.</summary>
    public static CustomerEvent? Together(CustomerEvent happened, IReadOnlyList<FieldChange> results) => happened switch
    {
        Created e => e with { Details = e.Details.With(results) },
        Amended e => e with { Changes = [.. e.Changes, .. results] },
        _ => null,
    };

    /// <summary>The fields of the tenant's own that the customer has.</summary>
    public static IReadOnlyDictionary<string, CustomValue>? CustomOf(Customer customer) => (customer as Customer.Known)?.Details.Custom;

    private static Refusal? Wrong(Create c) =>
        Check.Required("type", c.Type)
        ?? Check.OneOf("type", c.Type, Types)
        ?? Check.Required("name", c.Name)
        ?? Check.Line("shortName", c.ShortName)
        ?? Check.Line("industry", c.Industry)
        ?? Check.CreditCode("creditCode", c.CreditCode)
        ?? Check.Line("country", c.Country)
        ?? Check.Line("province", c.Province)
        ?? Check.Line("city", c.City)
        ?? Check.Line("size", c.Size)
        ?? Check.Line("enterpriseType", c.EnterpriseType)
        ?? Check.Phone("phone", c.Phone)
        ?? Check.Phone("fax", c.Fax)
        ?? Check.Email("email", c.Email)
        ?? Check.Website("website", c.Website)
        ?? Check.Phone("mobile", c.Mobile)
        ?? Check.Note("note", c.Note)
        ?? Check.Custom("custom", c.Custom);

    private static Refusal? Wrong(CustomerDetails known, Amend a) =>
        (a.Name.IsGiven ? Check.Required("name", a.Name.Value) : null)
        ?? Check.Line("shortName", a.ShortName.Value)
        ?? Check.Line("industry", a.Industry.Value)
        ?? Check.CreditCode("creditCode", a.CreditCode.Value)
        ?? Check.Line("country", a.Country.Value)
        ?? Check.Line("province", a.Province.Value)
        ?? Check.Line("city", a.City.Value)
        ?? Check.Line("size", a.Size.Value)
        ?? Check.Line("enterpriseType", a.EnterpriseType.Value)
        ?? Check.Phone("phone", a.Phone.Value)
        ?? Check.Phone("fax", a.Fax.Value)
        ?? Check.Email("email", a.Email.Value)
        ?? Check.Website("website", a.Website.Value)
        ?? Check.Phone("mobile", a.Mobile.Value)
        ?? Check.Note("note", a.Note.Value)
        ?? Check.Custom("custom", a.Custom.Value, known.Custom);

    private static CustomerDetails DetailsOf(Create c) => new(
        c.Name.Trim(), Normal.Text(c.ShortName), Normal.Text(c.Industry), Normal.CreditCode(c.CreditCode), Normal.Text(c.Country), Normal.Text(c.Province),
        Normal.Text(c.City), Normal.Text(c.Size), Normal.Text(c.EnterpriseType), Normal.Text(c.Phone), Normal.Text(c.Fax), Normal.Text(c.Email),
        Normal.Text(c.Website), c.ParentId, Normal.Text(c.Mobile), Normal.Text(c.Note), Normal.Custom(c.Custom));

    private static IReadOnlyList<FieldChange> Difference(CustomerDetails known, Amend a) => new Changes()
        .Text("name", known.Name, a.Name)
        .Text("shortName", known.ShortName, a.ShortName)
        .Text("industry", known.Industry, a.Industry)
        .Text("creditCode", known.CreditCode, a.CreditCode.IsGiven ? new(Normal.CreditCode(a.CreditCode.Value)) : default)
        .Text("country", known.Country, a.Country)
        .Text("province", known.Province, a.Province)
        .Text("city", known.City, a.City)
        .Text("size", known.Size, a.Size)
        .Text("enterpriseType", known.EnterpriseType, a.EnterpriseType)
        .Text("phone", known.Phone, a.Phone)
        .Text("fax", known.Fax, a.Fax)
        .Text("email", known.Email, a.Email)
        .Text("website", known.Website, a.Website)
        .Id("parentId", known.ParentId, a.ParentId)
        .Text("mobile", known.Mobile, a.Mobile)
        .Text("note", known.Note, a.Note)
        .Custom(known.Custom, a.Custom)
        .ToList();
}
