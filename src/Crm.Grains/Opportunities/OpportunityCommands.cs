using System.Text.Json.Serialization;

namespace Crm.Grains.Opportunities;

/// <summary>What may be asked of one opportunity. A command states intent and may be refused.</summary>
public abstract record OpportunityCommand
{
    private OpportunityCommand() { }

    /// <param name="Stage">Names the pipeline too.</param>
    /// <param name="Amount">Not below zero, with its currency.</param>
    /// <param name="Today">In the tenant's time zone: the day it closes if the stage is the won one.</param>
    /// <param name="NextStep">Of the lead that it was; it may be overdue already (OP19).</param>
    public sealed record Create(
        string Name,
        StageRef Stage,
        Money Amount,
        DateOnly Today,
        Guid? CustomerId = null,
        string? CustomerName = null,
        Guid? ContactId = null,
        Guid? LeadId = null,
        Guid? OwnerId = null,
        DateOnly? ExpectedCloseOn = null,
        string? Note = null,
        IReadOnlyDictionary<string, CustomValue>? Custom = null,
        Step? NextStep = null) : OpportunityCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom is null ? default : new(Custom);

        bool ICustomised.IsCreation => true;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = values };
    }

    /// <summary>Fields left out stay as they are; null clears, but not the name and the amount.</summary>
    /// <param name="Amount">Without a currency it keeps the one it has.</param>
    /// <param name="CustomerName">Looked up by whoever gives the customer's id.</param>
    public sealed record Amend(
        Optional<string?> Name = default,
        Optional<Money?> Amount = default,
        Optional<DateOnly?> ExpectedCloseOn = default,
        Optional<string?> Note = default,
        Optional<IReadOnlyDictionary<string, CustomValue>?> Custom = default,
        Optional<Guid?> CustomerId = default,
        [property: JsonIgnore] Optional<string?> CustomerName = default,
        Optional<Guid?> ContactId = default,
        Optional<string?> Competitor = default) : OpportunityCommand, ICustomised
    {
        Optional<IReadOnlyDictionary<string, CustomValue>?> ICustomised.Given => Custom;

        bool ICustomised.IsCreation => false;

        object ICustomised.With(IReadOnlyDictionary<string, CustomValue> values) => this with { Custom = new(values) };
    }

    /// <summary>Sees to it that formulas have their results.</summary>
    public sealed record Compute : OpportunityCommand;

    /// <param name="Today">In the tenant's time zone: the day it closes if the stage is the won one.</param>
    public sealed record Move(StageChoice Stage, DateOnly Today) : OpportunityCommand;

    /// <param name="Stage">The pipeline's won stage.</param>
    /// <param name="Today">In the tenant's time zone: the day it closes.</param>
    public sealed record Win(StageChoice Stage, DateOnly Today) : OpportunityCommand;

    /// <param name="Reason">A code such as <c>price</c>, or words of one's own: 1 to 200 characters.</param>
    /// <param name="Today">In the tenant's time zone: the day it closes. Filled in by the host.</param>
    public sealed record Lose(string Reason, string? Competitor = null, string? Note = null, [property: JsonIgnore] DateOnly Today = default) : OpportunityCommand;

    /// <param name="Stage">Where to go when it was created as won and has no stage to go back to.</param>
    public sealed record Reopen([property: JsonIgnore] StageChoice? Stage = null) : OpportunityCommand;

    /// <param name="OwnerId">Null gives it to nobody.</param>
    public sealed record Assign(Guid? OwnerId) : OpportunityCommand;

    public sealed record LogActivity(ActivityDraft Activity) : OpportunityCommand;

    public sealed record PlanStep(Step Step) : OpportunityCommand;

    public sealed record CompleteStep(string? Outcome = null) : OpportunityCommand;

    /// <summary>The planned step's time has come.</summary>
    public sealed record StepDue : OpportunityCommand;

    /// <summary>The customer was renamed.</summary>
    public sealed record NameCustomer(Guid CustomerId, string Name) : OpportunityCommand;
}

/// <summary>A stage as it was looked up for a command.</summary>
/// <param name="WinRate">In percent, 0 to 100.</param>
/// <param name="Retired">Whether the stage or its whole pipeline is retired.</param>
public sealed record StageRef(string Pipeline, string Key, int WinRate, bool Retired = false)
{
    /// <summary>Whether entering it wins.</summary>
    public bool Wins => WinRate == 100;
}

/// <summary>
/// The stage that is meant, in every pipeline that has it: which of them is the opportunity's own is known to the opportunity alone, and need
/// not be read before the command is given.
/// </summary>
/// <param name="Stages">At most one of each pipeline.</param>
public sealed record StageChoice(IReadOnlyList<StageRef> Stages)
{
    public static implicit operator StageChoice(StageRef stage) => new([stage]);

    /// <summary>The one in a pipeline; null when it has none.</summary>
    public StageRef? In(string pipeline)
    {
        for (var i = 0; i < Stages.Count; i++)
        {
            if (Stages[i].Pipeline == pipeline)
            {
                return Stages[i];
            }
        }

        return null;
    }
}
