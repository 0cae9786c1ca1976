using System.Text.Json.Serialization;

namespace Crm.Grains.Leads;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="LeadCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(RuledOut), "ruled-out")]
[JsonDerivedType(typeof(Converted), "converted")]
[JsonDerivedType(typeof(Withdrawn), "withdrawn")]
[JsonDerivedType(typeof(Erased), "erased")]
public abstract record Lead
{
    private Lead() { }

    public static Lead Initial { get; } = new Unknown();

    public sealed record Unknown : Lead;

    /// <summary>In work.</summary>
    /// <param name="ImportId">The import that created it, as long as nobody has touched it.</param>
    public sealed record Open(LeadDetails Details, Guid? OwnerId, bool IsQualified, Step? NextStep, bool IsOverdue, Guid? ImportId) : Lead;

    public sealed record RuledOut(LeadDetails Details, Guid? OwnerId) : Lead;

    public sealed record Converted(LeadDetails Details, Guid? OwnerId, Guid CustomerId, Guid ContactId) : Lead;

    public sealed record Withdrawn : Lead;

    public sealed record Erased(Guid? OwnerId, string? Region) : Lead;
}

/// <summary>What is known of a lead. Texts are trimmed and never empty; absent is null.</summary>
public sealed record LeadDetails(
    string Name, string? Company, string? Mobile, string? Email, string Source, string? Region, string? Product, string? Note,
    IReadOnlyDictionary<string, CustomValue> Custom)
{
    /// <summary>These details after one field changed.</summary>
    public LeadDetails With(FieldChange change) => change.Field switch
    {
        "name" => this with { Name = change.To ?? Name },
        "company" => this with { Company = change.To },
        "mobile" => this with { Mobile = change.To },
        "email" => this with { Email = change.To },
        "source" => this with { Source = change.To ?? Source },
        "region" => this with { Region = change.To },
        "product" => this with { Product = change.To },
        "note" => this with { Note = change.To },
        _ when change.Field.StartsWith("custom.", StringComparison.Ordinal) => this with { Custom = Changes.WithCustom(Custom, change) },
        _ => this,
    };

    public LeadDetails With(IReadOnlyList<FieldChange> changes)
    {
        var next = this;
        foreach (var change in changes)
        {
            next = next.With(change);
        }

        return next;
    }
}
