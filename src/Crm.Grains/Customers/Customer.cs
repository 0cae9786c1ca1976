using System.Text.Json.Serialization;

namespace Crm.Grains.Customers;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="CustomerCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Known), "known")]
[JsonDerivedType(typeof(Erased), "erased")]
public abstract record Customer
{
    private Customer() { }

    public static Customer Initial { get; } = new Unknown();

    public sealed record Unknown : Customer;

    /// <param name="Type">One of <see cref="CustomerRules.Types"/>.</param>
    /// <param name="IsFromLead">A lead became this customer, so another lead of the same company becomes it too.</param>
    public sealed record Known(string Type, bool IsFormal, CustomerDetails Details, Guid? OwnerId, bool IsFromLead = false) : Customer;

    public sealed record Erased(Guid? OwnerId) : Customer;
}

/// <summary>What is known of a customer. Texts are trimmed and never empty; absent is null.</summary>
/// <param name="CreditCode">Normalised.</param>
/// <param name="ParentId">The enterprise it belongs to.</param>
public sealed record CustomerDetails(
    string Name, string? ShortName, string? Industry, string? CreditCode, string? Country, string? Province, string? City, string? Size,
    string? EnterpriseType, string? Phone, string? Fax, string? Email, string? Website, Guid? ParentId, string? Mobile, string? Note,
    IReadOnlyDictionary<string, CustomValue> Custom)
{
    /// <summary>These details after one field changed.</summary>
    public CustomerDetails With(FieldChange change) => change.Field switch
    {
        "name" => this with { Name = change.To ?? Name },
        "shortName" => this with { ShortName = change.To },
        "industry" => this with { Industry = change.To },
        "creditCode" => this with { CreditCode = change.To },
        "country" => this with { Country = change.To },
        "province" => this with { Province = change.To },
        "city" => this with { City = change.To },
        "size" => this with { Size = change.To },
        "enterpriseType" => this with { EnterpriseType = change.To },
        "phone" => this with { Phone = change.To },
        "fax" => this with { Fax = change.To },
        "email" => this with { Email = change.To },
        "website" => this with { Website = change.To },
        "parentId" => this with { ParentId = Changes.ReadId(change.To) },
        "mobile" => this with { Mobile = change.To },
        "note" => this with { Note = change.To },
        _ when change.Field.StartsWith("custom.", StringComparison.Ordinal) => this with { Custom = Changes.WithCustom(Custom, change) },
        _ => this,
    };

    public CustomerDetails With(IReadOnlyList<FieldChange> changes)
    {
        var next = this;
        foreach (var change in changes)
        {
            next = next.With(change);
        }

        return next;
    }
}
