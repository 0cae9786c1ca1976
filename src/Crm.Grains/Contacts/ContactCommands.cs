using System.Text.Json.Serialization;

namespace Crm.Grains.Contacts;

/// <summary>What may be asked of one contact. A command states intent and may be refused.</summary>
public abstract record ContactCommand
{
    private ContactCommand() { }

    /// <param name="CustomerName">Looked up by whoever gives the customer's id.</param>
    /// <param name="OwnerId">Default: nobody.</param>
    /// <param name="LeadId">Set by conversion only.</param>
    public sealed record Create(
        Guid CustomerId,
        string CustomerName,
        string Name,
        string? Mobile = null,
        string? Email = null,
        string? Title = null,
        string? Department = null,
        string? Wechat = null,
        string? Note = null,
        IReadOnlyDictionary<string, CustomValue>? Custom = null,
        Guid? OwnerId = null,
        Guid? LeadId = null) : ContactCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom is null ? default : new(Custom);

        bool ICustomised.IsCreation => true;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = values };
    }

    /// <summary>Fields left out stay as they are; null clears, but not the name.</summary>
    public sealed record Amend(
        Optional<string?> Name = default,
        Optional<string?> Mobile = default,
        Optional<string?> Email = default,
        Optional<string?> Title = default,
        Optional<string?> Department = default,
        Optional<string?> Wechat = default,
        Optional<string?> Note = default,
        Optional<IReadOnlyDictionary<string, CustomValue>?> Custom = default) : ContactCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom;

        bool ICustomised.IsCreation => false;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = new(values) };
    }

    /// <summary>Sees to it that formulas have their results.</summary>
    public sealed record Compute : ContactCommand;

    /// <param name="CustomerName">Looked up by whoever gives the customer's id.</param>
    public sealed record Move(Guid CustomerId, string CustomerName) : ContactCommand;

    /// <param name="OwnerId">Null gives it to nobody.</param>
    public sealed record Assign(Guid? OwnerId) : ContactCommand;

    public sealed record LogActivity(ActivityDraft Activity) : ContactCommand;

    /// <param name="Remains">What the card says of the contact and not of the person; filled in by the host.</param>
    public sealed record Erase([property: JsonIgnore] ContactRemains? Remains = null) : ContactCommand;

    /// <summary>The customer was renamed.</summary>
    public sealed record NameCustomer(Guid CustomerId, string Name) : ContactCommand;
}

/// <summary>What is kept of a contact whose person is erased, so that counts stay.</summary>
public sealed record ContactRemains(Guid CustomerId, string CustomerName, Guid? OwnerId, DateTimeOffset CreatedAt);
