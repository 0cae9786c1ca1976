using System.Text.Json.Serialization;

namespace Crm.Grains.Opportunities;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="OpportunityCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(Won), "won")]
[JsonDerivedType(typeof(Lost), "lost")]
public abstract record Opportunity
{
    private Opportunity() { }

    public static Opportunity Initial { get; } = new Unknown();

    public sealed record Unknown : Opportunity;

    /// <summary>In work.</summary>
    public sealed record Open(OpportunityDetails Details, string Pipeline, string Stage, Guid? OwnerId, Step? NextStep, bool IsOverdue) : Opportunity;

    /// <param name="WonFrom">The stage it was won from; null when it was created as won.</param>
    public sealed record Won(OpportunityDetails Details, string Pipeline, string Stage, string? WonFrom, Guid? OwnerId) : Opportunity;

    public sealed record Lost(OpportunityDetails Details, string Pipeline, string Stage, Guid? OwnerId) : Opportunity;
}

/// <summary>What is known of an opportunity. Texts are trimmed and never empty; absent is null.</summary>
public sealed record OpportunityDetails(
    string Name, Guid? CustomerId, string? CustomerName, Guid? ContactId, Money Amount, DateOnly? ExpectedCloseOn, string? Competitor, string? Note,
    IReadOnlyDictionary<string, CustomValue> Custom)
{
    /// <summary>These details after one field changed.</summary>
    public OpportunityDetails With(FieldChange change) => change.Field switch
    {
        "name" => this with { Name = change.To ?? Name },
        "customerId" => this with { CustomerId = Changes.ReadId(change.To) },
        "customerName" => this with { CustomerName = change.To },
        "contactId" => this with { ContactId = Changes.ReadId(change.To) },
        "amount" => this with { Amount = change.To is { } amount ? Money.Parse(amount) : Amount },
        "expectedCloseOn" => this with { ExpectedCloseOn = Changes.ReadDay(change.To) },
        "competitor" => this with { Competitor = change.To },
        "note" => this with { Note = change.To },
        _ when change.Field.StartsWith("custom.", StringComparison.Ordinal) => this with { Custom = Changes.WithCustom(Custom, change) },
        _ => this,
    };

    public OpportunityDetails With(IReadOnlyList<FieldChange> changes)
    {
        var next = this;
        foreach (var change in changes)
        {
            next = next.With(change);
        }

        return next;
    }
}
