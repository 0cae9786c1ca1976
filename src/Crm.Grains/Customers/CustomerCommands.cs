using System.Text.Json.Serialization;

namespace Crm.Grains.Customers;

/// <summary>What may be asked of one customer. A command states intent and may be refused.</summary>
public abstract record CustomerCommand
{
    private CustomerCommand() { }

    /// <param name="Type"><c>corporate</c> or <c>individual</c>.</param>
    /// <param name="OwnerId">Default: nobody.</param>
    /// <param name="LeadId">Set by conversion only.</param>
    /// <param name="ContactId">The contact to create with an individual customer; null creates none.</param>
    public sealed record Create(
        [property: JsonConverter(typeof(CodeConverter))] string Type,
        string Name,
        string? ShortName = null,
        string? Industry = null,
        string? CreditCode = null,
        string? Country = null,
        string? Province = null,
        string? City = null,
        string? Size = null,
        string? EnterpriseType = null,
        string? Phone = null,
        string? Fax = null,
        string? Email = null,
        string? Website = null,
        Guid? ParentId = null,
        string? Mobile = null,
        string? Note = null,
        IReadOnlyDictionary<string, CustomValue>? Custom = null,
        Guid? OwnerId = null,
        [property: JsonIgnore] Guid? LeadId = null,
        [property: JsonIgnore] Guid? ContactId = null) : CustomerCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom is null ? default : new(Custom);

        bool ICustomised.IsCreation => true;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = values };
    }

    /// <summary>Fields left out stay as they are; null clears, but not the name.</summary>
    public sealed record Amend(
        Optional<string?> Name = default,
        Optional<string?> ShortName = default,
        Optional<string?> Industry = default,
        Optional<string?> CreditCode = default,
        Optional<string?> Country = default,
        Optional<string?> Province = default,
        Optional<string?> City = default,
        Optional<string?> Size = default,
        Optional<string?> EnterpriseType = default,
        Optional<string?> Phone = default,
        Optional<string?> Fax = default,
        Optional<string?> Email = default,
        Optional<string?> Website = default,
        Optional<Guid?> ParentId = default,
        Optional<string?> Mobile = default,
        Optional<string?> Note = default,
        Optional<IReadOnlyDictionary<string, CustomValue>?> Custom = default) : CustomerCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom;

        bool ICustomised.IsCreation => false;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = new(values) };
    }

    /// <summary>Sees to it that formulas have their results.</summary>
    public sealed record Compute : CustomerCommand;

    /// <param name="OwnerId">Null gives it to nobody.</param>
    public sealed record Assign(Guid? OwnerId) : CustomerCommand;

    public sealed record LogActivity(ActivityDraft Activity) : CustomerCommand;

    /// <param name="Remains">What the card says of the customer and not of the person; filled in by the host.</param>
    public sealed record Erase([property: JsonIgnore] CustomerRemains? Remains = null) : CustomerCommand;

    /// <summary>It has an order or a contract.</summary>
    public sealed record MakeFormal : CustomerCommand;
}

/// <summary>What is kept of an individual customer who is erased, so that counts stay.</summary>
public sealed record CustomerRemains(
    string Status, string? Industry, string? Country, string? Province, string? City, Guid? OwnerId, Guid? LeadId, DateTimeOffset CreatedAt);
