using System.Text.Json.Serialization;

namespace Crm.Grains.Leads;

/// <summary>What may be asked of one lead. A command states intent and may be refused.</summary>
public abstract record LeadCommand
{
    private LeadCommand() { }

    /// <param name="Source">The channel's code, such as <c>exhibition</c>; see SPEC LD2.</param>
    /// <param name="Product">The product of interest; part of what makes two captures one lead (LD3).</param>
    /// <param name="OwnerId">Default: nobody, so that everybody in sales may take it.</param>
    /// <param name="ImportId">Set by an import only.</param>
    public sealed record Capture(
        string Name,
        string? Company = null,
        string? Mobile = null,
        string? Email = null,
        [property: JsonConverter(typeof(CodeConverter))] string? Source = null,
        string? Region = null,
        string? Product = null,
        string? Note = null,
        IReadOnlyDictionary<string, CustomValue>? Custom = null,
        Guid? OwnerId = null,
        [property: JsonIgnore] Guid? ImportId = null) : LeadCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom is null ? default : new(Custom);

        bool ICustomised.IsCreation => true;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = values };
    }

    /// <summary>Fields left out stay as they are; null clears.</summary>
    public sealed record Amend(
        Optional<string?> Name = default,
        Optional<string?> Company = default,
        Optional<string?> Mobile = default,
        Optional<string?> Email = default,
        [property: JsonConverter(typeof(OptionalCodeConverter))] Optional<string?> Source = default,
        Optional<string?> Region = default,
        Optional<string?> Product = default,
        Optional<string?> Note = default,
        Optional<IReadOnlyDictionary<string, CustomValue>?> Custom = default) : LeadCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom;

        bool ICustomised.IsCreation => false;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = new(values) };
    }

    /// <summary>Sees to it that formulas have their results.</summary>
    public sealed record Compute : LeadCommand;

    /// <param name="OwnerId">Null gives the lead back to nobody.</param>
    public sealed record Assign(Guid? OwnerId) : LeadCommand;

    /// <summary>Gives the lead to a colleague because its owner leaves.</summary>
    public sealed record HandOver(Guid OwnerId) : LeadCommand;

    public sealed record LogActivity(ActivityDraft Activity) : LeadCommand;

    public sealed record PlanStep(Step Step) : LeadCommand;

    public sealed record CompleteStep(string? Outcome = null) : LeadCommand;

    public sealed record Qualify(string? Note = null) : LeadCommand;

    /// <param name="Reason">One of <see cref="LeadRules.RuleOutReasons"/>.</param>
    public sealed record RuleOut([property: JsonConverter(typeof(CodeConverter))] string Reason, string? Note = null) : LeadCommand;

    public sealed record Reopen : LeadCommand;

    /// <param name="CustomerId">An existing customer, or the id of the one to create.</param>
    /// <param name="IsNewCustomer">Whether that customer is to be created.</param>
    /// <param name="Opportunity">Null converts into a customer and contact only.</param>
    /// <param name="KeepsStep">Whether the planned step goes along into the opportunity; false ends it (LD19).</param>
    public sealed record Convert(
        Guid CustomerId, bool IsNewCustomer, Guid ContactId, Guid? OpportunityId, ConvertedOpportunity? Opportunity, bool KeepsStep = true) : LeadCommand;

    /// <summary>Conversion found that the customer, or the contact, existed already.</summary>
    public sealed record NameCustomer(Guid CustomerId, Guid ContactId) : LeadCommand;

    /// <summary>Undo of the import that created the lead.</summary>
    public sealed record Withdraw(Guid ImportId) : LeadCommand;

    /// <param name="Remains">What the card says of the lead and not of the person; filled in by the host.</param>
    public sealed record Erase([property: JsonIgnore] LeadRemains? Remains = null) : LeadCommand;

    /// <summary>The planned step's time has come.</summary>
    public sealed record StepDue : LeadCommand;
}

/// <summary>What is kept of a lead whose person is erased, so that counts stay.</summary>
public sealed record LeadRemains(
    string Source, string? Region, string? Product, string Status, string? RuledOutReason, Guid? OwnerId, int Captures, DateTimeOffset CreatedAt,
    Guid? CustomerId, Guid? ContactId, Guid? OpportunityId);

/// <summary>The opportunity a lead becomes, with its stage already looked up.</summary>
/// <param name="WinRate">Of the stage, in percent, 0 to 100.</param>
public sealed record ConvertedOpportunity(string Name, string Pipeline, string Stage, int WinRate, Money Amount, DateOnly? ExpectedCloseOn = null);
